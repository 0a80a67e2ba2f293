"""Queries over the staff's tables."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from staff.models import ActRow, SessionRow, StaffRow, WrongTries


def find_staff(session: Session, reference: str) -> StaffRow | None:
    """The account with this reference."""
    return session.get(StaffRow, reference)


def find_session(session: Session, token_mac: bytes) -> SessionRow | None:
    """The session of a token."""
    return session.get(SessionRow, token_mac)


def end_sessions(session: Session, *, before: datetime) -> None:
    """Forget the sessions that nobody can use any more."""
    session.execute(delete(SessionRow).where(SessionRow.last_seen < before))


def lock_tries(session: Session, subject: str) -> WrongTries | None:
    """The counter of an account or address, locked until the transaction ends."""
    rows = select(WrongTries).where(WrongTries.subject == subject)
    return session.scalars(rows.with_for_update()).one_or_none()


def last_act(session: Session, agency: str) -> ActRow | None:
    """The last line of an agency's record."""
    rows = select(ActRow).where(ActRow.agency == agency).order_by(ActRow.number.desc()).limit(1)
    return session.scalars(rows).one_or_none()


def acts(session: Session, agency: str, *, offset: int, limit: int) -> Sequence[ActRow]:
    """An agency's record, newest first."""
    rows = select(ActRow).where(ActRow.agency == agency).order_by(ActRow.number.desc())
    return session.scalars(rows.offset(offset).limit(limit)).all()


def count_acts(session: Session, agency: str) -> int:
    """How many lines an agency's record has."""
    rows = select(func.count()).select_from(ActRow).where(ActRow.agency == agency)
    return session.scalar(rows) or 0
