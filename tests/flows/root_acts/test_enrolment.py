"""Somebody new in the registry: what two people of the root give, and that it counts at once.

One city for all of them, so each has a code of its own.
"""

from dataclasses import replace

import pytest

from city_services.seoul.city import City
from credentials.errors import Error
from did_registry.admission import Asking
from did_registry.root_act import Enrol
from did_registry.view import RegistryView
from storage.errors import StorageUnavailable
from tests.flows.root_acts.test_root_acts import Unable
from tests.simulators.city import SimulatedCity
from tests.simulators.forger import RESIDENCY
from tests.simulators.root_line import FIRST, SECOND, Root

AGENCY = Enrol(
    code="GU-11215", name_ko="광진구", name_en="Gwangjin District", types=(RESIDENCY,), asking=None
)
VERIFIER = Enrol(
    code="VER-MART",
    name_ko="표본마트",
    name_en="Sample Mart",
    types=(),
    asking=Asking(
        attributes=(f"{RESIDENCY}.residentOfSeoul",),
        purpose_ko="배달 지역 확인",
        purpose_en="To check the delivery area",
        legal_basis="개인정보 보호법 제15조",
        retention_days=0,
    ),
)


def enrol(city: SimulatedCity, terms: Enrol) -> str:
    """Enrol by two people, ten seconds after all else; the new DID."""
    city.clock.advance(seconds=10)
    office = city.city.root_office
    act = office.propose(terms, by=FIRST)
    effect = office.approve(act.id, by=SECOND).effect
    assert effect is not None
    city.clock.advance(seconds=10)
    return str(effect["did"])


def refused(city: SimulatedCity, terms: Enrol) -> str:
    with pytest.raises(Error) as error:
        city.city.root_office.propose(terms, by=FIRST)
    return error.value.code


def test_a_new_agency_issues_and_a_new_verifier_asks_at_once(town: SimulatedCity) -> None:
    did = enrol(town, AGENCY)
    enrol(town, VERIFIER)
    offer = town.offer("GU-11215", RESIDENCY, town.claims("P01"))
    wallet = town.wallet()
    received = wallet.receive(offer.link, offer.tx_code)
    assert received.accepted.verified.issuer == did
    asked = town.ask("VER-MART", town.query(RESIDENCY, "residentOfSeoul"))
    wallet.present(asked.link)
    assert town.result(asked.result_id)["code"] == "OK"
    with pytest.raises(Error, match="over-asking"):
        town.ask("VER-MART", town.query(RESIDENCY, "ageOver19"))


def test_it_is_a_member_like_those_of_the_first_day(town: SimulatedCity) -> None:
    did, root = enrol(town, replace(AGENCY, code="GU-A2")), Root(town)
    view = root.view()
    (right,) = view.accreditations_at(did, town.clock())
    assert (right.types, right.name_en) == (frozenset({RESIDENCY}), "Gwangjin District")
    assert view.credential_issuers(did) == (f"{town.city.public_url}/issuers/GU-A2",)
    assert town.http().get("/dids/GU-A2/did.jsonl").status_code == 200
    assert root.do("rotate", "GU-A2")["current"] == ["eddsa-2", "es256-2"]
    root.do("accredit", "GU-A2")
    again = City(town.city.settings, clock=town.clock)
    assert again.seed().checkpoint.size == root.view().checkpoint.size
    again.database.close()


def test_nothing_is_made_by_the_first_person_alone(town: SimulatedCity) -> None:
    root, size = Root(town), Root(town).view().checkpoint.size
    terms = replace(AGENCY, code="GU-A3")
    act = town.city.root_office.propose(terms, by=FIRST)
    assert refused(town, replace(terms, name_ko="다른 이름")) == "act-is-open"
    assert root.refused("approve", act.id, by=FIRST) == "same-person"
    assert root.view().checkpoint.size == size
    keys = town.city.settings.data_dir / "keys"
    assert not list(keys.glob("GU-A3_*"))
    root.run("withdraw", act.id, "--by", SECOND)
    assert root.view().checkpoint.size == size


IMPOSSIBLE = {
    "taken": replace(AGENCY, code="GU-11620"),
    "root": replace(AGENCY, code="SEL-DIG"),
    "small": replace(AGENCY, code="gu-11215"),
    "staff": replace(AGENCY, code="GU-11215-01"),
    "path": replace(AGENCY, code="../GU-1"),
    "nothing": replace(AGENCY, types=()),
    "both": replace(AGENCY, asking=VERIFIER.asking),
    "unknown": replace(AGENCY, types=("NoSuchType",)),
    "twice": replace(AGENCY, types=(RESIDENCY, RESIDENCY)),
}


def test_what_can_not_be_enrolled_is_not_even_proposed(town: SimulatedCity) -> None:
    before = Root(town).run("acts")
    assert {refused(town, terms) for terms in IMPOSSIBLE.values()} == {"act-refused"}
    assert Root(town).run("acts") == before


def test_a_claim_that_the_catalogue_refuses_leaves_the_act_open(town: SimulatedCity) -> None:
    root, size = Root(town), Root(town).view().checkpoint.size
    act = town.city.root_office.propose(replace(AGENCY, code="GU-A5", name_en="x" * 200), by=FIRST)
    assert root.refused("approve", act.id, by=SECOND) == "invalid-claims"
    assert root.view().checkpoint.size == size
    assert [row["state"] for row in root.run("acts") if row["act"] == act.id] == ["proposed"]


def test_an_enrolment_that_fails_at_its_very_end_has_not_begun(town: SimulatedCity) -> None:
    root, office = Root(town), town.city.root_office
    before: RegistryView = root.view()
    act = office.propose(replace(AGENCY, code="GU-A6"), by=FIRST)
    tenants = Unable(town.city.issuer.context)
    broken = replace(office, desk=replace(office.desk, tenants=tenants))
    with pytest.raises(StorageUnavailable):
        broken.approve(act.id, by=SECOND)
    assert root.view().checkpoint == before.checkpoint
    assert town.http().get("/dids/GU-A6/did.jsonl").status_code == 404
    root.run("approve", act.id, "--by", SECOND)  # with the keys that were made for it before
    town.clock.advance(seconds=10)
    assert town.offer("GU-A6", RESIDENCY, town.claims("P01")).link
