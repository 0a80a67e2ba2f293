"""Replays the whole log from our own tables; the start of the server and the audit do this.

Four things are compared: each leaf with its stored hash and the chain, the tree with the tiles and
the signed checkpoint, the DID tables with the leaves they index, and the keys with the log.
"""

from datetime import datetime
from functools import partial

from sqlalchemy.orm import Session

from credentials.errors import Error
from credentials.json_object import parse_object
from did_registry import store
from did_registry.errors import LeafRejected, LogInconsistent
from did_registry.leaf import LeafKind, parse_leaf
from did_registry.models import LogLeaf
from did_registry.replica import Replica
from did_registry.tlog.checkpoint import Checkpoint
from did_registry.tlog.merkle import leaf_hash
from did_registry.tlog.note import VerifierKey
from did_registry.tlog.proof import range_root
from did_registry.tlog.tiles import node_reader
from did_registry.view import RegistryView
from did_registry.webvh.did import Did


def replay(session: Session, *, root: Did, key: VerifierKey, now: datetime) -> RegistryView:
    """Verify everything that the registry has stored, and return what follows from it.

    Raises LeafRejected, which names the first leaf that is wrong, or LogInconsistent.
    """
    replica = Replica(root)
    for row in store.all_leaves(session):
        _check_stored_hash(row, replica.size)
        replica.append(row.leaf, now)
    checkpoint = store.latest_checkpoint(session)
    if checkpoint is None:
        raise LogInconsistent("the log has no checkpoint")
    view = replica.confirm(checkpoint.note, key, now)
    _check_head(session, view)
    _check_tiles(session, view.checkpoint)
    _check_versions(session)
    return view


def _check_stored_hash(row: LogLeaf, expected: int) -> None:
    if row.idx != expected:
        raise LeafRejected("the leaf is missing", index=expected)
    if leaf_hash(row.leaf) != row.leaf_hash:
        raise LeafRejected("the stored bytes do not have the stored hash", index=row.idx)


def _check_head(session: Session, view: RegistryView) -> None:
    head = store.find_head(session)
    if head is None or head.size != view.checkpoint.size:
        raise LogInconsistent("the head's row has another size than the checkpoint")


def _check_tiles(session: Session, checkpoint: Checkpoint) -> None:
    """The stored tiles must give every leaf's hash at their foot and the signed root at the top."""
    read = node_reader(checkpoint.size, partial(store.read_tile, session))
    if range_root(0, checkpoint.size, read) != checkpoint.root:
        raise LogInconsistent("the tiles do not give the root that is signed")
    for row in store.all_leaves(session):
        try:
            stored = read(0, row.idx)
        except Error as error:
            raise LogInconsistent(f"the tile over leaf {row.idx} is incomplete") from error
        if stored != row.leaf_hash:
            raise LogInconsistent(f"the tile over leaf {row.idx} has another hash for it")


def _check_versions(session: Session) -> None:
    """The did.jsonl lines that are served must be the ones that were logged, all of them."""
    logged = {
        row.idx: row.leaf for row in store.all_leaves(session) if row.kind == LeafKind.DID.value
    }
    for version in store.all_versions(session):
        leaf = logged.pop(version.log_idx, None)
        if leaf is None:
            raise LogInconsistent(f"DID version {version.version_id[:20]} is not in the log")
        if parse_leaf(leaf).body["entry"] != parse_object(version.entry).members:
            raise LeafRejected("its did.jsonl line says something else", index=version.log_idx)
    if logged:
        raise LeafRejected("its did.jsonl line is missing", index=min(logged))
