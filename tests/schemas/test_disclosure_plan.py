"""What can be withheld, and that the number of digests tells nothing about a person."""

from datetime import date

import pytest

from credentials.claims import Claims
from schemas.catalogue import get
from schemas.derived_claims import derive
from schemas.disclosure_plan import disclosure_plan

TODAY = date(2026, 3, 13)
RESIDENCY = get("SeoulResidencyCredential")
CERTIFICATE = get("CityCertificateCredential")
CITIZEN: Claims = {
    "nameKo": "김시범",
    "birthDate": "1999-05-17",
    "guCode": "11620",
    "residentType": "citizen",
    "registeredSince": "2019-03-02",
}
FOREIGNER: Claims = {
    **CITIZEN, "residentType": "foreigner", "visaClass": "F-5", "permanentSince": "2020-01-01",
}  # fmt: skip
CHILD: Claims = {**CITIZEN, "birthDate": "2013-06-01"}


def test_every_claim_that_is_present_can_be_withheld() -> None:
    claims = derive(RESIDENCY, CITIZEN, TODAY).claims
    plan = disclosure_plan(RESIDENCY, claims)
    present = {(name,) for name in claims if name != "residentOfGu"}
    assert plan.paths == present | {("residentOfGu", "11620")}


@pytest.mark.parametrize("person", [CITIZEN, FOREIGNER, CHILD], ids=["P01", "F-5", "child"])
def test_the_number_of_digests_is_the_same_for_everybody(person: Claims) -> None:
    plan = disclosure_plan(RESIDENCY, derive(RESIDENCY, person, TODAY).claims)
    top_level = sum(claim.selective for claim in RESIDENCY.members(()))
    assert plan.digests == {(): top_level, ("residentOfGu",): 1}
    for parent, count in plan.digests.items():
        assert sum(path[:-1] == parent for path in plan.paths) <= count


def test_the_number_of_digests_may_tell_the_visible_subtype_and_nothing_else() -> None:
    with_end: Claims = {"subtype": "career", "body": {"role": "a", "endsOn": "2026-01-01"}}
    without: Claims = {"subtype": "career", "body": {"role": "a"}}
    plan = disclosure_plan(CERTIFICATE, with_end)
    assert plan.digests == disclosure_plan(CERTIFICATE, without).digests
    assert plan.digests[("body",)] == 4
    assert plan.paths == {("body", "role"), ("body", "endsOn")}
    water: Claims = {"subtype": "waterPayment", "body": {"year": 2025}}
    assert disclosure_plan(CERTIFICATE, water).digests[("body",)] == 2


def test_nothing_of_a_public_credential_can_be_withheld() -> None:
    plan = disclosure_plan(get("IssuerAccreditationCredential"), {"nameKo": "a", "nameEn": "b"})
    assert plan.paths == frozenset()
    assert plan.digests == {}
