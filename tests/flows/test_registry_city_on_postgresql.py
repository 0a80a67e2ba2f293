"""The main job again, in a city whose database is PostgreSQL."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.flows import test_citizen_shows_residency_to_library as journeys
from tests.simulators.city import SimulatedCity, city_settings, seed_city
from tests.simulators.clock import SimulatedClock


@pytest.fixture
def city(postgresql_url: str, tmp_path: Path) -> Iterator[SimulatedCity]:
    settings = city_settings(tmp_path / "city", GWANIN_DATABASE_URL=postgresql_url)
    seed_city(settings, SimulatedClock())
    simulated = SimulatedCity(settings, SimulatedClock())
    yield simulated
    simulated.close()


@pytest.mark.parametrize(
    "journey",
    [value for name, value in vars(journeys).items() if name.startswith("test_")],
    ids=lambda journey: journey.__name__.removeprefix("test_"),
)
def test_on_postgresql(city: SimulatedCity, journey: Callable[[SimulatedCity], None]) -> None:
    journey(city)
    assert city.city.replay().checkpoint.size > 20
