"""A witness's own small database: the last head of each log, the versions of DIDs that it has
approved, and evidence against a log.

Not among the registry's tables: a witness is another body's, on another machine.
"""

import hashlib
from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import (
    BigInteger,
    Column,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    insert,
    select,
    update,
)
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from did_registry.witness import NEVER, WitnessedHead
from storage.errors import StorageBusy
from storage.types import UtcDateTime

WITNESS_TABLES = MetaData()

_HEAD = Table(
    "witnessed_head",
    WITNESS_TABLES,
    Column("origin", String, primary_key=True),
    Column("size", BigInteger, nullable=False),
    Column("root", LargeBinary, nullable=False),
    Column("note", LargeBinary, nullable=False),
)
_EVIDENCE = Table(
    "evidence",
    WITNESS_TABLES,
    Column("digest", LargeBinary, primary_key=True),
    Column("origin", String, nullable=False),
    Column("file", LargeBinary, nullable=False),
    Column("seen", UtcDateTime, nullable=False),
)
_VERSION = Table(
    "approved_version",
    WITNESS_TABLES,
    Column("scid", String, primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("version_id", String, nullable=False),
)


def latest_head(session: Session, origin: str) -> WitnessedHead:
    """The last head of a log that was signed; NEVER if there is none."""
    row = session.execute(
        select(_HEAD).where(_HEAD.c.origin == origin).with_for_update()
    ).one_or_none()
    return NEVER if row is None else WitnessedHead(size=row.size, root=row.root, note=row.note)


def latest_note(session: Session, origin: str) -> bytes:
    """The note of that head; empty if there is none."""
    return session.scalar(select(_HEAD.c.note).where(_HEAD.c.origin == origin)) or b""


def remember(session: Session, origin: str, before: WitnessedHead, after: WitnessedHead) -> bool:
    """Move from one head to the next; False when it has moved meanwhile."""
    values = {"size": after.size, "root": after.root, "note": after.note}
    if before == NEVER and not latest_note(session, origin):
        session.execute(insert(_HEAD).values(origin=origin, **values))
        return True
    moved = update(_HEAD).where(_HEAD.c.origin == origin, _HEAD.c.size == before.size)
    return bool(session.execute(moved.values(**values)).rowcount == 1)  # type: ignore[attr-defined]


def add_evidence(session: Session, origin: str, file: bytes, seen: datetime) -> None:
    """Keep two heads that contradict each other, as `Rewriting.encode` writes them, once."""
    digest = hashlib.sha256(file).digest()
    known = select(_EVIDENCE.c.digest).where(_EVIDENCE.c.digest == digest)
    if session.scalar(known) is None:
        row = {"digest": digest, "origin": origin, "file": file, "seen": seen}
        session.execute(insert(_EVIDENCE).values(row))


def evidence(session: Session, origin: str) -> Sequence[bytes]:
    """All that is held against a log, oldest first, each as a file."""
    rows = select(_EVIDENCE.c.file).where(_EVIDENCE.c.origin == origin)
    return session.scalars(rows.order_by(_EVIDENCE.c.seen, _EVIDENCE.c.digest)).all()


def approved_versions(session: Session, scid: str) -> dict[int, str]:
    """The versionIds of a DID that were approved, by their numbers."""
    rows = select(_VERSION.c.number, _VERSION.c.version_id).where(_VERSION.c.scid == scid)
    return {row.number: row.version_id for row in session.execute(rows)}


def add_approved(session: Session, scid: str, versions: Mapping[int, str]) -> None:
    """Keep versionIds by their numbers, for ever. Raises StorageBusy when somebody has kept one
    with the same number meanwhile."""
    if not versions:
        return
    rows = [
        {"scid": scid, "number": number, "version_id": version_id}
        for number, version_id in versions.items()
    ]
    try:
        session.execute(insert(_VERSION), rows)
    except IntegrityError as error:
        raise StorageBusy("versions of this DID are being approved by another request") from error
