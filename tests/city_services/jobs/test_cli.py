"""`gwanin jobs run --once`: what came of the last night, and a status for whoever watches."""

import json

from click.testing import CliRunner, Result

from city_services.jobs.cli import JobOffice, jobs_commands
from city_services.jobs.schedule import Job, JobResult
from storage.transaction import Database
from tests.simulators.clock import SimulatedClock


def run(database: Database, result: JobResult, *options: str) -> Result:
    job = Job(name="roots", work=lambda _: result)
    office = JobOffice(database=database, jobs=[job], clock=SimulatedClock())
    return CliRunner().invoke(jobs_commands(lambda: office), ["run", "--once", *options])


def test_prints_the_last_row_of_each_job(sqlite_database: Database) -> None:
    expected = {
        "name": "roots",
        "due": "2026-03-12T15:10:00Z",
        "started": "2026-03-13T03:00:00Z",
        "done": "2026-03-13T03:00:00Z",
        "result": {"count": 2, "failed": {}},
    }
    for _ in range(2):  # nothing is left to do, and the same is told
        done = run(sqlite_database, JobResult(count=2), "--json")
        assert (done.exit_code, json.loads(done.stdout)) == (0, [expected])
    assert run(sqlite_database, JobResult()).stdout.startswith("roots: due 2026-03-12T15:10:00Z")


def test_a_failure_is_a_status_of_its_own(sqlite_database: Database) -> None:
    failed = JobResult(failed={"GU-11620": "record-broken"})
    done = run(sqlite_database, failed, "--json")
    (row,) = json.loads(done.stdout)
    assert (done.exit_code, row["done"]) == (1, None)
    assert row["result"] == {"count": 0, "failed": {"GU-11620": "record-broken"}}
