"""One city for the tests of a module: signing in costs what a password hash must cost."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from staff.account import Role
from tests.simulators.city import SimulatedCity, city_settings, copy_city
from tests.simulators.clock import SimulatedClock
from tests.simulators.desk import Clerk

DRAFTER, APPROVER = "GU-11620-01", "GU-11620-02"
EVERYTHING = "GU-11620-51"
STRANGER = "SEL-HR-51"


@pytest.fixture(scope="module")
def town(seeded_city: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[SimulatedCity]:
    """A city of this module's own."""
    folder = copy_city(seeded_city, tmp_path_factory.mktemp("desk") / "city")
    simulated = SimulatedCity(city_settings(folder), SimulatedClock())
    yield simulated
    simulated.close()


@pytest.fixture(scope="module")
def drafter(town: SimulatedCity) -> Clerk:
    """A clerk of Gwanak who prepares."""
    return Clerk.signed_in(town, DRAFTER)


@pytest.fixture(scope="module")
def approver(town: SimulatedCity) -> Clerk:
    """A clerk of Gwanak who approves and revokes."""
    return Clerk.signed_in(town, APPROVER)


@pytest.fixture(scope="module")
def everything(town: SimulatedCity) -> Clerk:
    """A clerk of Gwanak with every role, who still can't approve their own."""
    return Clerk.hired(town, EVERYTHING, Role.DRAFT, Role.APPROVE, Role.REVOKE, Role.AUDIT)


@pytest.fixture(scope="module")
def foreigner(town: SimulatedCity) -> Clerk:
    """A clerk of another agency with every role."""
    return Clerk.hired(town, STRANGER, Role.DRAFT, Role.APPROVE, Role.REVOKE, Role.AUDIT)
