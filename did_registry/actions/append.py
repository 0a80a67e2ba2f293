"""Appends leaves to the log: chain, tree, tiles and head move together or not at all."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy.orm import Session

from credentials.claims import Claims
from credentials.jcs import canonicalize
from did_registry import store
from did_registry.directory import row_of
from did_registry.errors import LogInconsistent
from did_registry.leaf import Leaf, LeafKind, build_leaf
from did_registry.models import LogHead
from did_registry.store import LeafRow
from did_registry.tlog.merkle import DIGEST_BYTES, decode_frontier, leaf_hash
from did_registry.tlog.tiles import grow

_LAST_INDEX: Final = 2**53 - 1  # the largest that canonical JSON can carry


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


@dataclass(frozen=True, slots=True, kw_only=True)
class _Built:
    leaf: Leaf
    row: LeafRow


def append(session: Session, drafts: Sequence[LeafDraft], *, now: datetime) -> list[int]:
    """Append leaves in order and return their indexes; one that is there already keeps its place.

    The head's row stays locked until the caller's transaction ends. Raises Malformed or TooLarge
    for a draft that can't be a leaf, LogInconsistent when our clock is behind the last leaf, and
    LogFenced when the head has moved although it was locked.
    """
    head = store.lock_head(session)
    digests = [draft.digest() for draft in drafts]
    indexes = store.find_indexes(session, digests)
    built: list[_Built] = []
    last = head.last_leaf_hash
    for draft, digest in zip(drafts, digests, strict=True):
        if digest not in indexes:
            indexes[digest] = head.size + len(built)
            built.append(_build(draft, digest, indexes[digest], last, now))
            last = built[-1].row.leaf_hash
    if built:
        _check_clock(session, head.size, now)
        _store(session, head, built)
    return [indexes[digest] for digest in digests]


def check_draft(draft: LeafDraft, *, now: datetime) -> None:
    """Raises Malformed or TooLarge for what can't be a leaf at any place of the log."""
    _build(draft, bytes(DIGEST_BYTES), _LAST_INDEX, bytes(DIGEST_BYTES), now)


def _check_clock(session: Session, size: int, now: datetime) -> None:
    """Nobody could take a leaf that is dated before its predecessor, and nobody could remove it."""
    last = store.leaf_time(session, size - 1)
    if last is not None and now.replace(microsecond=0) < last:
        raise LogInconsistent("the clock is behind the last leaf of the log")


def _build(draft: LeafDraft, digest: bytes, index: int, previous: bytes, now: datetime) -> _Built:
    leaf = Leaf(
        index=index,
        previous=previous,
        kind=draft.kind,
        subject=draft.subject,
        time=now.replace(microsecond=0),
        body=draft.body,
    )
    data = build_leaf(leaf)
    row = LeafRow(
        idx=index,
        kind=draft.kind,
        subject=draft.subject,
        leaf=data,
        leaf_hash=leaf_hash(data),
        dedup=digest,
        created=leaf.time,
    )
    return _Built(leaf=leaf, row=row)


def _store(session: Session, head: LogHead, built: Sequence[_Built]) -> None:
    session.flush()
    store.add_leaves(session, [new.row for new in built])
    rows = [row for new in built if (row := row_of(new.leaf)) is not None]
    store.write_directory_rows(session, rows)
    _grow_tree(session, head, [new.row.leaf_hash for new in built])


def _grow_tree(session: Session, head: LogHead, hashes: Sequence[bytes]) -> None:
    for tile, data in grow(head.size, hashes, lambda tile: store.read_tile(session, tile)):
        store.write_tile(session, tile, data)
    session.flush()
    frontier = decode_frontier(head.frontier).extend(hashes)
    store.move_head(session, head, frontier.size, frontier.encode(), hashes[-1])
