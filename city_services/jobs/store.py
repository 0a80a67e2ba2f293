"""Queries over the table of jobs."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import CursorResult, or_, select, update
from sqlalchemy.orm import Session

from city_services.jobs.models import JobRow
from credentials.claims import Claims
from storage.upsert import upsert_into


def claim(session: Session, name: str, due: datetime, *, stale: datetime, now: datetime) -> bool:
    """Begin a job that is not done, unless somebody began it after `stale`; whether it was us."""
    made = upsert_into(session, JobRow).values(name=name, due=due)
    session.execute(made.on_conflict_do_nothing())
    moved = session.execute(
        update(JobRow)
        .where(
            JobRow.name == name,
            JobRow.due == due,
            JobRow.done.is_(None),
            or_(JobRow.started.is_(None), JobRow.started <= stale),
        )
        .values(started=now)
        .execution_options(synchronize_session=False)
    )
    assert isinstance(moved, CursorResult)
    return moved.rowcount == 1


def note(
    session: Session,
    name: str,
    due: datetime,
    *,
    started: datetime,
    result: Claims,
    done: datetime | None,
) -> None:
    """Write down what came of a run, unless another one has begun meanwhile, or ended."""
    session.execute(
        update(JobRow)
        .where(JobRow.name == name, JobRow.due == due)
        .where(JobRow.started == started, JobRow.done.is_(None))
        .values(result=result, done=done)
        .execution_options(synchronize_session=False)
    )


def last_rows(session: Session) -> Sequence[JobRow]:
    """The last row of every job, in the order of their names."""
    rows = session.scalars(select(JobRow).order_by(JobRow.name, JobRow.due))
    return list({row.name: row for row in rows}.values())
