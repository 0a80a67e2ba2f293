"""Queries over the staff's tables."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Final

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from staff.act_chain import StoredLine
from staff.models import ActRow, SessionRow, StaffRow, WrongTries
from storage.upsert import upsert_into

_ROWS_AT_A_TIME: Final = 1024


def find_staff(session: Session, reference: str) -> StaffRow | None:
    """The account with this reference."""
    return session.get(StaffRow, reference)


def find_session(session: Session, token_mac: bytes) -> SessionRow | None:
    """The session of a token."""
    return session.get(SessionRow, token_mac)


def end_sessions(session: Session, *, before: datetime) -> None:
    """Forget the sessions that nobody can use any more."""
    session.execute(delete(SessionRow).where(SessionRow.last_seen < before))


def lock_tries(session: Session, subject: str, now: datetime) -> WrongTries:
    """The counter of an account or address, locked until the transaction ends; made if missing."""
    made = upsert_into(session, WrongTries).values(subject=subject, since=now, count=0)
    # An update that changes nothing locks the row, in the same statement that may make it.
    locked = made.on_conflict_do_update(index_elements=["subject"], set_={"subject": subject})
    rows = session.scalars(
        locked.returning(WrongTries), execution_options={"populate_existing": True}
    )
    return rows.one()


def forget_tries(session: Session, *, before: datetime) -> None:
    """Delete the counters of windows that are over, except where somebody counts at this moment."""
    over = select(WrongTries.subject).where(WrongTries.since < before)
    free = over.with_for_update(skip_locked=True)
    session.execute(
        delete(WrongTries)
        .where(WrongTries.subject.in_(free))
        .execution_options(synchronize_session=False)
    )


def lock_record(session: Session, agency: str) -> None:
    """Let nobody else write into an agency's record until the transaction ends.

    The first account stands for the record. A lock on its last line would not do: whoever waited
    for it would go on from a line that is the last no more.
    """
    rows = select(StaffRow.reference).where(StaffRow.agency == agency)
    first = rows.order_by(StaffRow.reference).limit(1)
    session.execute(first.with_for_update(key_share=True))


def last_act(session: Session, agency: str) -> ActRow | None:
    """The last line of an agency's record."""
    rows = select(ActRow).where(ActRow.agency == agency).order_by(ActRow.number.desc()).limit(1)
    return session.scalars(rows).one_or_none()


def acts(session: Session, agency: str, *, offset: int, limit: int) -> Sequence[ActRow]:
    """An agency's record, newest first."""
    rows = select(ActRow).where(ActRow.agency == agency).order_by(ActRow.number.desc())
    return session.scalars(rows.offset(offset).limit(limit)).all()


def lines(session: Session, agency: str, *, after: int) -> Iterator[StoredLine]:
    """An agency's record from a line on, the oldest first, a thousand rows at a time."""
    rows = select(ActRow.number, ActRow.line, ActRow.subject, ActRow.at, ActRow.hash)
    ordered = rows.where(ActRow.agency == agency).order_by(ActRow.number).limit(_ROWS_AT_A_TIME)
    # Page by page, so that whoever stops at a line that is wrong leaves no cursor open.
    while page := session.execute(ordered.where(ActRow.number > after)).all():
        for row in page:
            yield StoredLine(
                number=row.number, line=row.line, subject=row.subject, at=row.at, hash=row.hash
            )
        after = page[-1].number


def agencies(session: Session) -> Sequence[str]:
    """Everybody who has or had staff here, in order."""
    return session.scalars(select(StaffRow.agency).distinct().order_by(StaffRow.agency)).all()


def count_acts(session: Session, agency: str) -> int:
    """How many lines an agency's record has."""
    rows = select(func.count()).select_from(ActRow).where(ActRow.agency == agency)
    return session.scalar(rows) or 0
