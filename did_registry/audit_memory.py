"""What an auditor remembers of a log that he has audited: the head that he believed, and those
leaves from which everything that holds under it follows.

    {"body":{"entry":…},"i":0,"kind":"did",…}        the leaves, as they are, one a line
    {"body":{"n":9,…},"i":41,"kind":"directory",…}   the last one is the last leaf under the head
    {"note":"registry.gwanin.example/2026\\n42\\n…","sha256":"…","v":1}

With it the next audit begins where this one ended. It is the auditor's own file and is believed as
the trust file is; the digest over its leaves shows damage, not malice.
"""

import hashlib
from dataclasses import dataclass
from typing import Final

from credentials.claims import Claims
from credentials.encoding import decode_base64url, encode_base64url
from credentials.errors import Error, Malformed
from credentials.jcs import canonicalize
from credentials.json_object import parse_object
from did_registry.audit_errors import AuditMemoryDamaged
from did_registry.leaf import Leaf, LeafKind, parse_leaf
from did_registry.tlog.note import MAX_NOTE_BYTES

MAX_MEMORY_BYTES: Final = 1024 * 1024 * 1024  # half a million DID entries

_VERSION: Final = 1
_MAX_HEAD_LINE: Final = 2 * MAX_NOTE_BYTES
# Of these a later leaf says all that the earlier ones on its subject did, or more.
_LATEST_SAYS_ALL: Final = frozenset(
    {LeafKind.STATUS, LeafKind.BATCH, LeafKind.AUDIT, LeafKind.SERVICE}
)


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditMemory:
    """A head that was believed. note: as it was served; leaves: those to begin again from, in an
    order in which they can be taken, the last one under the head at the end."""

    note: bytes
    leaves: tuple[bytes, ...]


class KeptLeaves:
    """Chooses, while a log is replayed, the leaves that a memory of it needs.

    It grows with the DIDs, rights, notices and documents that there are, and not with the log.
    """

    def __init__(self) -> None:
        self._all: list[bytes] = []
        self._latest: dict[tuple[LeafKind, str], bytes] = {}
        self._last: tuple[LeafKind, bytes] | None = None

    def take(self, leaf: Leaf, data: bytes) -> None:
        """Look at the next leaf."""
        if leaf.kind in _LATEST_SAYS_ALL:
            self._latest[leaf.kind, leaf.subject] = data
        elif leaf.kind is not LeafKind.DIRECTORY:  # which follows from the others
            self._all.append(data)
        self._last = (leaf.kind, data)

    def leaves(self) -> tuple[bytes, ...]:
        """What to remember. Every leaf of a growing kind comes after those that it may lean on."""
        if self._last is None:
            return ()
        last = self._last[1]
        kept = [*self._all, *self._latest.values()]
        return (*(data for data in kept if data != last), last)


def encode_memory(memory: AuditMemory) -> bytes:
    """Write a memory."""
    lines = b"".join(leaf + b"\n" for leaf in memory.leaves)
    head: Claims = {"note": memory.note.decode(), "sha256": _digest(lines), "v": _VERSION}
    return lines + canonicalize(head) + b"\n"


def parse_memory(data: bytes) -> AuditMemory:
    """Read a memory. Raises AuditMemoryDamaged for anything that `encode_memory` did not write."""
    try:
        return _parse(data)
    except Error as error:
        raise AuditMemoryDamaged(error.detail) from error


def _parse(data: bytes) -> AuditMemory:
    if len(data) > MAX_MEMORY_BYTES or not data.endswith(b"\n"):
        raise Malformed("it was not written to its end, or by somebody else")
    start = data.rfind(b"\n", 0, -1) + 1
    lines = data[:start]
    head = parse_object(data[start:-1], max_bytes=_MAX_HEAD_LINE, where="last line")
    head.only("note", "sha256", "v")
    if head.integer("v") != _VERSION:
        raise Malformed("it is of another version")
    if decode_base64url(head.text("sha256")) != hashlib.sha256(lines).digest():
        raise Malformed("its leaves are not those that it was written with")
    note = head.text("note", max_chars=MAX_NOTE_BYTES).encode()
    return AuditMemory(note=note, leaves=tuple(lines.split(b"\n")[:-1]))


def remembered_leaves(memory: AuditMemory, size: int) -> tuple[Leaf, ...]:
    """The leaves of a memory of a head over `size` leaves. Raises AuditMemoryDamaged."""
    try:
        leaves = tuple(map(parse_leaf, memory.leaves))
    except Error as error:
        raise AuditMemoryDamaged(error.detail) from error
    if not leaves or leaves[-1].index != size - 1:
        raise AuditMemoryDamaged("its last leaf is not the last one under its head")
    return leaves


def _digest(lines: bytes) -> str:
    return encode_base64url(hashlib.sha256(lines).digest())
