"""One city for the tests of a module, with its two people of the root."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from did_registry.application import Applicant
from did_registry.web.pages_apply import TICK
from tests.did_registry.test_application_form import CHOSEN, TEXTS
from tests.simulators.city import SimulatedCity, city_settings, copy_city
from tests.simulators.clock import SimulatedClock
from tests.simulators.desk import OURS, Clerk

FIRST, SECOND = "SEL-DIG-01", "SEL-DIG-02"


@pytest.fixture(scope="module")
def town(seeded_city: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[SimulatedCity]:
    """A city of this module's own."""
    folder = copy_city(seeded_city, tmp_path_factory.mktemp("registry-desk") / "city")
    settings = city_settings(folder)
    simulated = SimulatedCity(settings, SimulatedClock())
    yield simulated
    simulated.close()


@pytest.fixture(scope="module")
def first(town: SimulatedCity) -> Clerk:
    """Who proposes."""
    return Clerk.signed_in(town, FIRST)


@pytest.fixture(scope="module")
def second(town: SimulatedCity) -> Clerk:
    """Who approves."""
    return Clerk.signed_in(town, SECOND)


def applies(town: SimulatedCity, who: Applicant, **changed: str) -> str:
    """Hand an application in, as a stranger does; its receipt number."""
    town.clock.advance(seconds=70)
    fields = {**TEXTS[who], **{TICK + name: "1" for name in CHOSEN[who]}, **changed}
    address = {"REMOTE_ADDR": f"198.51.100.{sum(map(ord, fields['code'])) % 250}"}
    answer = town.http().post(
        f"/registry/apply/{who}", data=fields, headers=OURS, environ_base=address
    )
    assert answer.status_code == 303, answer.text
    return answer.headers["Location"].rpartition("/")[2]


def proposed(clerk: Clerk, path: str, fields: dict[str, str] | None = None) -> str:
    """Propose an act with a form; its id."""
    clerk.city.clock.advance(seconds=10)
    answer = clerk.send(f"/registry/desk{path}", fields)
    assert answer.status_code == 303, answer.text
    where = answer.headers["Location"]
    assert where.startswith("/registry/desk/acts/act-")
    return where.rpartition("/")[2]
