"""Signs the head of the log, after recomputing it from what is stored."""

from datetime import datetime
from functools import cache, partial

from sqlalchemy.orm import Session

from credentials.errors import Error
from did_registry import store
from did_registry.errors import LogInconsistent
from did_registry.leaf import EMPTY_CHAIN, ChainHead, verify_next
from did_registry.models import LogCheckpoint, LogHead
from did_registry.sign_guard import GuardedHead, SignGuard
from did_registry.tlog.checkpoint import build_checkpoint
from did_registry.tlog.merkle import EMPTY_ROOT, decode_frontier
from did_registry.tlog.note import NoteSigner
from did_registry.tlog.proof import NodeReader, build_consistency, range_root, verify_consistency
from did_registry.tlog.tiles import node_reader


def publish_checkpoint(
    session: Session, signer: NoteSigner, guard: SignGuard, *, now: datetime
) -> bytes:
    """Sign the log as it stands in this transaction and return the note.

    A head that was signed before keeps its note. What is signed is recomputed from the stored
    tiles, continues the head that was signed before, and covers the new leaves as they are stored:
    a log that signs what memory said, and not what the disk has, can't be repaired. The guard knows
    of it first; `settle_guard` tells it that the transaction has ended. Raises LogInconsistent.
    """
    head = store.lock_head(session)
    session.flush()
    session.expire_all()  # read back what was written, not what we believe we wrote
    if head.size == 0:
        raise LogInconsistent("an empty log has nothing to sign")
    latest = store.latest_checkpoint(session)
    root = decode_frontier(head.frontier).root()
    if latest is not None and latest.size == head.size:
        if latest.root != root:
            raise LogInconsistent("the log has another root than was signed for its size")
        return latest.note
    if latest is not None and latest.size > head.size:
        raise LogInconsistent("the log is shorter than a checkpoint that was signed")
    try:
        _check_stored(session, head, root, latest)
    except Error as error:
        raise LogInconsistent(f"nothing was signed: {error.detail}") from error
    guard.begin(_guarded(latest), GuardedHead(size=head.size, root=root))
    note = build_checkpoint(signer.name, head.size, root, [signer])
    store.add_checkpoint(session, head.size, root, note, now)
    return note


def settle_guard(session: Session, guard: SignGuard) -> None:
    """Tell the guard what is stored, after the transaction that signed has ended.

    Called at every start as well. Raises LogInconsistent when the database is an old one.
    """
    store.lock_head(
        session
    )  # another may have begun: what he is about to sign must not be forgotten
    guard.settle(_guarded(store.latest_checkpoint(session)))


def _guarded(row: LogCheckpoint | None) -> GuardedHead | None:
    return None if row is None else GuardedHead(size=row.size, root=row.root)


def _check_stored(
    session: Session, head: LogHead, root: bytes, latest: LogCheckpoint | None
) -> None:
    node = node_reader(head.size, cache(partial(store.read_tile, session)))
    if range_root(0, head.size, node) != root:
        raise LogInconsistent("the stored tiles do not give the root of the head")
    signed_size = 0 if latest is None else latest.size
    signed_root = EMPTY_ROOT if latest is None else latest.root
    path = build_consistency(signed_size, head.size, node)
    verify_consistency(signed_size, signed_root, head.size, root, path)
    _check_new_leaves(session, signed_size, head, node)


def _check_new_leaves(session: Session, start: int, head: LogHead, node: NodeReader) -> None:
    """The leaves before them were checked like this when they were new."""
    chain = ChainHead(size=start, last=node(0, start - 1)) if start else EMPTY_CHAIN
    for data in store.leaves(session, start, head.size):
        _, chain = verify_next(data, chain)
        if chain.last != node(0, chain.size - 1):
            raise LogInconsistent(f"the tile over leaf {chain.size - 1} has another hash for it")
    if chain != ChainHead(size=head.size, last=head.last_leaf_hash):
        raise LogInconsistent("the last stored leaf is not the one that the head names")
