"""Queries over the registry's tables: plain functions on a session, no rules."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import bindparam, func, insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from did_registry.directory import DirectoryRow
from did_registry.errors import LogFenced
from did_registry.leaf import EMPTY_CHAIN, LeafKind
from did_registry.models import (
    DidVersion,
    LogCheckpoint,
    LogDirectoryRow,
    LogHead,
    LogLeaf,
    LogTile,
    RegisteredDid,
    RootActRow,
)
from did_registry.tlog.merkle import EMPTY_FRONTIER
from did_registry.tlog.tiles import WIDTH, Tile
from did_registry.webvh.did import Did
from did_registry.webvh.version import Version
from storage.upsert import upsert_into

_ROWS_AT_A_TIME = 4 * WIDTH
_KEYS_AT_A_TIME: Final = 500  # parameters of one statement
_DEDUPS: Final = select(LogLeaf.dedup, LogLeaf.idx)
_TILES: Final = LogTile.__table__
_TILE: Final = select(_TILES.c.width, _TILES.c.data).where(
    _TILES.c.level == bindparam("level"), _TILES.c.n == bindparam("n")
)


@dataclass(frozen=True, slots=True, kw_only=True)
class LeafRow:
    """A leaf that is about to be stored."""

    idx: int
    kind: LeafKind
    subject: str
    leaf: bytes
    leaf_hash: bytes
    dedup: bytes
    created: datetime


def lock_head(session: Session) -> LogHead:
    """The head's row, locked until the transaction ends; made for an empty log."""
    locked = select(LogHead).with_for_update()
    head = session.execute(locked).scalar_one_or_none()
    if head is None:
        _make_head(session)
        head = session.execute(locked).scalar_one()
    return head


def find_head(session: Session) -> LogHead | None:
    """The head's row, or None before the first leaf."""
    return session.execute(select(LogHead)).scalar_one_or_none()


def move_head(
    session: Session, head: LogHead, size: int, frontier: bytes, last_leaf_hash: bytes
) -> None:
    """Move the head's row on from where it was read, or not at all.

    Raises LogFenced when another has moved it or has taken over the log meanwhile: a lock can be
    lost without notice, and what was read under it is then worth nothing.
    """
    here = (LogHead.id == head.id, LogHead.size == head.size, LogHead.term == head.term)
    values = {"size": size, "frontier": frontier, "last_leaf_hash": last_leaf_hash}
    moved = update(LogHead).where(*here).values(values).returning(LogHead.size)
    if session.scalar(moved, execution_options={"synchronize_session": False}) is None:
        raise LogFenced("another has written to the log meanwhile")
    session.refresh(head)


def find_indexes(session: Session, dedups: Sequence[bytes]) -> dict[bytes, int]:
    """The indexes of the leaves that equal requests made before, by their digests."""
    found: dict[bytes, int] = {}
    for at in range(0, len(dedups), _KEYS_AT_A_TIME):
        some = LogLeaf.dedup.in_(dedups[at : at + _KEYS_AT_A_TIME])
        found |= {row.dedup: row.idx for row in session.execute(_DEDUPS.where(some))}
    return found


def add_leaves(session: Session, rows: Sequence[LeafRow]) -> None:
    """Store new leaves."""
    session.execute(insert(LogLeaf), [_leaf_values(row) for row in rows])


def _leaf_values(row: LeafRow) -> dict[str, object]:
    return {
        "idx": row.idx,
        "kind": row.kind.value,
        "subject": row.subject,
        "leaf": row.leaf,
        "leaf_hash": row.leaf_hash,
        "dedup": row.dedup,
        "created": row.created,
    }


def leaf_time(session: Session, index: int) -> datetime | None:
    """When a leaf was logged; None when there is none."""
    return session.scalar(select(LogLeaf.created).where(LogLeaf.idx == index))


def leaf_kind(session: Session, index: int) -> LeafKind | None:
    """What a leaf is about; None when there is none."""
    kind = session.scalar(select(LogLeaf.kind).where(LogLeaf.idx == index))
    return None if kind is None else LeafKind(kind)


def find_schema(session: Session, subject: str) -> bytes | None:
    """The leaf of a type's published document."""
    rows = select(LogLeaf.leaf).where(LogLeaf.subject == subject)
    return session.scalar(rows.where(LogLeaf.kind == LeafKind.SCHEMA.value).limit(1))


def leaves(session: Session, start: int, end: int) -> Sequence[bytes]:
    """The leaves from `start` up to, not including, `end`, in order."""
    rows = select(LogLeaf.leaf).where(LogLeaf.idx >= start, LogLeaf.idx < end)
    return session.scalars(rows.order_by(LogLeaf.idx)).all()


def leaves_about(session: Session, kind: LeafKind, subject: str) -> Sequence[LogLeaf]:
    """Every leaf of a kind on one subject, in order."""
    rows = select(LogLeaf).where(LogLeaf.subject == subject, LogLeaf.kind == kind.value)
    return session.scalars(rows.order_by(LogLeaf.idx)).all()


def latest_leaves(session: Session, size: int) -> Sequence[bytes]:
    """Of the first `size` leaves, the last on each DID and each status list, in no order."""
    kinds = (LeafKind.DID.value, LeafKind.STATUS.value)
    rows = select(func.max(LogLeaf.idx)).where(LogLeaf.idx < size, LogLeaf.kind.in_(kinds))
    last = rows.group_by(LogLeaf.kind, LogLeaf.subject)
    return session.scalars(select(LogLeaf.leaf).where(LogLeaf.idx.in_(last))).all()


def leaves_since(session: Session, kind: LeafKind, time: datetime) -> Iterator[LogLeaf]:
    """Every leaf of a kind that was logged at or after a time, in order, a thousand at a time."""
    rows = select(LogLeaf).where(LogLeaf.kind == kind.value, LogLeaf.created >= time)
    ordered = rows.order_by(LogLeaf.idx).execution_options(yield_per=_ROWS_AT_A_TIME)
    return iter(session.scalars(ordered))


def notices_between(session: Session, start: int, end: int) -> Sequence[LogLeaf]:
    """The notices from leaf `start` up to, not including, `end`, in order."""
    rows = select(LogLeaf).where(LogLeaf.idx >= start, LogLeaf.idx < end)
    notices = rows.where(LogLeaf.kind == LeafKind.NOTICE.value)
    return session.scalars(notices.order_by(LogLeaf.idx)).all()


def all_leaves(session: Session) -> Iterator[LogLeaf]:
    """Every row of the log, in order, a thousand at a time."""
    rows = select(LogLeaf).order_by(LogLeaf.idx)
    return iter(session.scalars(rows.execution_options(yield_per=_ROWS_AT_A_TIME)))


def read_tile(session: Session, tile: Tile) -> bytes:
    """A stored tile's bytes, cut to the width that is asked for; empty when there is none."""
    place = {"level": tile.level, "n": tile.index}
    # A proof reads three tiles, so it is asked as plainly as can be: not as the ORM's objects.
    row = session.connection().execute(_TILE, place).one_or_none()
    return b"" if row is None or row.width < tile.width else row.data[: 32 * tile.width]


def write_tile(session: Session, tile: Tile, data: bytes) -> None:
    """Store a new tile, or the right edge in its new width."""
    made = upsert_into(session, LogTile)
    values = {"level": tile.level, "n": tile.index, "width": tile.width, "data": data}
    replaced = {"width": made.excluded.width, "data": made.excluded.data}
    session.execute(
        made.on_conflict_do_update(index_elements=["level", "n"], set_=replaced), values
    )


def all_tiles(session: Session) -> Iterator[LogTile]:
    """Every stored tile, level by level."""
    return iter(session.scalars(select(LogTile).order_by(LogTile.level, LogTile.n)))


def write_directory_rows(session: Session, rows: Sequence[DirectoryRow]) -> None:
    """Store what is now the latest of each key; of two rows of one key, the later counts."""
    latest = {row.key: _directory_values(row) for row in rows}
    if not latest:
        return
    made = upsert_into(session, LogDirectoryRow)
    names = ("latest_version", "latest_sequence", "idx", "deactivated")
    replaced = {name: made.excluded[name] for name in names}
    upsert = made.on_conflict_do_update(index_elements=["key"], set_=replaced)
    session.execute(upsert, list(latest.values()))


def _directory_values(row: DirectoryRow) -> dict[str, object]:
    is_version = isinstance(row.latest, str)
    return {
        "key": row.key,
        "latest_version": row.latest if is_version else None,
        "latest_sequence": None if is_version else row.latest,
        "idx": row.index,
        "deactivated": row.deactivated,
    }


def directory_rows(session: Session) -> list[DirectoryRow]:
    """The latest of every key, in no order."""
    return [
        DirectoryRow(
            key=row.key,
            latest=row.latest_version or row.latest_sequence or 0,
            index=row.idx,
            deactivated=row.deactivated,
        )
        for row in session.scalars(select(LogDirectoryRow))
    ]


def latest_checkpoint(session: Session) -> LogCheckpoint | None:
    """The checkpoint of the largest tree."""
    newest = select(LogCheckpoint).order_by(LogCheckpoint.size.desc()).limit(1)
    return session.scalars(newest).one_or_none()


def all_checkpoints(session: Session) -> Sequence[LogCheckpoint]:
    """Every signed head that was published, the smallest first."""
    return session.scalars(select(LogCheckpoint).order_by(LogCheckpoint.size)).all()


def checkpoints_below(session: Session, size: int | None, limit: int) -> Sequence[LogCheckpoint]:
    """The largest signed heads with fewer leaves, the largest first; of all when size is None."""
    rows = select(LogCheckpoint).order_by(LogCheckpoint.size.desc()).limit(limit)
    if size is not None:
        rows = rows.where(LogCheckpoint.size < size)
    return session.scalars(rows).all()


def all_dids(session: Session) -> Sequence[RegisteredDid]:
    """Every DID whose log is served here."""
    return session.scalars(select(RegisteredDid).order_by(RegisteredDid.scid)).all()


def find_did(session: Session, scid: str) -> RegisteredDid | None:
    """The row of a DID."""
    return session.get(RegisteredDid, scid)


def find_did_by_code(session: Session, code: str) -> RegisteredDid | None:
    """The row of the DID whose path ends with a code."""
    return session.scalars(select(RegisteredDid).where(RegisteredDid.code == code)).one_or_none()


def add_did(session: Session, did: Did, code: str) -> None:
    """Make the row of a new DID."""
    session.add(RegisteredDid(scid=did.scid, did=str(did), code=code, shown=0))
    session.flush()


def add_version(session: Session, version: Version, previous: str, line: bytes, index: int) -> None:
    """Store one line of a did.jsonl; `previous` is the versionId before it, or the SCID.

    It is shown at once if nobody has to approve it, nor anything before it.
    """
    session.add(
        DidVersion(
            scid=version.parameters.scid,
            number=version.number,
            version_id=version.version_id,
            previous_version_id=previous,
            version_time=version.time,
            entry=line,
            log_idx=index,
        )
    )
    if version.witnesses is None:
        row = update(RegisteredDid).where(RegisteredDid.scid == version.parameters.scid)
        before = RegisteredDid.shown == version.number - 1
        session.execute(row.where(before).values(shown=version.number))
    session.flush()


def did_log(session: Session, scid: str) -> bytes:
    """The did.jsonl of a DID, in order; empty when there is none."""
    lines = select(DidVersion.entry).where(DidVersion.scid == scid).order_by(DidVersion.number)
    return b"".join(session.scalars(lines))


def latest_version_id(session: Session, scid: str) -> str | None:
    """The versionId of the last line of a did.jsonl; None when there is none."""
    rows = select(DidVersion.version_id).where(DidVersion.scid == scid)
    return session.scalar(rows.order_by(DidVersion.number.desc()).limit(1))


def version_at(session: Session, index: int) -> str | None:
    """The versionId of the line that a leaf of the log holds."""
    return session.scalar(select(DidVersion.version_id).where(DidVersion.log_idx == index))


def all_versions(session: Session) -> Iterator[DidVersion]:
    """Every stored line of every did.jsonl, in the order of the log."""
    return iter(session.scalars(select(DidVersion).order_by(DidVersion.log_idx)))


def add_root_act(session: Session, row: RootActRow) -> bool:
    """Store a new act; False if one of its kind is open for its subject."""
    try:
        with session.begin_nested():
            session.add(row)
    except IntegrityError:
        return False
    return True


def find_root_act(session: Session, act_id: str) -> RootActRow | None:
    """The row of an act."""
    return session.get(RootActRow, act_id)


def lock_root_act(session: Session, act_id: str) -> RootActRow | None:
    """The row of an act, locked until the transaction ends."""
    row = select(RootActRow).where(RootActRow.id == act_id).with_for_update()
    return session.execute(row, execution_options={"populate_existing": True}).scalar_one_or_none()


def root_acts(
    session: Session, states: Sequence[str], *, offset: int, limit: int
) -> Sequence[RootActRow]:
    """The root's acts in one of these states, the newest first."""
    rows = select(RootActRow).where(RootActRow.state.in_(states))
    ordered = rows.order_by(RootActRow.proposed_at.desc(), RootActRow.id)
    return session.scalars(ordered.offset(offset).limit(limit)).all()


def count_root_acts(session: Session, states: Sequence[str]) -> int:
    """How many acts of the root are in one of these states."""
    rows = select(func.count()).select_from(RootActRow).where(RootActRow.state.in_(states))
    return session.scalar(rows) or 0


def all_root_acts(session: Session) -> Sequence[RootActRow]:
    """Every act of the root, the oldest first."""
    return session.scalars(select(RootActRow).order_by(RootActRow.proposed_at, RootActRow.id)).all()


def add_checkpoint(
    session: Session, size: int, root: bytes, note: bytes, published: datetime
) -> None:
    """Store a signed head."""
    session.add(LogCheckpoint(size=size, root=root, note=note, published=published))
    session.flush()


def _make_head(session: Session) -> None:
    head = LogHead(
        id=1,
        size=EMPTY_FRONTIER.size,
        last_leaf_hash=EMPTY_CHAIN.last,
        frontier=EMPTY_FRONTIER.encode(),
        term=0,
    )
    try:
        with session.begin_nested():
            session.add(head)
    except IntegrityError:
        # No row could be locked before there was one: another transaction has made it meanwhile.
        return
