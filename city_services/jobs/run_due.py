"""Runs what is due: each job once for each night, by whoever claims its row first.

Claiming, working and writing down are transactions of their own: a worker that dies in between
leaves a row that is begun and not done, and after the lease another begins it again. A job with a
failure is not done either, and so tried again; its result says what failed.
"""

import logging
from collections.abc import Sequence
from datetime import datetime

from city_services.jobs import store
from city_services.jobs.schedule import DELAY, LEASE, Job, JobResult, due_at, due_day
from console.clock import Clock
from storage.transaction import Database
from web.logs import LogLine, write_line


def run_due(database: Database, jobs: Sequence[Job], clock: Clock) -> dict[str, JobResult]:
    """Run every job that is due and that nobody else runs or has done; what came of each.

    Raises StorageBusy or StorageUnavailable when the rows themselves can't be read or written.
    """
    return {job.name: result for job in jobs if (result := _run(database, job, clock)) is not None}


def _run(database: Database, job: Job, clock: Clock) -> JobResult | None:
    started = clock()
    due = due_at(due_day(started))
    with database.writing() as session:
        is_ours = store.claim(session, job.name, due, stale=started - LEASE, now=started)
    if not is_ours:
        return None
    result = job.work(due - DELAY)
    _note(database, job, due, started, result, clock())
    return result


def _note(
    database: Database,
    job: Job,
    due: datetime,
    started: datetime,
    result: JobResult,
    now: datetime,
) -> None:
    with database.writing() as session:
        store.note(
            session,
            job.name,
            due,
            started=started,
            result=result.to_json(),
            done=None if result.failed else now,
        )
    for subject, code in result.failed.items():
        line = LogLine(event=f"job-failed:{job.name}", agency=subject, code=code)
        write_line(line, logging.ERROR)
