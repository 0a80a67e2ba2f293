"""Jobs: each night once, by one process, and again after a failure or a crash."""

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial

import pytest

from city_services.jobs import store
from city_services.jobs.models import JobRow
from city_services.jobs.run_due import run_due
from city_services.jobs.schedule import LEASE, Job, JobResult
from storage.transaction import Database
from tests.simulators.clock import SimulatedClock
from tests.simulators.race import race

FAILED = JobResult(count=1, failed={"GU-11620": "record-broken"})


class Night:
    """One job over a database, whose work is what the test says."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.clock = SimulatedClock()
        self.midnights: list[datetime] = []
        self.work: Callable[[], JobResult] = lambda: JobResult(count=2)

    def run(self) -> dict[str, JobResult]:
        def work(midnight: datetime) -> JobResult:
            self.midnights.append(midnight)
            return self.work()

        return run_due(self.database, [Job(name="roots", work=work)], self.clock)

    def rows(self) -> list[JobRow]:
        with self.database.reading() as session:
            return list(store.last_rows(session))


@pytest.fixture
def night(database: Database) -> Night:
    return Night(database)


def test_a_job_is_done_once_a_night(night: Night) -> None:
    assert night.run() == {"roots": JobResult(count=2)}
    night.clock.advance(hours=1)
    assert night.run() == {}
    (row,) = night.rows()
    assert row.done == row.started
    assert row.result == {"count": 2, "failed": {}}
    night.clock.advance(days=1)
    assert night.run() == {"roots": JobResult(count=2)}
    assert [midnight.isoformat() for midnight in night.midnights] == [
        "2026-03-12T15:00:00+00:00",
        "2026-03-13T15:00:00+00:00",
    ]


def test_after_an_outage_the_last_night_stands_for_all(night: Night) -> None:
    night.run()
    night.clock.advance(days=5)
    assert night.run() == {"roots": JobResult(count=2)}
    assert night.run() == {}
    assert night.midnights[-1] - night.midnights[0] == timedelta(days=5)


def test_of_many_processes_one_does_it(night: Night) -> None:
    outcomes = race([partial(night.run) for _ in range(6)])
    assert outcomes.count({}) == 5
    assert len(night.midnights) == 1


def test_what_failed_is_tried_again_after_the_lease_and_told(night: Night) -> None:
    night.work = lambda: FAILED
    assert night.run() == {"roots": FAILED}
    (row,) = night.rows()
    assert (row.done, row.result) == (None, FAILED.to_json())
    night.clock.advance(seconds=LEASE.total_seconds() - 1)
    assert night.run() == {}
    night.clock.advance(seconds=1)
    night.work = lambda: JobResult(count=1)
    assert night.run() == {"roots": JobResult(count=1)}
    assert night.rows()[0].done is not None


def test_a_process_that_dies_is_followed_by_another(night: Night) -> None:
    def die() -> JobResult:
        raise KeyboardInterrupt

    night.work = die
    with pytest.raises(KeyboardInterrupt):
        night.run()
    night.work = lambda: JobResult(count=3)
    assert night.run() == {}
    night.clock.advance(seconds=LEASE.total_seconds())
    assert night.run() == {"roots": JobResult(count=3)}


def test_whoever_wakes_after_its_lease_writes_nothing_down(night: Night) -> None:
    def sleep_too_long() -> JobResult:
        night.clock.advance(seconds=LEASE.total_seconds())
        night.work = lambda: JobResult(count=9)
        assert night.run() == {"roots": JobResult(count=9)}
        return FAILED

    night.work = sleep_too_long
    night.run()
    (row,) = night.rows()
    assert row.done is not None
    assert row.result == {"count": 9, "failed": {}}
