"""The epoch of a database: how often it was put back from a backup.

What was promised after a backup was made is not in it: codes that were used are open again, places
that were given away are free. So whoever puts one back begins a new epoch, in which what was open
before is dead, and whatever must never be given twice comes from another share.
"""

from datetime import datetime
from typing import Final

from sqlalchemy import func, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from storage.append_only import make_append_only
from storage.base import Base
from storage.types import UtcDateTime

FIRST: Final = 0  # of a database that was never put back


class EpochRow(Base):
    """One restore."""

    __tablename__ = "epoch"

    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    began: Mapped[datetime] = mapped_column(UtcDateTime)


make_append_only(EpochRow)


def current_epoch(session: Session) -> int:
    """The number of the epoch that runs."""
    return session.scalar(select(func.max(EpochRow.number))) or FIRST


def begin_epoch(session: Session, *, now: datetime) -> int:
    """Begin the next epoch and return its number; of two at once, the database refuses one."""
    number = current_epoch(session) + 1
    session.add(EpochRow(number=number, began=now))
    session.flush()
    return number


def key_name(name: str, epoch: int) -> str:
    """What a key is derived under, so that nothing made with it outlives the epoch."""
    return name if epoch == FIRST else f"{name}-epoch-{epoch}"
