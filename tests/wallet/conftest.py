"""One city for all tests of a file that only look at it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.simulators.city import SimulatedCity, city_settings, copy_city
from tests.simulators.clock import SimulatedClock
from tests.simulators.forger import Forger


@pytest.fixture(scope="module")
def still_city(
    seeded_city: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[SimulatedCity]:
    """A city whose clock and files no test may touch."""
    folder = copy_city(seeded_city, tmp_path_factory.mktemp("still") / "city")
    simulated = SimulatedCity(city_settings(folder), SimulatedClock())
    yield simulated
    simulated.close()


@pytest.fixture(scope="module")
def forger(still_city: SimulatedCity) -> Forger:
    """GU-11620 and P01 in that city."""
    return Forger(still_city)
