"""Replays the whole log from our own tables; the start of the server and the audit do this.

Every column that others rely on is compared with what follows from the leaves: their own rows, the
head, the tiles, each signed checkpoint, and the DID tables that index them.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice

from sqlalchemy.orm import Session

from credentials.errors import Error
from did_registry import approval_store, store
from did_registry.actions.append import LeafDraft
from did_registry.errors import LeafRejected, LogInconsistent
from did_registry.leaf import Leaf, LeafKind
from did_registry.models import LogCheckpoint, LogLeaf
from did_registry.replica import Replica
from did_registry.tlog.checkpoint import verify_checkpoint
from did_registry.tlog.merkle import EMPTY_FRONTIER, leaf_hash
from did_registry.tlog.note import VerifierKey
from did_registry.tlog.tiles import grow
from did_registry.view import RegistryView
from did_registry.webvh.did import Did
from did_registry.webvh.entry import encode_entry
from did_registry.webvh.witness import WitnessFile, last_approvals


def replay(session: Session, *, root: Did, key: VerifierKey, now: datetime) -> RegistryView:
    """Verify everything that the registry has stored, and return what follows from the part of it
    that is signed. Leaves may have come since; they are verified as well.

    Raises LeafRejected, which names the first leaf that is wrong, or LogInconsistent.
    """
    session.flush()
    session.expire_all()  # read what is stored, also where this transaction has written it
    replica, stored = Replica(root), _Stored()
    checkpoints = store.all_checkpoints(session)
    rows = store.all_leaves(session)
    for row in islice(rows, checkpoints[-1].size if checkpoints else None):
        stored.take(_take(replica, row, now), row)
    _check_checkpoints(checkpoints, stored.hashes, key)
    view = replica.confirm(checkpoints[-1].note, key, now)
    for row in rows:
        stored.take(_take(replica, row, now), row)
    _check_head(session, stored.hashes)
    _check_tiles(session, stored.hashes)
    newest = replica.peek(view.checkpoint, now)
    _check_directory(session, newest)
    _check_dids(session, newest)
    _check_versions(session, newest, stored.entries)
    return view


@dataclass(slots=True)
class _Stored:
    """What the later checks need of the leaves."""

    hashes: list[bytes] = field(default_factory=list)
    entries: dict[int, Leaf] = field(default_factory=dict)

    def take(self, leaf: Leaf, row: LogLeaf) -> None:
        self.hashes.append(row.leaf_hash)
        if leaf.kind is LeafKind.DID:
            self.entries[leaf.index] = leaf


def _take(replica: Replica, row: LogLeaf, now: datetime) -> Leaf:
    index = replica.size
    if row.idx != index:
        raise LeafRejected("the leaf is missing", index=index)
    if leaf_hash(row.leaf) != row.leaf_hash:
        raise LeafRejected("the stored bytes do not have the stored hash", index=index)
    leaf = replica.append(row.leaf, now)
    dedup = LeafDraft(kind=leaf.kind, subject=leaf.subject, body=leaf.body).digest()
    if (row.kind, row.subject, row.created, row.dedup) != (
        leaf.kind.value,
        leaf.subject,
        leaf.time,
        dedup,
    ):
        raise LeafRejected("its row says something else than the leaf", index=index)
    return leaf


def _check_checkpoints(
    rows: Sequence[LogCheckpoint], hashes: Sequence[bytes], key: VerifierKey
) -> None:
    """Every head that was ever signed is one that this log had."""
    if not rows:
        raise LogInconsistent("the log has no checkpoint")
    frontier = EMPTY_FRONTIER
    for row in rows:
        name = f"the checkpoint over {row.size} leaves"
        try:
            signed = verify_checkpoint(row.note, key)
        except Error as error:
            raise LogInconsistent(f"{name}: {error.detail}") from error
        frontier = frontier.extend(hashes[frontier.size : row.size])
        ours = (frontier.size, frontier.root())
        if ours != (signed.size, signed.root) or ours != (row.size, row.root):
            raise LogInconsistent(f"{name} is not the head of the leaves that are stored")


def _check_head(session: Session, hashes: Sequence[bytes]) -> None:
    head, frontier = store.find_head(session), EMPTY_FRONTIER.extend(hashes)
    if head is None or (head.size, head.last_leaf_hash, head.frontier) != (
        frontier.size,
        hashes[-1],
        frontier.encode(),
    ):
        raise LogInconsistent("the head's row is not the end of the leaves that are stored")


def _check_tiles(session: Session, hashes: Sequence[bytes]) -> None:
    """All tiles are compared, not only those on the way to the root: strangers fetch any."""
    expected = {
        (tile.level, tile.index): (tile.width, data)
        for tile, data in grow(0, hashes, lambda _: b"")
    }
    stored = {(row.level, row.n): (row.width, row.data) for row in store.all_tiles(session)}
    for level, index in sorted(expected.keys() | stored.keys()):
        if expected.get((level, index)) != stored.get((level, index)):
            raise LogInconsistent(f"tile {index} of level {level} is not what its leaves give")


def _check_directory(session: Session, view: RegistryView) -> None:
    if {row.key: row for row in store.directory_rows(session)} != view.latest:
        raise LogInconsistent("the rows of the directory are not what the leaves give")


def _check_dids(session: Session, view: RegistryView) -> None:
    """Their names, and that they show as many versions as were approved, no more and no less."""
    proofs = _check_proofs(session, view)
    stored = {row.scid: (row.did, row.code, row.shown) for row in store.all_dids(session)}
    logged = {
        scid: (str(history.did), "".join(history.did.path[-1:]), history.approved_by(proofs))
        for scid, history in view.histories.items()
    }
    for scid in sorted(stored.keys() | logged.keys()):
        if stored.get(scid) != logged.get(scid):
            raise LogInconsistent(f"the row of the DID with SCID {scid} is not what was logged")


def _check_proofs(session: Session, view: RegistryView) -> WitnessFile:
    """Every stored approval is one, by a witness that the DID has named."""
    rows = approval_store.all_proofs(session)
    proofs = approval_store.witness_file(rows)
    for row in rows:
        history = view.histories.get(row.scid)
        versions = () if history is None else history.versions
        keys = {
            did: key
            for version in versions
            if version.witnesses is not None
            for did, key in version.witnesses.witnesses.items()
        }
        names = [one.version_id for one in versions if one.version_id == row.version_id]
        alone = approval_store.witness_file([row])
        key = {row.witness: keys[row.witness]} if row.witness in keys else {}
        if not names or not any(last_approvals(names, key, alone).values()):
            raise LogInconsistent(f"the approval of {row.version_id} by a witness is none")
    return proofs


def _check_versions(session: Session, view: RegistryView, entries: Mapping[int, Leaf]) -> None:
    """The did.jsonl lines that are served must be the ones that were logged, all of them."""
    expected = _versions(view, entries)
    for row in store.all_versions(session):
        wanted = expected.pop(row.log_idx, None)
        if wanted is None:
            raise LogInconsistent(f"version {row.number} of DID {row.scid} is not in the log")
        if wanted != (
            row.scid,
            row.number,
            row.version_id,
            row.previous_version_id,
            row.version_time,
            row.entry,
        ):
            raise LeafRejected("its did.jsonl line says something else", index=row.log_idx)
    if expected:
        raise LeafRejected("its did.jsonl line is missing", index=min(expected))


def _versions(view: RegistryView, entries: Mapping[int, Leaf]) -> dict[int, tuple[object, ...]]:
    """The rows of did_version that follow from the leaves, by index of the leaf."""
    numbers: Counter[str] = Counter()
    rows: dict[int, tuple[object, ...]] = {}
    for index, leaf in entries.items():
        scid = leaf.subject
        numbers[scid] += 1
        history, number = view.histories[scid], numbers[scid]
        version = history.number(number)
        previous = scid if number == 1 else history.number(number - 1).version_id
        line = encode_entry(version.entry.members)
        rows[index] = (scid, number, version.version_id, previous, version.time, line)
    return rows
