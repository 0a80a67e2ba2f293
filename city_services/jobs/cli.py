"""`gwanin jobs run`: what the clock triggers, once or for ever."""

import signal
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

import click

from city_services.jobs import store
from city_services.jobs.run_due import run_due
from city_services.jobs.schedule import Job
from console.clock import Clock
from console.commands import Exit, RefusingGroup, pass_opened, report
from console.output import emit, json_option
from credentials.claims import Claims
from credentials.data_integrity import format_timestamp
from credentials.errors import Error
from storage.transaction import Database

SECONDS_BETWEEN: Final = 30.0


@dataclass(frozen=True, slots=True, kw_only=True)
class JobOffice:
    """What the command acts through. clock: the city's."""

    database: Database
    jobs: Sequence[Job]
    clock: Clock


def jobs_commands(open_office: Callable[[], JobOffice]) -> click.Group:
    """The group `jobs`; the office is opened by the command that needs it."""

    @click.group("jobs", cls=RefusingGroup, help="What the clock triggers.")
    @click.pass_context
    def group(context: click.Context) -> None:
        context.obj = open_office

    group.add_command(_run)
    return group


@click.command("run")
@click.option("--once", is_flag=True, help="Do what is due now, and end.")
@json_option
@pass_opened
def _run(office: JobOffice, *, once: bool, as_json: bool) -> None:
    """Do what is due: roots of what was issued, recorded and done the day before, in the night.

    Any number of these may run; each job is done by one. With --once the status is 1 if a job that
    was run now has failed.
    """
    if not once:
        _run_until_stopped(office)
        return
    failed = any(result.failed for result in run_due(*_of(office)).values())
    document = _rows(office)
    emit(document, [_line(row) for row in document], as_json=as_json)
    if failed:
        raise SystemExit(Exit.REFUSED)


def _run_until_stopped(office: JobOffice) -> None:
    """Look every half minute; what fails is reported and tried again."""
    stopped = threading.Event()
    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, lambda *_: stopped.set())
    while not stopped.is_set():
        try:
            run_due(*_of(office))
        except Error as error:
            report(error)
        stopped.wait(SECONDS_BETWEEN)


def _of(office: JobOffice) -> tuple[Database, Sequence[Job], Clock]:
    return office.database, office.jobs, office.clock


def _rows(office: JobOffice) -> list[Claims]:
    with office.database.reading() as session:
        return [
            {
                "name": row.name,
                "due": format_timestamp(row.due),
                "started": None if row.started is None else format_timestamp(row.started),
                "done": None if row.done is None else format_timestamp(row.done),
                "result": row.result,
            }
            for row in store.last_rows(session)
        ]


def _line(row: Claims) -> str:
    return f"{row['name']}: due {row['due']}, done {row['done'] or '-'}, {row['result']}"
