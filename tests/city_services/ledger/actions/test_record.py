"""Recording: in order, one after the other whoever writes, and never changed again."""

from functools import partial

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from city_services.ledger.actions.record import record
from city_services.ledger.errors import LedgerBroken, UnknownService
from storage.transaction import Database
from tests.simulators.ledger import SERVICE, SERVICES, SimulatedLedger
from tests.simulators.race import race
from tests.simulators.registry import SimulatedRegistry


@pytest.fixture
def ledger(database: Database) -> SimulatedLedger:
    return SimulatedLedger(SimulatedRegistry(database))


def test_each_service_has_a_chain_of_its_own(ledger: SimulatedLedger) -> None:
    for number in range(3):
        ledger.record("lent", {"book": number})
        ledger.record("entered", {"lane": number}, "pool")
    assert [event.data for event in ledger.replay()] == [{"book": n} for n in range(3)]
    assert [event.number for event in ledger.replay("pool")] == [1, 2, 3]


def test_workers_at_once_record_one_after_the_other(ledger: SimulatedLedger) -> None:
    acts = [partial(ledger.record, "lent", {"book": number}) for number in range(12)]
    recorded = race(acts)
    events = ledger.replay()
    assert sorted(event.number for event in events) == list(range(1, 13))
    assert {event.data["book"] for event in events} == set(range(12))
    assert {repr(event) for event in recorded} == {repr(event) for event in events}


def test_an_act_that_was_not_done_is_not_recorded(ledger: SimulatedLedger) -> None:
    ledger.record("lent", {"book": 1})

    def fail(session: Session) -> None:
        record(session, SERVICES, SERVICE, "lent", {"book": 2}, now=ledger.registry.clock())
        raise KeyError

    with pytest.raises(KeyError):
        ledger.registry.write(fail)
    assert len(ledger.replay()) == 1


def test_an_unknown_service_records_nothing(ledger: SimulatedLedger) -> None:
    with pytest.raises(UnknownService):
        ledger.record("lent", {}, "theatre")


@pytest.mark.parametrize(
    "statement", ["UPDATE service_event SET number = number", "DELETE FROM service_event"]
)
def test_an_event_stays_as_it_was_recorded(ledger: SimulatedLedger, statement: str) -> None:
    ledger.record("lent", {"book": 1})
    with pytest.raises(DBAPIError, match="append-only"):
        ledger.registry.write(lambda session: session.execute(text(statement)))
    assert len(ledger.replay()) == 1


def test_replay_stops_at_the_first_event_that_is_wrong(ledger: SimulatedLedger) -> None:
    ledger.fill(5)
    ledger.tamper("DELETE FROM service_event WHERE number = 3")
    with pytest.raises(LedgerBroken) as caught:
        ledger.replay()
    assert caught.value.event == 3


def test_a_long_ledger_is_read_to_its_end(ledger: SimulatedLedger) -> None:
    def record_many(session: Session) -> None:
        for number in range(1030):  # one page of rows and some more
            record(
                session, SERVICES, SERVICE, "lent", {"book": number}, now=ledger.registry.clock()
            )

    ledger.registry.write(record_many)
    assert len(ledger.replay()) == 1030
