"""Queries over the verifier's tables, and the moves along its transition table."""

from datetime import datetime

from sqlalchemy import CursorResult, select, update
from sqlalchemy.orm import Session

from verifier.models import RequestRow, VerifierRow
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
