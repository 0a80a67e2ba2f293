"""The city's jobs of the night: every root that is due, and nothing twice."""

from datetime import timedelta
from pathlib import Path

import pytest

from city_services.jobs.run_due import run_due
from city_services.jobs.schedule import JobResult
from city_services.ledger.actions.record import record
from city_services.seoul.city import City
from city_services.seoul.errors import NotSeeded
from city_services.seoul.nightly import BATCHES, HEADS, PERIODS, close_periods, job_office
from tests.simulators.city import SimulatedCity, city_settings
from tests.simulators.clock import SimulatedClock
from tests.simulators.forger import RESIDENCY
from tests.simulators.ledger import SERVICE, SERVICES
from tests.simulators.root_line import Root


def run(city: SimulatedCity) -> dict[str, JobResult]:
    office = job_office(city.city)
    return run_due(office.database, office.jobs, office.clock)


def issue(city: SimulatedCity) -> None:
    offer = city.offer("GU-11620", RESIDENCY, city.claims("P01"))
    city.wallet().receive(offer.link, offer.tx_code)


NOTHING = {name: JobResult() for name in (HEADS, BATCHES, PERIODS)}


def test_a_night_logs_what_was_issued_and_done(city: SimulatedCity) -> None:
    assert run(city) == NOTHING
    issue(city)
    Root(city).do("rotate", "VER-LIB")
    assert run(city) == {}
    city.clock.advance(days=1)
    found = run(city)
    assert found == {HEADS: JobResult(count=1), BATCHES: JobResult(count=1), PERIODS: JobResult()}
    view = city.city.replay()
    assert [code for code, _ in view.batches] == ["GU-11620"]
    assert {code: len(heads) for code, heads in view.audits.items()} == {"SEL-DIG": 1}
    city.clock.advance(days=1)
    assert run(city) == NOTHING


def test_an_outage_of_days_loses_no_day(city: SimulatedCity) -> None:
    for _ in range(2):
        issue(city)
        city.clock.advance(days=1)
    city.clock.advance(days=3)
    assert run(city)[BATCHES] == JobResult(count=2)
    days = [batch.begins for batch in city.city.replay().batches.values()]
    assert days[1] - days[0] == timedelta(days=1)


def test_what_fails_for_one_agency_is_done_for_the_others(city: SimulatedCity) -> None:
    issue(city)
    Root(city).do("rotate", "VER-LIB")
    with city.city.database.writing() as session:
        for name in ("act_UPDATE", "act_DELETE"):
            session.connection().exec_driver_sql(f"DROP TRIGGER {name}")
        session.connection().exec_driver_sql("UPDATE act SET subject = 'x' WHERE number = 1")
    city.clock.advance(days=1)
    found = run(city)
    assert found[HEADS] == JobResult(failed={"SEL-DIG": "record-broken"})
    assert found[BATCHES] == JobResult(count=1)


def test_each_service_with_new_events_gets_its_root(city: SimulatedCity) -> None:
    with city.city.database.writing() as session:
        record(session, SERVICES, SERVICE, "lent", {"book": 7}, now=city.clock())
    assert close_periods(city.city, SERVICES) == JobResult(count=1)
    assert close_periods(city.city, SERVICES) == JobResult()
    assert [root.count for root in city.city.replay().services[SERVICE]] == [1]


def test_without_a_city_there_is_nothing_to_do(tmp_path: Path) -> None:
    tmp_path.chmod(0o700)
    with pytest.raises(NotSeeded):
        job_office(City(city_settings(tmp_path), clock=SimulatedClock()))
