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
from datetime import datetime, timedelta
from typing import Any, Final

from credentials.claims import Claims
from credentials.data_integrity import format_timestamp
from credentials.did_key import encode_did_key
from credentials.encoding import encode_base64url
from credentials.json_object import JsonObject
from did_registry.actions.audit import Audited, Watcher, audit_over_http
from did_registry.agency_document import build_agency_document
from did_registry.audit_memory import AuditMemory
from did_registry.directory import SUBJECT, Directory, row_of
from did_registry.document import Purpose
from did_registry.leaf import LeafKind, parse_leaf
from did_registry.tlog.merkle import leaf_hash
from did_registry.tlog.tiles import changed_bundles, encode_bundle, grow
from did_registry.trust import TrustAnchor
from did_registry.urgent import encode_urgent
from did_registry.webvh.did import placeholder_did
from did_registry.webvh.entry import encode_entry, parse_entry
from did_registry.webvh.history import History, begin
from did_registry.webvh.witness import WitnessRule, build_witness_proof, encode_witness_file
from did_registry.webvh.writer import build_genesis, build_next, next_key_hash
from tests.simulators.registry_log import (
    FRAGMENT,
    HOST,
    URL,
    RegistryLog,
    signing_key,
    update_key,
)
from tests.simulators.served_files import BUNDLE, ServedFiles

TYPE: Final = "SeoulResidencyCredential"
PATHS: Final = ("types/One/v1", "types/One/v1/schema.json", "contexts/One/v1")
LISTS: Final = (f"{URL}/status/GU-11620-1", f"{URL}/status/GU-11620-1/revocation")
DAY: Final = timedelta(days=1)
WITNESSED: Final = "GU-11680"
WITNESSES: Final = [signing_key(number) for number in (91, 92)]
RULE: Final = WitnessRule(
    threshold=2,
    witnesses={encode_did_key(key.public_key): key.public_key for key in WITNESSES},
)


class AuditedLog:
    """Six DIDs, one rotated, one deactivated, one with witnesses of its own, who have not approved
    its third version yet; rights, a notice, documents, status lists, and batches until there are so
    many leaves.

    files: what is served; waiting: the line that is not served yet; progress: what the last audit
    told; pauses: how often it waited.
    """

    def __init__(self, leaves: int, *, batches: bytes = b"") -> None:
        self.log = RegistryLog()
        self.files = ServedFiles(URL)
        self.progress: list[tuple[int, int]] = []
        self.pauses = 0
        self._batches = batches
        self._documents = {path: f'{{"is":"{path}"}}'.encode() * 40 for path in PATHS}
        self._lists: dict[str, bytes] = {}
        self._proofs: dict[str, list[Claims]] = {}
        self.waiting = b""
        self._seed()
        self.grow(leaves)
        self.publish()

    def _seed(self) -> None:
        log = self.log
        agency, youth = log.member("GU-11620"), log.member("SEL-YOUTH")
        log.accredit(agency, TYPE)
        self._library = log.member("VER-LIB")
        log.register(self._library, f"{TYPE}.ageOver19")
        for path, document in self._documents.items():
            log.add(LeafKind.SCHEMA, path, {"h": _digest(document)})
        gone = log.member("SEL-GONE")
        log.clock.advance(days=1)
        log.rotate(agency)
        log.deactivate(gone)
        log.compromise(youth, log.clock().replace(microsecond=0))
        self._log_witnessed()
        for uri in LISTS:
            self.relist(uri, uri.encode() * 20, sequence=1)

    def _log_witnessed(self) -> None:
        history: History | None = None
        for number in range(1, 4):
            self.log.clock.advance(seconds=1)
            line = _witnessed_line(history, number, self.log.clock())
            entry, now = parse_entry(line[:-1], number=number), self.log.clock()
            history = begin(entry, now) if history is None else history.advance(entry, now)
            self.log.add(LeafKind.DID, history.scid, {"entry": entry.members})
        assert history is not None
        self.waiting = line
        approved = history.number(2).version_id
        self._proofs = {
            approved: [build_witness_proof(approved, key, self.log.clock()) for key in WITNESSES]
        }

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
        files.add("/log/urgent", self._urgent(), "application/json")
        self._publish_dids(files)
        for path, document in self._documents.items():
            files.add(f"/{path}", document, "application/json")
        for uri, document in self._lists.items():
            files.add(uri.removeprefix(URL), document, "application/statuslist+jwt")

    def _urgent(self) -> bytes:
        """A compromise under a head of one leaf more, which is not shown yet."""
        log, size = self.log, len(self.log.leaves)
        since = log.clock().replace(microsecond=0)
        log.compromise(self._library, since)
        proof = log.prove(size)
        del log.leaves[size:]
        return encode_urgent([proof.decode()])

    def _publish_dids(self, files: ServedFiles) -> None:
        lines: dict[str, list[bytes]] = defaultdict(list)
        for leaf in map(parse_leaf, self.log.leaves):
            if leaf.kind is LeafKind.DID:
                entry = JsonObject(leaf.body).object("entry")
                code = entry.object("state").text("id").rpartition(":")[2]
                lines[code].append(encode_entry(entry.members))
        for code, log in lines.items():
            folder, is_witnessed = f"/dids/{code}", code == WITNESSED
            shown = log[:2] if is_witnessed else log
            proofs = encode_witness_file(self._proofs if is_witnessed else {})
            files.add(f"{folder}/did.jsonl", b"".join(shown), "text/jsonl")
            files.add(f"{folder}/did-witness.json", proofs, "application/json")

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
        return audit_over_http(
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


def _witnessed_line(history: History | None, number: int, now: datetime) -> bytes:
    """The next line of the DID with witnesses."""
    did = placeholder_did(HOST, None, ("dids", WITNESSED)) if history is None else str(history.did)
    written: dict[str, Any] = {
        "document": build_agency_document(
            did,
            {FRAGMENT: signing_key(93, number).public_key},
            purposes=(Purpose.ASSERTION,),
            credential_issuer=None,
        ),
        "signer": update_key(93, number),
        "next_key_hashes": [next_key_hash(update_key(93, number + 1).public_key)],
        "now": now,
    }
    if history is None:
        return build_genesis(**written, witness=RULE)
    return build_next(history, **written)


def _digest(data: bytes) -> str:
    return encode_base64url(hashlib.sha256(data).digest())
