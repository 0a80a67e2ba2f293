"""Closing a period: one leaf over all events so far, from what is stored."""

from functools import partial

import pytest
from sqlalchemy import text

from city_services.ledger.chain import LedgerFound
from city_services.ledger.errors import LedgerBroken, UnknownService
from credentials.encoding import encode_base64url
from storage.transaction import Database
from tests.simulators.ledger import SERVICE, SimulatedLedger
from tests.simulators.race import race
from tests.simulators.registry import SimulatedRegistry


@pytest.fixture
def ledger(database: Database) -> SimulatedLedger:
    return SimulatedLedger(SimulatedRegistry(database))


def test_each_period_has_one_leaf_over_all_events_so_far(ledger: SimulatedLedger) -> None:
    for count in (3, 1, 4):
        ledger.fill(count)
        ledger.close()
    ledger.fill(2)
    roots = ledger.registry.replay().services[SERVICE]
    assert [root.count for root in roots] == [3, 4, 8]
    assert ledger.verify() == LedgerFound(events=10, closed=8, periods=3)


def test_a_period_without_events_has_no_leaf(ledger: SimulatedLedger) -> None:
    assert ledger.close() is None
    ledger.fill(2)
    assert ledger.close() == 2
    assert ledger.close() is None
    assert len(ledger.registry.replay().services[SERVICE]) == 1


def test_of_those_who_close_at_once_one_does(ledger: SimulatedLedger) -> None:
    ledger.fill(2)
    acts = [partial(ledger.close) for _ in range(3)]
    assert sorted(map(str, race(acts))) == ["2", "None", "None"]


def test_an_unknown_service_has_no_periods(ledger: SimulatedLedger) -> None:
    with pytest.raises(UnknownService):
        ledger.close("theatre")


TAMPERED = {
    "UPDATE service_event SET data = (SELECT data FROM service_event WHERE number = 4)"
    " WHERE number = 5": 5,
    "DELETE FROM service_event WHERE number = 6": 6,
    "UPDATE service_chain SET size = 6": 7,
}


@pytest.mark.parametrize("statement", TAMPERED)
def test_what_is_not_whole_gets_no_leaf(ledger: SimulatedLedger, statement: str) -> None:
    ledger.fill(3)
    ledger.close()
    ledger.fill(4)
    ledger.tamper(statement)
    with pytest.raises(LedgerBroken) as caught:
        ledger.close()
    assert caught.value.event == TAMPERED[statement]
    assert len(ledger.registry.replay().services[SERVICE]) == 1


@pytest.mark.parametrize(
    ("statement", "event"),
    [
        ("UPDATE service_event SET hash = (SELECT hash FROM service_event WHERE number = 1)"
         " WHERE number = 2", 2),
        ("DELETE FROM service_event WHERE number > 2", 3),
        ("DELETE FROM service_event", 1),
    ],
    ids=["changed", "shortened below a root", "gone"],
)  # fmt: skip
def test_verifying_names_the_first_event_that_is_wrong(
    ledger: SimulatedLedger, statement: str, event: int
) -> None:
    ledger.fill(4)
    ledger.close()
    ledger.tamper(statement)
    with pytest.raises(LedgerBroken) as caught:
        ledger.verify()
    assert caught.value.event == event


def test_a_leaf_that_nothing_supports_is_found(ledger: SimulatedLedger) -> None:
    ledger.fill(2)
    ledger.log_root(encode_base64url(bytes(32)), 2)
    with pytest.raises(LedgerBroken):
        ledger.verify()


def test_a_period_is_closed_with_its_leaf_or_not_at_all(ledger: SimulatedLedger) -> None:
    ledger.fill(2)
    ledger.registry.tamper("UPDATE log_head SET size = size + 7")
    with pytest.raises(Exception, match=r"."):
        ledger.close()
    count = text("SELECT count(*) FROM service_period")
    assert ledger.registry.read(lambda session: session.scalar(count)) == 0
