"""Appends leaves to the log: chain, tree, tiles and head move together or not at all."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from credentials.claims import Claims
from credentials.jcs import canonicalize
from did_registry import store
from did_registry.directory import row_of
from did_registry.errors import LogInconsistent
from did_registry.leaf import Leaf, LeafKind, build_leaf, parse_leaf
from did_registry.models import LogHead, LogLeaf
from did_registry.tlog.merkle import decode_frontier, leaf_hash
from did_registry.tlog.tiles import grow


@dataclass(frozen=True, slots=True, kw_only=True)
class LeafDraft:
    """What shall be logged, before its place is known."""

    kind: LeafKind
    subject: str
    body: Claims

    def digest(self) -> bytes:
        """The same for the same request, so that asking twice appends once."""
        request: Claims = {"body": self.body, "kind": self.kind.value, "sub": self.subject}
        return hashlib.sha256(canonicalize(request)).digest()


def append(session: Session, drafts: Sequence[LeafDraft], *, now: datetime) -> list[int]:
    """Append leaves in order and return their indexes; one that is there already keeps its place.

    The head's row stays locked until the caller's transaction ends. Raises Malformed or TooLarge
    for a draft that can't be a leaf, LogInconsistent when our clock is behind the last leaf.
    """
    head = store.lock_head(session)
    rows: dict[bytes, LogLeaf] = {}
    indexes, last = [], head.last_leaf_hash
    for draft in drafts:
        dedup = draft.digest()
        index = rows[dedup].idx if dedup in rows else store.find_index(session, dedup)
        if index is None:
            index = head.size + len(rows)
            rows[dedup] = _build_row(draft, index, last, now)
            last = rows[dedup].leaf_hash
        indexes.append(index)
    if rows:
        _check_clock(session, head.size, now)
    session.add_all(rows.values())
    session.flush()
    for row in rows.values():
        _note_latest(session, row)
    _grow_tree(session, head, [row.leaf_hash for row in rows.values()])
    session.flush()
    return indexes


def _check_clock(session: Session, size: int, now: datetime) -> None:
    """Nobody could take a leaf that is dated before its predecessor, and nobody could remove it."""
    last = store.leaf_time(session, size - 1)
    if last is not None and now.replace(microsecond=0) < last:
        raise LogInconsistent("the clock is behind the last leaf of the log")


def _build_row(draft: LeafDraft, index: int, previous: bytes, now: datetime) -> LogLeaf:
    time = now.replace(microsecond=0)
    leaf = Leaf(
        index=index,
        previous=previous,
        kind=draft.kind,
        subject=draft.subject,
        time=time,
        body=draft.body,
    )
    data = build_leaf(leaf)
    return LogLeaf(
        idx=index,
        kind=draft.kind.value,
        subject=draft.subject,
        leaf=data,
        leaf_hash=leaf_hash(data),
        dedup=draft.digest(),
        created=time,
    )


def _note_latest(session: Session, row: LogLeaf) -> None:
    latest = row_of(parse_leaf(row.leaf))
    if latest is not None:
        store.write_directory_row(session, latest)


def _grow_tree(session: Session, head: LogHead, hashes: Sequence[bytes]) -> None:
    if not hashes:
        return
    for tile, data in grow(head.size, hashes, lambda tile: store.read_tile(session, tile)):
        store.write_tile(session, tile, data)
    frontier = decode_frontier(head.frontier).extend(hashes)
    head.size = frontier.size
    head.frontier = frontier.encode()
    head.last_leaf_hash = hashes[-1]
