"""After a restore, what was open before is dead, and what is given comes from another share."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from sqlalchemy import select

from city_services.seoul.restored_command import restored_command
from console.commands import RefusingGroup
from credentials.errors import Error
from did_registry.actions.guard_file import GUARD_FILE
from issuer.actions.make_offer import MadeOffer
from issuer.models import OfferRow, StatusEntryRow
from issuer.status_allocation import EPOCHS
from tests.simulators.city import SimulatedCity, city_settings, copy_city
from tests.simulators.clock import SimulatedClock

RESIDENCY = "SeoulResidencyCredential"


class Machine:
    """The city's machine: a folder, and one process after another over it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.clock = SimulatedClock()
        self.city = self.start()

    def start(self) -> SimulatedCity:
        self.city = SimulatedCity(city_settings(self.folder), self.clock)
        return self.city

    def restored(self) -> tuple[int, Any]:
        """The exit status, and what was printed."""
        group = RefusingGroup("gwanin")
        group.add_command(restored_command(lambda: self.city.city))
        result = CliRunner().invoke(group, ["restored", "--json"], catch_exceptions=False)
        return result.exit_code, json.loads(result.stdout) if result.stdout else result.stderr

    def restart(self) -> None:
        self.city.close()
        self.start()

    def offer(self) -> MadeOffer:
        """One of P01's certificates of residence."""
        return self.city.offer("GU-11620", RESIDENCY, self.city.claims("P01", RESIDENCY))

    def offer_states(self) -> list[str]:
        with self.city.city.database.reading() as session:
            return list(session.scalars(select(OfferRow.state)))

    def places(self) -> list[int]:
        with self.city.city.database.reading() as session:
            return list(session.scalars(select(StatusEntryRow.idx)))


@pytest.fixture
def machine(seeded_city: Path, tmp_path: Path) -> Iterator[Machine]:
    machine = Machine(copy_city(seeded_city, tmp_path / "city"))
    yield machine
    machine.city.close()


def test_an_offer_of_before_is_dead_and_a_new_one_is_not(machine: Machine) -> None:
    before = machine.offer()
    status, told = machine.restored()
    assert status == 0
    assert (told["epoch"], told["offers_ended"]) == (1, 1)
    assert machine.offer_states() == ["cancelled"]
    machine.restart()
    with pytest.raises(Error):
        machine.city.wallet().receive(before.link, before.tx_code)
    after = machine.offer()
    machine.city.wallet().receive(after.link, after.tx_code)
    assert [index % EPOCHS for index in machine.places()] == [1]


def test_a_sign_in_of_before_is_over(machine: Machine) -> None:
    keys = [machine.city.city.staff.mac_key, machine.city.city.issuer.context.macs]
    machine.restored()
    machine.restart()
    assert machine.city.city.staff.mac_key != keys[0]
    assert machine.city.city.epoch == 1


def test_each_restore_begins_another_epoch(machine: Machine) -> None:
    for number in (1, 2, 3):
        assert machine.restored()[1]["epoch"] == number
    machine.restart()
    made = machine.offer()
    machine.city.wallet().receive(made.link, made.tx_code)
    assert [index % EPOCHS for index in machine.places()] == [3]


def test_a_log_behind_its_guard_begins_none(machine: Machine) -> None:
    guard = machine.folder / GUARD_FILE
    known = json.loads(guard.read_bytes())
    known["signed"]["size"] += 1
    guard.write_bytes(json.dumps(known, separators=(",", ":")).encode())
    status, said = machine.restored()
    assert status == 1
    assert "log-inconsistent" in said
    assert machine.city.city.epoch == 0
