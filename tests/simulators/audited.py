"""A log with all that an audit looks at, the files that it is served as, and audits of them.

world = AuditedLog(leaves=300)
audited = world.audit()
world.grow(310); world.publish()
world.audit(audited.memory)
world.files.put("/log/tile/0/000", …); world.audit()     # refused
"""

import hashlib
from collections import defaultdict
from collections.abc import Callable
from datetime import timedelta
from typing import Final

from credentials.claims import Claims
from credentials.data_integrity import format_timestamp
from credentials.encoding import encode_base64url
from credentials.json_object import JsonObject
from did_registry.actions.audit import Audited, Watcher, replay_over_http
from did_registry.audit_memory import AuditMemory
from did_registry.directory import SUBJECT, Directory, row_of
from did_registry.leaf import LeafKind, parse_leaf
from did_registry.tlog.merkle import leaf_hash
from did_registry.tlog.tiles import changed_bundles, encode_bundle, grow
from did_registry.trust import TrustAnchor
from did_registry.webvh.entry import encode_entry
from tests.simulators.registry_log import URL, RegistryLog
from tests.simulators.served_files import BUNDLE, ServedFiles

TYPE: Final = "SeoulResidencyCredential"
PATHS: Final = ("types/One/v1", "types/One/v1/schema.json", "contexts/One/v1")
LISTS: Final = (f"{URL}/status/GU-11620-1", f"{URL}/status/GU-11620-1/revocation")
DAY: Final = timedelta(days=1)


class AuditedLog:
    """Five DIDs, one rotated and one deactivated; rights, a notice, documents, status lists, and
    batches until there are so many leaves.

    files: what is served; progress: what the last audit told; pauses: how often it waited.
    """

    def __init__(self, leaves: int, *, batches: bytes = b"") -> None:
        self.log = RegistryLog()
        self.files = ServedFiles(URL)
        self.progress: list[tuple[int, int]] = []
        self.pauses = 0
        self._batches = batches
        self._documents = {path: f'{{"is":"{path}"}}'.encode() * 40 for path in PATHS}
        self._lists: dict[str, bytes] = {}
        self._seed()
        self.grow(leaves)
        self.publish()

    def _seed(self) -> None:
        log = self.log
        agency, youth = log.member("GU-11620"), log.member("SEL-YOUTH")
        log.accredit(agency, TYPE)
        log.register(log.member("VER-LIB"), f"{TYPE}.ageOver19")
        for path, document in self._documents.items():
            log.add(LeafKind.SCHEMA, path, {"h": _digest(document)})
        gone = log.member("SEL-GONE")
        log.clock.advance(days=1)
        log.rotate(agency)
        log.deactivate(gone)
        log.compromise(youth, log.clock().replace(microsecond=0))
        for uri in LISTS:
            self.relist(uri, uri.encode() * 20, sequence=1)

    def relist(self, uri: str, document: bytes, *, sequence: int) -> None:
        """Log another version of a status list, to be served from the next publishing on."""
        self._lists[uri] = document
        body: Claims = {"list": uri, "h": _digest(document), "seq": sequence}
        self.log.add(LeafKind.STATUS, uri, body | self._period())

    def grow(self, size: int) -> None:
        """Log batches, and the directory as the last of so many leaves."""
        for number in range(len(self.log.leaves), size - 1):
            body: Claims = {
                "agency": "GU-11620",
                "root": _digest(self._batches + b"%d" % number),
                "n": 64,
            }
            self.log.add(LeafKind.BATCH, "GU-11620", body | self._period())
        latest = {
            row.key: row for row in map(row_of, map(parse_leaf, self.log.leaves)) if row is not None
        }
        directory = Directory(latest.values())
        self.log.add(LeafKind.DIRECTORY, SUBJECT, directory.leaf_body(len(self.log.leaves)))

    def publish(self) -> None:
        """Sign the head, and serve everything under it."""
        hashes = [leaf_hash(leaf) for leaf in self.log.leaves]
        files = self.files
        files.clear()
        files.add("/log/checkpoint", self.log.note(), "text/plain")
        for tile, data in grow(0, hashes, lambda _: b""):
            files.add(f"/log/{tile.path}", data, BUNDLE)
        for bundle in changed_bundles(0, len(hashes)):
            start = bundle.index * 256
            leaves = self.log.leaves[start : start + bundle.width]
            files.add(f"/log/{bundle.path}", encode_bundle(leaves), BUNDLE)
        self._publish_dids(files)
        for path, document in self._documents.items():
            files.add(f"/{path}", document, "application/json")
        for uri, document in self._lists.items():
            files.add(uri.removeprefix(URL), document, "application/statuslist+jwt")

    def _publish_dids(self, files: ServedFiles) -> None:
        lines: dict[str, list[bytes]] = defaultdict(list)
        for leaf in map(parse_leaf, self.log.leaves):
            if leaf.kind is LeafKind.DID:
                entry = JsonObject(leaf.body).object("entry")
                code = entry.object("state").text("id").rpartition(":")[2]
                lines[code].append(encode_entry(entry.members))
        for code, log in lines.items():
            folder = f"/dids/{code}"
            files.add(f"{folder}/did.jsonl", b"".join(log), "text/jsonl")
            files.add(f"{folder}/did-witness.json", b"[]", "application/json")

    def audit(
        self,
        memory: AuditMemory | None = None,
        *,
        anchor: TrustAnchor | None = None,
        on_pause: Callable[[], None] = lambda: None,
    ) -> Audited:
        """Audit what is served, with nothing shown and no time lost. anchor: what is pinned, if not
        the log's own; on_pause: what happens while the audit waits."""
        self.progress.clear()

        def pause() -> None:
            self.pauses += 1
            on_pause()

        watcher = Watcher(
            on_leaves=lambda done, total: self.progress.append((done, total)),
            on_files=lambda done, total: None,
            pause=pause,
        )
        return replay_over_http(
            anchor or self.log.anchor,
            URL,
            self.files.outbound,
            memory,
            watcher,
            self.log.clock(),
        )

    def _period(self) -> Claims:
        now = self.log.clock().replace(microsecond=0)
        return {"from": format_timestamp(now - DAY), "until": format_timestamp(now)}


def _digest(data: bytes) -> str:
    return encode_base64url(hashlib.sha256(data).digest())
