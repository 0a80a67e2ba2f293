"""Races for one application: whoever decides at the same moment, one decision holds, and the log,
the act and the application never say different things."""

from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import pytest

from credentials.errors import Error
from did_registry.actions.applications import get_application
from did_registry.application import Applicant, ApplicationState
from did_registry.root_act import ActState
from did_registry.store import find_did_by_code
from storage.base import Base
from tests.city_services.seoul.web.registry_desk.conftest import FIRST, SECOND, applies
from tests.simulators.city import SimulatedCity, city_settings, copy_city, seed_city
from tests.simulators.clock import SimulatedClock
from tests.simulators.postgres import PostgresCluster
from tests.simulators.race import race

ROUNDS = 3


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def city(
    request: pytest.FixtureRequest, seeded_city: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[SimulatedCity]:
    """One city for all rounds, on either database."""
    folder = tmp_path_factory.mktemp("enrolments") / "city"
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


@pytest.mark.parametrize("round_number", range(ROUNDS))
def test_of_two_who_propose_one_has_proposed(city: SimulatedCity, round_number: int) -> None:
    receipt = applies(city, Applicant.AGENCY, code=f"RA-{round_number}")
    office = city.city.root_office
    outcomes = race(
        [partial(office.propose_enrolment, receipt, by=by) for by in (FIRST, SECOND) * 2]
    )
    made = [one for one in outcomes if not isinstance(one, Error)]
    assert len(made) == 1
    with city.city.database.reading() as session:
        found = get_application(session, receipt)
    assert (found.state, found.act) == (ApplicationState.PROPOSED, made[0].id)


@pytest.mark.parametrize("round_number", range(ROUNDS))
def test_whoever_decides_first_has_decided(city: SimulatedCity, round_number: int) -> None:
    code = f"RB-{round_number}"
    receipt = applies(city, Applicant.AGENCY, code=code)
    office = city.city.root_office
    act = office.propose_enrolment(receipt, by=FIRST)
    city.clock.advance(seconds=10)
    decisions: list[Callable[[], object]] = [
        partial(office.approve, act.id, by=SECOND),
        partial(office.refuse_application, receipt, "why", by=SECOND),
        partial(office.approve, act.id, by=SECOND),
        partial(office.withdraw, act.id, by=FIRST),
    ]
    race(decisions)
    (after,) = [one for one in office.acts() if one.id == act.id]
    with city.city.database.reading() as session:
        found = get_application(session, receipt)
        is_member = find_did_by_code(session, code) is not None
    if is_member:
        assert (after.state, found.state) == (ActState.DONE, ApplicationState.APPROVED)
    else:
        assert after.state is ActState.WITHDRAWN
        # A refusal that came after the withdrawal holds as well.
        assert found.state in {ApplicationState.RECEIVED, ApplicationState.REFUSED}
    codes = [history.did.path[-1] for history in city.city.replay().histories.values()]
    assert codes.count(code) == is_member
