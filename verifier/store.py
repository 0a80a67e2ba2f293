"""Queries over the verifier's tables, and the moves along its transition table."""

from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import CursorResult, delete, select, update
from sqlalchemy.orm import Session

from storage.upsert import upsert_into
from verifier.decision_count import Way
from verifier.models import DayCountRow, RequestRow, TakenCodeRow, VerifierRow
from verifier.presentation_session import Event, State, advance


def find_verifier(session: Session, code: str) -> VerifierRow | None:
    """The row of a verifier."""
    return session.get(VerifierRow, code)


def add_request(session: Session, row: RequestRow) -> None:
    """Store a new request."""
    session.add(row)
    session.flush()


def find_request(session: Session, request_id: str) -> RequestRow | None:
    """A request by the verifier's own name for it."""
    return session.get(RequestRow, request_id)


def find_by_address(session: Session, address: str) -> RequestRow | None:
    """A request by the last part of its `request_uri` or `response_uri`."""
    return session.scalars(select(RequestRow).where(RequestRow.address == address)).one_or_none()


def move(session: Session, row: RequestRow, event: Event) -> bool:
    """Move a request along the table if nobody did before us; whether it was us.

    Raises RequestOver where the table has no such row.
    """
    before = State(row.state)
    after = advance(before, event)
    moved = session.execute(
        update(RequestRow)
        .where(RequestRow.id == row.id, RequestRow.state == before.value)
        .values(state=after.value)
        .execution_options(synchronize_session=False)
    )
    assert isinstance(moved, CursorResult)
    if moved.rowcount != 1:
        return False
    session.refresh(row)
    return True


def is_over(row: RequestRow, now: datetime) -> bool:
    """Whether the request's time has passed."""
    return now >= row.expires_at


def take_code(session: Session, verifier: str, digest: bytes, *, forget_at: datetime) -> bool:
    """Take a code for a verifier in one statement; whether nobody there had taken it before."""
    row = {"verifier": verifier, "digest": digest, "forget_at": forget_at}
    insert = upsert_into(session, TakenCodeRow).values(row).on_conflict_do_nothing()
    # What was there already is not returned; drivers differ in how they count such a row.
    return session.scalars(insert.returning(TakenCodeRow.digest)).one_or_none() is not None


def forget_codes(session: Session, now: datetime) -> None:
    """Forget the codes that can't be shown any more."""
    session.execute(delete(TakenCodeRow).where(TakenCodeRow.forget_at <= now))


def count(session: Session, verifier: str, day: date, way: Way, code: str) -> None:
    """Count one result, in one statement."""
    row = {"verifier": verifier, "day": day, "way": way.value, "code": code, "times": 1}
    keys = [DayCountRow.verifier, DayCountRow.day, DayCountRow.way, DayCountRow.code]
    session.execute(
        upsert_into(session, DayCountRow)
        .values(row)
        .on_conflict_do_update(index_elements=keys, set_={"times": DayCountRow.times + 1})
    )


def counts(session: Session, verifier: str, day: date) -> Sequence[DayCountRow]:
    """What a verifier's day came to."""
    rows = select(DayCountRow).where(DayCountRow.verifier == verifier, DayCountRow.day == day)
    return session.scalars(rows.order_by(DayCountRow.way, DayCountRow.code)).all()
