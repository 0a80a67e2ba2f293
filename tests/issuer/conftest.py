"""The issuer's offices. Those of one module share a database of each kind, not a person or a clock.

A database for each test would cost more than all that the tests do with it; so a test makes its own
people, and compares what is stored before and after.
"""

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace

import pytest

from storage.base import Base
from storage.keystore import Keystore
from storage.transaction import Database
from tests.simulators.clock import SimulatedClock
from tests.simulators.issuing_office import IssuingOffice, office_keystore, opened
from tests.simulators.postgres import PostgresCluster


@pytest.fixture(scope="session")
def keystore(tmp_path_factory: pytest.TempPathFactory) -> Keystore:
    """The keys of all offices of this process."""
    return office_keystore(tmp_path_factory.mktemp("office"))


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def opened_office(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, keystore: Keystore
) -> Iterator[IssuingOffice]:
    """An office over a new database, once of each kind."""
    with ExitStack() as stack:
        if request.param == "sqlite":
            url = f"sqlite:///{tmp_path_factory.mktemp('office') / 'office.sqlite'}"
        else:
            cluster: PostgresCluster = request.getfixturevalue("postgres_cluster")
            url = stack.enter_context(cluster.fresh_database(Base.metadata))
        yield stack.enter_context(opened(url, keystore))


@pytest.fixture
def office(opened_office: IssuingOffice) -> IssuingOffice:
    """The module's office, with a clock of the test's own that stands at noon of 13 March 2026."""
    return replace(opened_office, clock=SimulatedClock())


@pytest.fixture
def new_office(database: Database, keystore: Keystore) -> IssuingOffice:
    """An office over a database of the test's own, once of each kind."""
    return IssuingOffice.open(database, keystore)
