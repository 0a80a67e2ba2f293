"""Approval: what becomes an entitlement, and what changes nothing at all."""

from datetime import timedelta

import pytest
from sqlalchemy import select, update

from credentials.claims import Claims
from credentials.errors import Error, Malformed
from issuer.entitlement import Entitlement, EntitlementState
from issuer.errors import EntitlementExists, OfferNotOpen, TypeNotIssued, UnknownPerson
from issuer.models import EntitlementRow, OfferRow, PersonRow
from issuer.person import PersonRef, new_person_ref
from schemas.errors import InvalidClaims
from storage.errors import SealBroken
from tests.simulators.issuing_office import (
    CERTIFICATE,
    GU,
    LABOR,
    RESIDENCY,
    IssuingOffice,
    holder,
    persona,
    refused,
)
from tests.simulators.one_change import REMOVED, changed

P01 = persona("P01")
CAREER = persona("P01", CERTIFICATE)


def state(office: IssuingOffice, approved: Entitlement) -> str:
    with office.database.reading() as session:
        return session.get_one(EntitlementRow, approved.id).state


def test_an_approval_waits_for_its_person_for_sixty_days(office: IssuingOffice) -> None:
    approved = office.approve("P01")
    assert (approved.agency, approved.type.name) == (GU, RESIDENCY)
    assert approved.claims == P01
    assert approved.state is EntitlementState.WAITING
    assert approved.claim_by == office.clock() + timedelta(days=60)


def test_people_of_one_name_and_birth_date_are_two(office: IssuingOffice) -> None:
    namesake = changed(P01, "guCode", to="11680")  # P35 of the personas
    before = office.count(PersonRow)
    assert office.approve(P01).person_ref != office.approve(namesake).person_ref
    assert office.count(PersonRow) == before + 2


def test_a_known_person_is_not_made_twice(office: IssuingOffice) -> None:
    person = office.approve("P01").person_ref
    before = office.count(PersonRow)
    again = office.approve(CAREER, agency=LABOR, type_name=CERTIFICATE, person_ref=person)
    assert again.person_ref == person
    assert office.count(PersonRow) == before


def test_a_table_that_is_stolen_tells_no_name_and_no_birth_date(office: IssuingOffice) -> None:
    office.approve("P01")
    stored = repr(office.rows()).encode() + b"".join(
        cell for row in office.rows()["entitlement"] for cell in row if isinstance(cell, bytes)
    )
    assert "김시범".encode() not in stored
    assert "김시범" not in repr(office.rows())
    assert b"1999-05-17" not in stored


def test_sealed_claims_open_in_their_own_row_only(office: IssuingOffice) -> None:
    first, second = office.approve("P01"), office.approve("P04")
    made = office.offer(first)
    with office.database.writing() as session:
        of_another = session.get_one(EntitlementRow, second.id).sealed_claims
        session.execute(
            update(EntitlementRow)
            .where(EntitlementRow.id == first.id)
            .values(sealed_claims=of_another)
        )
    with pytest.raises(SealBroken):
        office.fetch(made)


def test_one_of_a_kind_waits_for_a_person_at_a_time(office: IssuingOffice) -> None:
    person = office.approve("P01").person_ref
    with refused(office, EntitlementExists):
        office.approve("P04", person_ref=person)


def test_another_kind_and_another_agency_do_not_stand_in_the_way(office: IssuingOffice) -> None:
    first = office.approve("P01")
    person = first.person_ref
    second = office.approve("P01", agency=LABOR, person_ref=person)
    third = office.approve(CAREER, agency=LABOR, type_name=CERTIFICATE, person_ref=person)
    assert [state(office, it) for it in (first, second, third)] == ["waiting"] * 3


def test_another_subtype_is_another_kind(office: IssuingOffice) -> None:
    appointment: Claims = {
        **changed(CAREER, "body", to={"position": "시민위원", "startsOn": "2026-01-01"}),
        "subtype": "appointment",
    }
    first = office.approve(CAREER, agency=LABOR, type_name=CERTIFICATE)
    second = office.approve(
        appointment,
        agency=LABOR,
        type_name=CERTIFICATE,
        permissions={f"{CERTIFICATE}/appointment"},
        person_ref=first.person_ref,
    )
    assert [state(office, it) for it in (first, second)] == ["waiting"] * 2


def test_once_it_is_issued_the_next_one_may_be_approved(office: IssuingOffice) -> None:
    approved = office.approve("P01")
    office.issue(office.token(office.offer(approved)), office.request(holder(1)))
    renewed = office.approve("P01", person_ref=approved.person_ref)
    assert [state(office, it) for it in (approved, renewed)] == ["issued", "waiting"]


def test_one_that_nobody_fetched_in_time_gives_way(office: IssuingOffice) -> None:
    approved = office.approve("P01")
    office.clock.advance(days=60)
    renewed = office.approve("P01", person_ref=approved.person_ref)
    assert [state(office, it) for it in (approved, renewed)] == ["expired", "waiting"]


def test_the_last_moment_to_fetch_is_not_over(office: IssuingOffice) -> None:
    approved = office.approve("P01")
    office.clock.advance(days=60, microseconds=-1)
    with pytest.raises(EntitlementExists):
        office.approve("P01", person_ref=approved.person_ref)


def test_the_offer_of_one_that_gave_way_is_over(office: IssuingOffice) -> None:
    approved = office.approve("P01")
    office.clock.advance(days=59)
    made = office.offer(approved)
    office.clock.advance(days=1)
    office.approve("P01", person_ref=approved.person_ref)
    with pytest.raises(OfferNotOpen):
        office.fetch(made)
    with office.database.reading() as session:
        offers = select(OfferRow.state).where(OfferRow.entitlement_id == approved.id)
        assert session.scalars(offers).one() == "expired"


@pytest.mark.parametrize(
    ("person_ref", "refusal"),
    [
        pytest.param(new_person_ref(bytes(16)), UnknownPerson, id="nobody"),
        pytest.param(PersonRef("P01"), Malformed, id="no reference"),
        pytest.param(PersonRef("p_\0" + "A" * 21), Malformed, id="no text for a database"),
    ],
)
def test_refuses_a_person_whom_nobody_knows(
    office: IssuingOffice, person_ref: PersonRef, refusal: type[Error]
) -> None:
    with refused(office, refusal):
        office.approve("P01", person_ref=person_ref)


@pytest.mark.parametrize(
    "claims",
    [
        pytest.param(changed(P01, "nameKo", to=REMOVED), id="one missing"),
        pytest.param({**P01, "ageOver19": True}, id="one that is derived"),
        pytest.param({**P01, "income": "1"}, id="one unknown"),
        pytest.param(changed(P01, "birthDate", to="2026-03-14"), id="born tomorrow"),
        pytest.param(changed(P01, "addressDetail", to="900101-0000000"), id="resident number"),
    ],
)
def test_refuses_claims_that_do_not_fit_their_type(office: IssuingOffice, claims: Claims) -> None:
    with refused(office, InvalidClaims):
        office.approve(claims)


def test_a_day_begins_in_seoul(office: IssuingOffice) -> None:
    born_on_the_fourteenth = changed(P01, "birthDate", to="2026-03-14")
    office.clock.advance(hours=11, minutes=59, seconds=59)  # 2026-03-13T14:59:59Z
    with pytest.raises(InvalidClaims):
        office.approve(born_on_the_fourteenth)
    office.clock.advance(seconds=1)
    assert office.approve(born_on_the_fourteenth).claims["birthDate"] == "2026-03-14"


def test_refuses_a_type_that_stands_in_the_registry(office: IssuingOffice) -> None:
    with refused(office, TypeNotIssued):
        office.approve({}, type_name="IssuerAccreditationCredential")


@pytest.mark.parametrize(
    "permissions", [frozenset[str](), frozenset({f"{CERTIFICATE}/career"})], ids=["none", "other"]
)
def test_refuses_what_the_registry_does_not_let_the_agency_issue(
    office: IssuingOffice, permissions: frozenset[str]
) -> None:
    with refused(office, TypeNotIssued):
        office.approve("P01", permissions=permissions)
