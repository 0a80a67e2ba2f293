"""The directory: the latest word of the log on every DID and every status list, as one small tree.

That an entry is in the log does not show that no later one is: a directory does. Its rows are
sorted by their keys and hashed as an RFC 6962 tree; a `directory` leaf holds the root as of all
leaves before it, and our log ends with one whenever its head is signed. Whoever trusts the head
then knows, from one path, what is current, or from two neighbours, that there is nothing.

    row   JCS [key, latest, index, flags]
    key   "did/" SCID   or   "status/" list
    latest   a versionId, or a list's sequence number;  index: the leaf that says so
    flags   ["deactivated"] or []
"""

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from credentials.claims import Claims
from credentials.encoding import encode_base64url
from credentials.jcs import canonicalize
from credentials.json_object import JsonObject
from credentials.strict_json import JsonValue
from did_registry.errors import NotInDirectory
from did_registry.leaf import Leaf, LeafKind
from did_registry.tlog.merkle import leaf_hash, node_hash, root_of
from did_registry.tlog.proof import build_inclusion, verify_inclusion

SUBJECT: Final = "directory"
DEACTIVATED: Final = "deactivated"


@dataclass(frozen=True, slots=True, kw_only=True)
class DirectoryRow:
    """What is the latest of one thing. latest: a versionId of a DID, a sequence number of a list;
    index: of the leaf that says so."""

    key: str
    latest: str | int
    index: int
    deactivated: bool

    def encode(self) -> bytes:
        """The bytes that the tree hashes."""
        flags: list[JsonValue] = [DEACTIVATED] if self.deactivated else []
        return canonicalize([self.key, self.latest, self.index, flags])

    def hash(self) -> bytes:
        """Its leaf hash in the directory's tree."""
        return leaf_hash(self.encode())


@dataclass(frozen=True, slots=True, kw_only=True)
class PlacedRow:
    """A row, its place in the directory, and its path to the root."""

    row: DirectoryRow
    position: int
    path: tuple[bytes, ...]


class Directory:
    """All rows as of one leaf, in the order of their keys."""

    def __init__(self, rows: Iterable[DirectoryRow]) -> None:
        self._rows = tuple(sorted(rows, key=lambda row: row.key))
        self._keys = [row.key for row in self._rows]

    def __len__(self) -> int:
        return len(self._rows)

    @cached_property
    def root(self) -> bytes:
        """The root over all rows; that of the empty tree when there are none."""
        return root_of(self._hashes)

    def find(self, key: str) -> DirectoryRow | None:
        """The row of a key, or None."""
        at = bisect_left(self._keys, key)
        return self._rows[at] if self._keys[at : at + 1] == [key] else None

    def prove(self, key: str) -> tuple[PlacedRow, ...]:
        """The evidence for `verify_latest` or `verify_absent`: the key's own row, or else those of
        its neighbours."""
        at = bisect_left(self._keys, key)
        if self._keys[at : at + 1] == [key]:
            return (self._place(at),)
        return tuple(self._place(n) for n in (at - 1, at) if 0 <= n < len(self))

    def leaf_body(self, upto: int) -> Claims:
        """The body of the leaf that logs this directory as that of the `upto` leaves before it."""
        return {"n": len(self), "root": encode_base64url(self.root), "upto": upto}

    def _place(self, position: int) -> PlacedRow:
        path = build_inclusion(position, len(self), self._node)
        return PlacedRow(row=self._rows[position], position=position, path=tuple(path))

    @cached_property
    def _hashes(self) -> list[bytes]:
        return [row.hash() for row in self._rows]

    def _node(self, level: int, index: int) -> bytes:
        row = self._hashes[index << level : (index + 1) << level]
        while len(row) > 1:
            row = [node_hash(*pair) for pair in zip(row[::2], row[1::2], strict=True)]
        return row[0]


def row_of(leaf: Leaf) -> DirectoryRow | None:
    """The row that a leaf sets; None for kinds of which there is no latest one."""
    if leaf.kind is LeafKind.DID:
        entry = JsonObject(leaf.body).object("entry")
        deactivated = entry.object("parameters").members.get("deactivated") is True
        return DirectoryRow(
            key=did_key(leaf.subject),
            latest=entry.text("versionId"),
            index=leaf.index,
            deactivated=deactivated,
        )
    if leaf.kind is LeafKind.STATUS:
        sequence = JsonObject(leaf.body).integer("seq")
        key = status_key(leaf.subject)
        return DirectoryRow(key=key, latest=sequence, index=leaf.index, deactivated=False)
    return None


def did_key(scid: str) -> str:
    """The key of a DID's row."""
    return f"did/{scid}"


def status_key(list_id: str) -> str:
    """The key of a status list's row."""
    return f"status/{list_id}"


def verify_latest(placed: Sequence[PlacedRow], key: str, *, root: bytes, size: int) -> DirectoryRow:
    """Return the row of a key, proven to be the directory's.

    root, size: those of a directory leaf that is the last under a signed head.
    Raises NotInDirectory for evidence of something else, or what `verify_inclusion` raises.
    """
    if len(placed) != 1 or placed[0].row.key != key:
        raise NotInDirectory("the evidence is not the row of this key")
    _verify(placed[0], root, size)
    return placed[0].row


def verify_absent(placed: Sequence[PlacedRow], key: str, *, root: bytes, size: int) -> None:
    """Prove that the directory has no row of a key: those of its neighbours leave no place.

    Raises NotInDirectory for evidence that leaves a gap, or what `verify_inclusion` raises.
    """
    for one in placed:
        _verify(one, root, size)
    before = [one for one in placed if one.row.key < key]
    after = [one for one in placed if one.row.key > key]
    if len(before) > 1 or len(after) > 1 or len(before) + len(after) != len(placed):
        raise NotInDirectory("the neighbours do not stand on either side of the key")
    place = before[0].position + 1 if before else 0
    following = after[0].position if after else size
    if place != following:
        raise NotInDirectory("there is a place between the neighbours")


def _verify(placed: PlacedRow, root: bytes, size: int) -> None:
    verify_inclusion(placed.row.hash(), placed.position, size, placed.path, root)
