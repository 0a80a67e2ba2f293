"""A witness's own small database: the last head of each log, and evidence against a log.

Not among the registry's tables: a witness is another body's, on another machine.
"""

from collections.abc import Sequence
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
from sqlalchemy.orm import Session

from did_registry.witness import NEVER, WitnessedHead
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
    Column("id", Integer, primary_key=True),
    Column("origin", String, nullable=False),
    Column("signed", LargeBinary, nullable=False),
    Column("refused", LargeBinary, nullable=False),
    Column("seen", UtcDateTime, nullable=False),
)


def latest_head(session: Session, origin: str) -> WitnessedHead:
    """The last head of a log that was signed; NEVER if there is none."""
    columns = select(_HEAD.c.size, _HEAD.c.root).where(_HEAD.c.origin == origin)
    row = session.execute(columns.with_for_update()).one_or_none()
    return NEVER if row is None else WitnessedHead(size=row.size, root=row.root)


def latest_note(session: Session, origin: str) -> bytes:
    """The note of that head; empty if there is none."""
    return session.scalar(select(_HEAD.c.note).where(_HEAD.c.origin == origin)) or b""


def remember(
    session: Session, origin: str, before: WitnessedHead, after: WitnessedHead, note: bytes
) -> bool:
    """Move from one head to the next; False when it has moved meanwhile."""
    values = {"size": after.size, "root": after.root, "note": note}
    if before == NEVER and not latest_note(session, origin):
        session.execute(insert(_HEAD).values(origin=origin, **values))
        return True
    moved = update(_HEAD).where(_HEAD.c.origin == origin, _HEAD.c.size == before.size)
    return bool(session.execute(moved.values(**values)).rowcount == 1)  # type: ignore[attr-defined]


def add_evidence(
    session: Session, origin: str, *, signed: bytes, refused: bytes, seen: datetime
) -> None:
    """Keep two heads, both signed by the log, of which neither continues the other."""
    session.execute(
        insert(_EVIDENCE).values(origin=origin, signed=signed, refused=refused, seen=seen)
    )


def evidence(session: Session, origin: str) -> Sequence[tuple[bytes, bytes]]:
    """All that is held against a log, oldest first: the head that was signed, the one refused."""
    rows = select(_EVIDENCE.c.signed, _EVIDENCE.c.refused).where(_EVIDENCE.c.origin == origin)
    return [(row.signed, row.refused) for row in session.execute(rows.order_by(_EVIDENCE.c.id))]
