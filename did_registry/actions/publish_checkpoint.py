"""Signs the head of the log, after recomputing it from what is stored."""

from datetime import datetime
from functools import partial

from sqlalchemy.orm import Session

from did_registry import store
from did_registry.errors import LogInconsistent
from did_registry.tlog.checkpoint import build_checkpoint
from did_registry.tlog.merkle import decode_frontier, leaf_hash
from did_registry.tlog.note import NoteSigner
from did_registry.tlog.proof import range_root
from did_registry.tlog.tiles import node_reader


def publish_checkpoint(session: Session, signer: NoteSigner, *, now: datetime) -> bytes:
    """Sign the log as it stands in this transaction and return the note.

    A head that was signed before keeps its note. The root is recomputed from the stored tiles and
    the last leaf's hash from its stored bytes: a log that signs what memory said, and not what the
    disk has, can't be repaired.
    Raises LogInconsistent.
    """
    head = store.lock_head(session)
    session.flush()
    session.expire_all()  # read back what was written, not what we believe we wrote
    if head.size == 0:
        raise LogInconsistent("an empty log has nothing to sign")
    latest = store.latest_checkpoint(session)
    if latest is not None and latest.size == head.size:
        return latest.note
    if latest is not None and latest.size > head.size:
        raise LogInconsistent("the log is shorter than a checkpoint that was signed")
    root = range_root(0, head.size, node_reader(head.size, partial(store.read_tile, session)))
    if root != decode_frontier(head.frontier).root():
        raise LogInconsistent("the stored tiles do not give the root of the head")
    _check_last_leaf(session, head.size, head.last_leaf_hash)
    note = build_checkpoint(signer.name, head.size, root, [signer])
    store.add_checkpoint(session, head.size, root, note, now)
    return note


def _check_last_leaf(session: Session, size: int, last: bytes) -> None:
    stored = store.leaves(session, size - 1, size)
    if [leaf_hash(leaf) for leaf in stored] != [last]:
        raise LogInconsistent("the last stored leaf is not the one that the head names")
