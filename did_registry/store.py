"""Queries over the registry's tables: plain functions on a session, no rules."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from did_registry.leaf import EMPTY_CHAIN, LeafKind
from did_registry.models import (
    DidVersion,
    LogCheckpoint,
    LogHead,
    LogLeaf,
    LogTile,
    RegisteredDid,
)
from did_registry.tlog.merkle import EMPTY_FRONTIER
from did_registry.tlog.tiles import WIDTH, Tile
from did_registry.webvh.did import Did
from did_registry.webvh.version import Version

_ROWS_AT_A_TIME = 4 * WIDTH


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


def find_index(session: Session, dedup: bytes) -> int | None:
    """The index of the leaf that an equal request made before."""
    return session.scalar(select(LogLeaf.idx).where(LogLeaf.dedup == dedup))


def leaf_time(session: Session, index: int) -> datetime | None:
    """When a leaf was logged; None when there is none."""
    return session.scalar(select(LogLeaf.created).where(LogLeaf.idx == index))


def find_schema(session: Session, subject: str) -> bytes | None:
    """The leaf of a type's published document."""
    rows = select(LogLeaf.leaf).where(LogLeaf.subject == subject)
    return session.scalar(rows.where(LogLeaf.kind == LeafKind.SCHEMA.value).limit(1))


def leaves(session: Session, start: int, end: int) -> Sequence[bytes]:
    """The leaves from `start` up to, not including, `end`, in order."""
    rows = select(LogLeaf.leaf).where(LogLeaf.idx >= start, LogLeaf.idx < end)
    return session.scalars(rows.order_by(LogLeaf.idx)).all()


def all_leaves(session: Session) -> Iterator[LogLeaf]:
    """Every row of the log, in order, a thousand at a time."""
    rows = select(LogLeaf).order_by(LogLeaf.idx)
    return iter(session.scalars(rows.execution_options(yield_per=_ROWS_AT_A_TIME)))


def read_tile(session: Session, tile: Tile) -> bytes:
    """A stored tile's bytes, cut to the width that is asked for; empty when there is none."""
    row = session.get(LogTile, (tile.level, tile.index))
    return b"" if row is None or row.width < tile.width else row.data[: 32 * tile.width]


def write_tile(session: Session, tile: Tile, data: bytes) -> None:
    """Store a new tile, or the right edge in its new width."""
    session.merge(LogTile(level=tile.level, n=tile.index, width=tile.width, data=data))


def all_tiles(session: Session) -> Iterator[LogTile]:
    """Every stored tile, level by level."""
    return iter(session.scalars(select(LogTile).order_by(LogTile.level, LogTile.n)))


def latest_checkpoint(session: Session) -> LogCheckpoint | None:
    """The checkpoint of the largest tree."""
    newest = select(LogCheckpoint).order_by(LogCheckpoint.size.desc()).limit(1)
    return session.scalars(newest).one_or_none()


def all_checkpoints(session: Session) -> Sequence[LogCheckpoint]:
    """Every signed head that was published, the smallest first."""
    return session.scalars(select(LogCheckpoint).order_by(LogCheckpoint.size)).all()


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
    session.add(RegisteredDid(scid=did.scid, did=str(did), code=code))
    session.flush()


def add_version(session: Session, version: Version, previous: str, line: bytes, index: int) -> None:
    """Store one line of a did.jsonl; `previous` is the versionId before it, or the SCID."""
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
    session.flush()


def did_log(session: Session, scid: str) -> bytes:
    """The did.jsonl of a DID, in order; empty when there is none."""
    lines = select(DidVersion.entry).where(DidVersion.scid == scid).order_by(DidVersion.number)
    return b"".join(session.scalars(lines))


def all_versions(session: Session) -> Iterator[DidVersion]:
    """Every stored line of every did.jsonl, in the order of the log."""
    return iter(session.scalars(select(DidVersion).order_by(DidVersion.log_idx)))


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
    )
    try:
        with session.begin_nested():
            session.add(head)
    except IntegrityError:
        # No row could be locked before there was one: another transaction has made it meanwhile.
        return
