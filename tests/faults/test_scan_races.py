"""One code before many scanners of one verifier at one moment: it counts once."""

from collections import Counter
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest

from schemas.seoul_calendar import day_in_seoul
from tests.simulators.citizen_qr import CitizenWithQr
from tests.simulators.city import SimulatedCity, city_settings, seed_city
from tests.simulators.clock import SimulatedClock
from tests.simulators.race import race
from verifier import store
from verifier.actions.check_scan import check_scan

MEMBER = "SeoulCitizenCardCredential.member"
SCANNERS = 8


@pytest.fixture
def city(database_url: str, tmp_path: Path) -> Iterator[SimulatedCity]:
    """A city of its own, once on each database."""
    settings = city_settings(tmp_path / "city", GWANIN_DATABASE_URL=database_url)
    clock = SimulatedClock()
    seed_city(settings, clock)
    simulated = SimulatedCity(settings, clock)
    yield simulated
    simulated.close()


def test_of_many_scans_of_one_code_one_is_accepted(city: SimulatedCity) -> None:
    text = CitizenWithQr(city).qr("member")

    def scan() -> str:
        service = city.city.verifier
        return check_scan(service, "VER-LIB", (MEMBER,), text, now=city.clock()).code

    words = Counter(race([partial(scan)] * SCANNERS))
    assert words == {"OK": 1, "REPLAYED": SCANNERS - 1}
    with city.city.database.reading() as session:
        counted = store.counts(session, "VER-LIB", day_in_seoul(city.clock()))
    assert {row.code: row.times for row in counted} == words
