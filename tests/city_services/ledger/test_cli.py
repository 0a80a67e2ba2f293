"""`gwanin ledger verify`: one document, an exit status, and the first event that is wrong."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from city_services.ledger.cli import LedgerOffice, ledger_commands
from did_registry.actions.follow import replay_over_http
from did_registry.view import RegistryView
from storage.transaction import Database
from tests.simulators.ledger import SERVICES, SimulatedLedger
from tests.simulators.registry import SimulatedRegistry

Run = Callable[..., Result]


@pytest.fixture
def ledger(sqlite_database: Database) -> SimulatedLedger:
    ledger = SimulatedLedger(SimulatedRegistry(sqlite_database))
    ledger.fill(3)
    return ledger


@pytest.fixture
def run(ledger: SimulatedLedger) -> Run:
    registry = ledger.registry

    def view_at(url: str, trust: Path | None) -> RegistryView:
        assert url == registry.url
        return replay_over_http(registry.anchor, registry.outbound(), registry.clock())

    office = LedgerOffice(
        services=SERVICES,
        database=registry.database,
        own_view=registry.replay,
        view_at=view_at,
    )

    def invoke(*arguments: str) -> Result:
        return CliRunner().invoke(ledger_commands(lambda: office), ["verify", *arguments])

    return invoke


def test_a_whole_ledger_is_valid(ledger: SimulatedLedger, run: Run) -> None:
    ledger.close()
    result = run("library", "--json")
    assert result.exit_code == 0
    assert json.loads(result.stdout) == {
        "valid": True,
        "code": None,
        "service": "library",
        "events": 3,
        "closed": 3,
        "periods": 1,
    }


def test_it_is_compared_with_the_log_that_is_served(ledger: SimulatedLedger, run: Run) -> None:
    ledger.close()
    result = run("library", "--log", ledger.registry.url, "--json")
    assert (result.exit_code, json.loads(result.stdout)["valid"]) == (0, True)


def test_without_a_closed_period_nothing_is_known(ledger: SimulatedLedger, run: Run) -> None:
    ledger.registry.publish()
    result = run("library", "--json")
    found = json.loads(result.stdout)
    assert result.exit_code == 3
    assert (found["valid"], found["code"]) == (None, "no-closed-period")
    assert "no-closed-period" in run("library").stdout


def test_a_broken_ledger_is_refused_with_the_event(ledger: SimulatedLedger, run: Run) -> None:
    ledger.close()
    ledger.tamper("DELETE FROM service_event WHERE number = 2")
    result = run("library", "--json")
    found = json.loads(result.stdout)
    assert result.exit_code == 1
    assert (found["valid"], found["code"], found["event"]) == (False, "ledger-broken", 2)
    assert "event 2: it is missing" in result.stderr


def test_an_unknown_service_is_refused(run: Run) -> None:
    result = run("theatre", "--json")
    assert result.exit_code == 1
    assert result.stderr.startswith("unknown-service")
    assert result.stdout == ""


def test_a_trust_file_goes_with_an_address(run: Run, tmp_path: Path) -> None:
    assert run("library", "--trust", str(tmp_path / "trust.json")).exit_code == 2
