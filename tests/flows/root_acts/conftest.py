"""A city on either database."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.simulators.city import (
    SimulatedCity,
    city_settings,
    copy_city,
    seed_city,
)
from tests.simulators.clock import SimulatedClock


@pytest.fixture(params=["sqlite", "postgresql"])
def city(
    request: pytest.FixtureRequest, seeded_city: Path, tmp_path: Path
) -> Iterator[SimulatedCity]:
    """A city of this test's own, on either database."""
    folder = tmp_path / "city"
    if request.param == "postgresql":
        url: str = request.getfixturevalue("postgresql_url")
        settings = city_settings(folder, GWANIN_DATABASE_URL=url)
        seed_city(settings, SimulatedClock())
    else:
        settings = city_settings(copy_city(seeded_city, folder))
    simulated = SimulatedCity(settings, SimulatedClock())
    yield simulated
    simulated.close()
