"""Queries over the applications, and their moves along the transition table."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import CursorResult, func, select, update
from sqlalchemy.orm import Session

from did_registry.application import ApplicationEvent, ApplicationState, advance
from did_registry.errors import ApplicationNotOpen
from did_registry.models import ApplicationRow


def add(session: Session, row: ApplicationRow) -> None:
    """Store a new application."""
    session.add(row)
    session.flush()


def find(session: Session, receipt: str) -> ApplicationRow | None:
    """The application with this receipt number."""
    return session.get(ApplicationRow, receipt)


def find_by_act(session: Session, act_id: str) -> ApplicationRow | None:
    """The application that an act of the root would grant."""
    rows = select(ApplicationRow).where(ApplicationRow.act == act_id)
    return session.scalars(rows).one_or_none()


def count(session: Session, states: Sequence[ApplicationState]) -> int:
    """How many applications are in one of these states."""
    rows = select(func.count()).select_from(ApplicationRow)
    return session.scalar(rows.where(ApplicationRow.state.in_([one.value for one in states]))) or 0


def listed(
    session: Session, states: Sequence[ApplicationState], *, offset: int, limit: int
) -> Sequence[ApplicationRow]:
    """Those in one of these states, the newest first."""
    rows = select(ApplicationRow).where(ApplicationRow.state.in_([one.value for one in states]))
    ordered = rows.order_by(ApplicationRow.received_at.desc(), ApplicationRow.receipt)
    return session.scalars(ordered.offset(offset).limit(limit)).all()


def move(
    session: Session,
    row: ApplicationRow,
    event: ApplicationEvent,
    *,
    act: str | None,
    reason: str | None,
    decided_at: datetime | None,
) -> None:
    """Move an application along the table. Raises ApplicationNotOpen where the table has no such
    row, and when somebody else was faster."""
    before = ApplicationState(row.state)
    after = advance(before, event)
    moved = session.execute(
        update(ApplicationRow)
        .where(ApplicationRow.receipt == row.receipt, ApplicationRow.state == before.value)
        .values(state=after.value, act=act, reason=reason, decided_at=decided_at)
        .execution_options(synchronize_session=False)
    )
    assert isinstance(moved, CursorResult)
    if moved.rowcount != 1:
        raise ApplicationNotOpen("somebody else has dealt with the application")
    session.refresh(row)
