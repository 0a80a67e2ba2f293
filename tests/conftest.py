"""Fixtures for every test: databases of both kinds, and how hypothesis searches."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from storage.base import Base
from storage.engine import build_engine
from storage.transaction import Database
from tests.simulators.city import SimulatedCity, city_settings, copy_city, seed_city
from tests.simulators.clock import SimulatedClock
from tests.simulators.postgres import PostgresCluster

# Shared machines stall, so no example has a deadline; in CI, a failure must not depend on luck.
settings.register_profile("gwanin", deadline=None, derandomize="CI" in os.environ)
settings.load_profile("gwanin")


@pytest.fixture(scope="session")
def postgres_cluster() -> Iterator[PostgresCluster]:
    """A PostgreSQL server for this process of the suite, started when a test first asks."""
    cluster = PostgresCluster()
    yield cluster
    cluster.stop()


@pytest.fixture
def sqlite_url(tmp_path: Path) -> str:
    """The URL of a new SQLite database."""
    return f"sqlite:///{tmp_path / 'gwanin.sqlite'}"


@pytest.fixture
def postgresql_url(postgres_cluster: PostgresCluster) -> Iterator[str]:
    """The URL of a new PostgreSQL database with the tables of all models imported so far."""
    with postgres_cluster.fresh_database(Base.metadata) as url:
        yield url


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest) -> str:
    """The URL of a new database, once of each kind."""
    url: str = request.getfixturevalue(f"{request.param}_url")
    return url


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    """A new database, once of each kind, with the empty tables of all models imported so far."""
    yield from _open(database_url)


@pytest.fixture
def sqlite_database(sqlite_url: str) -> Iterator[Database]:
    """A new SQLite database with the empty tables of all models imported so far."""
    yield from _open(sqlite_url)


@pytest.fixture(scope="session")
def seeded_city(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a city that was just seeded; to be copied, not used."""
    folder = tmp_path_factory.mktemp("cities") / "seeded"
    seed_city(city_settings(folder), SimulatedClock())
    return folder


@pytest.fixture
def city(seeded_city: Path, tmp_path: Path) -> Iterator[SimulatedCity]:
    """A city of this test's own, at 2026-03-13T03:00:00Z."""
    folder = copy_city(seeded_city, tmp_path / "city")
    simulated = SimulatedCity(city_settings(folder), SimulatedClock())
    yield simulated
    simulated.close()


def _open(url: str) -> Iterator[Database]:
    database = Database(build_engine(url))
    database.create_tables(Base.metadata)
    yield database
    database.close()
