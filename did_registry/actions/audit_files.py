"""Compares what a registry serves beside its log with what the log says: the logs of DIDs, their
witnesses' proofs, urgent notices, the documents of types, and status lists."""

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Final, TypeAlias

from credentials.errors import Error, Malformed
from did_registry.actions.export_bundle import LIST_TYPES, MAX_LIST_BYTES
from did_registry.actions.follow import URGENT_TYPE
from did_registry.actions.served_copy import ServedCopy
from did_registry.audit_errors import FileRejected
from did_registry.errors import LogWitnessMissing
from did_registry.tlog.note import VerifierKey
from did_registry.tlog.tlog_proof import parse_tlog_proof
from did_registry.urgent import MAX_URGENT_BYTES, encode_urgent, read_proofs, read_urgent
from did_registry.view import RegistryView
from did_registry.webvh.did import folder_path
from did_registry.webvh.entry import MAX_LOG_BYTES, encode_entry
from did_registry.webvh.history import History
from did_registry.webvh.witness import MAX_WITNESS_FILE_BYTES
from did_registry.webvh.witness_proofs import verify_every_proof

URGENT: Final = "/log/urgent"
DID_LOG_TYPES: Final = ("text/jsonl",)
WITNESS_TYPES: Final = ("application/json",)
DOCUMENT_TYPES: Final = ("application/json", "application/schema+json", "application/ld+json")
MAX_DOCUMENT_BYTES: Final = 1024 * 1024
_SLACK: Final = 2  # what is twice as long as it may be is still fetched, to say so

# Told how many of how many things are done: urgent notices, DIDs, documents and lists.
OnFiles: TypeAlias = Callable[[int, int], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Thing:
    """What one or two files are about. state: while it stays the same, so do they."""

    name: str
    state: object
    check: Callable[[], int]  # how many files it has looked at


class FileAudit:
    """Compares every file once for each state of the log that it depends on. key: the log's."""

    def __init__(self, copy: ServedCopy, key: VerifierKey) -> None:
        self._copy = copy
        self._key = key
        self._checked: dict[str, tuple[object, int]] = {}

    @property
    def files(self) -> int:
        """How many files were found to be right."""
        return sum(files for _, files in self._checked.values())

    def check(self, view: RegistryView, on_files: OnFiles) -> None:
        """Compare what has not been compared yet. Raises FileRejected, or what fetching raises."""
        things = list(self._things(view))
        for done, thing in enumerate(things, start=1):
            if self._checked.get(thing.name, (None, 0))[0] != thing.state:
                self._checked.pop(thing.name, None)
                self._checked[thing.name] = (thing.state, thing.check())
            on_files(done, len(things))

    def _things(self, view: RegistryView) -> Iterator[_Thing]:
        yield _Thing(
            name=URGENT, state=view.checkpoint.size, check=partial(self._check_urgent, view)
        )
        for history in sorted(view.histories.values(), key=lambda found: str(found.did)):
            yield _Thing(
                name=str(history.did),
                state=history.latest.version_id,
                check=partial(self._check_did, history),
            )
        for path, digest in sorted(view.schemas.items()):
            yield self._hashed(f"/{path}", DOCUMENT_TYPES, MAX_DOCUMENT_BYTES, digest)
        for uri, logged in sorted(view.lists.items()):
            yield self._hashed(uri, LIST_TYPES, MAX_LIST_BYTES, logged.digest)

    def _hashed(self, file: str, accept: tuple[str, ...], max_bytes: int, digest: bytes) -> _Thing:
        check = partial(self._check_digest, file, accept, max_bytes, digest)
        return _Thing(name=file, state=digest, check=check)

    def _check_urgent(self, view: RegistryView) -> int:
        """Compromises under a head that too few witnesses have signed: each must be proven, and
        every signature under that head must be somebody's who is known."""
        data = self._copy.get(URGENT, (URGENT_TYPE,), _SLACK * MAX_URGENT_BYTES)
        try:
            read_urgent(data, view, self._key, view.as_of)
            proofs = read_proofs(data)
            if encode_urgent([proof.decode() for proof in proofs]) != data:
                raise Malformed("it is not the canonical text of what it says")
            for proof in proofs:
                self._copy.check_signatures(parse_tlog_proof(proof).checkpoint)
        except Error as error:
            raise FileRejected(error.detail, file=URGENT) from error
        return 1

    def _check_did(self, history: History) -> int:
        """The lines are the logged ones, up to the first that still waits for its witnesses."""
        folder = folder_path(history.did)
        shown = self._check_witnesses(history, f"{folder}did-witness.json")
        file = f"{folder}did.jsonl"
        served = self._copy.get(file, DID_LOG_TYPES, _SLACK * MAX_LOG_BYTES)
        lines = [encode_entry(version.entry.members) for version in history.versions[:shown]]
        at = 0
        for number, line in enumerate(lines, start=1):
            if served[at : at + len(line)] != line:
                raise FileRejected(f"line {number} is not the entry that was logged", file=file)
            at += len(line)
        if at != len(served):
            detail = f"after line {shown} it goes on with what was not logged, or not approved"
            raise FileRejected(detail, file=file)
        return 2

    def _check_witnesses(self, history: History, file: str) -> int:
        """How many versions may be shown."""
        data = self._copy.get(file, WITNESS_TYPES, _SLACK * MAX_WITNESS_FILE_BYTES)
        try:
            history.check_witnessed(verify_every_proof(data, history))
        except LogWitnessMissing as error:
            return error.entry - 1
        except Error as error:
            raise FileRejected(error.detail, file=file) from error
        return len(history.versions)

    def _check_digest(
        self, file: str, accept: tuple[str, ...], max_bytes: int, digest: bytes
    ) -> int:
        data = self._copy.get(file, accept, _SLACK * max_bytes)
        if hashlib.sha256(data).digest() != digest:
            raise FileRejected("its SHA-256 is not the one that was logged", file=file)
        return 1
