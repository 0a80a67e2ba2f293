"""A city on either database."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from storage.base import Base
from tests.simulators.city import (
    SimulatedCity,
    city_settings,
    copy_city,
    seed_city,
)
from tests.simulators.clock import SimulatedClock
from tests.simulators.postgres import PostgresCluster


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def town(
    request: pytest.FixtureRequest, seeded_city: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[SimulatedCity]:
    """One city for a module, on either database."""
    folder = tmp_path_factory.mktemp("town") / "city"
    if request.param == "sqlite":
        yield from _opened(copy_city(seeded_city, folder))
        return
    cluster: PostgresCluster = request.getfixturevalue("postgres_cluster")
    with cluster.fresh_database(Base.metadata) as url:
        seed_city(city_settings(folder, GWANIN_DATABASE_URL=url), SimulatedClock())
        yield from _opened(folder, GWANIN_DATABASE_URL=url)


def _opened(folder: Path, **environment: str) -> Iterator[SimulatedCity]:
    simulated = SimulatedCity(city_settings(folder, **environment), SimulatedClock())
    yield simulated
    simulated.close()


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
