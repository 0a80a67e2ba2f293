"""The demo city's data: complete, consistent with the catalogue, and never stale."""

import unicodedata
from datetime import date, timedelta
from fnmatch import fnmatchcase

import pytest

from city_services.seoul.data import (
    REFERENCE_DAY,
    Agency,
    AgencyRole,
    SampleEntitlement,
    load_city,
    shift,
)
from schemas.catalogue import get, load_all
from schemas.claim_checks import parse_entered, verify_claims
from schemas.credential_type import attribute_name, permission
from schemas.derived_claims import derive
from schemas.gu import gu_names

CITY = load_city()
SAMPLES = [
    pytest.param(sample, id=f"{person.code}-{sample.type_name}")
    for person in CITY.people.values()
    for sample in person.entitlements
]
AGENCIES = [pytest.param(agency, id=code) for code, agency in CITY.agencies.items()]


def test_every_district_has_its_office() -> None:
    offices = {code for code in CITY.agencies if code.startswith("GU-")}
    assert offices == {f"GU-{code}" for code in gu_names()}
    assert all(CITY.agencies[code].issues == ("SeoulResidencyCredential",) for code in offices)


def test_what_the_seed_sets_up() -> None:
    active = {code for code, agency in CITY.agencies.items() if agency.active}
    assert active == {"SEL-DIG", "SEL-YOUTH", "SEL-CIVIL", "SEL-HR", "GU-11620"}
    assert {code for code, v in CITY.verifiers.items() if v.active} == {"VER-LIB", "VER-EMP"}


def test_one_agency_is_the_root() -> None:
    roots = [code for code, a in CITY.agencies.items() if AgencyRole.ROOT in a.roles]
    assert roots == ["SEL-DIG"]


@pytest.mark.parametrize("agency", AGENCIES)
def test_an_agency_issues_only_what_the_catalogue_foresees(agency: Agency) -> None:
    for issued in agency.issues:
        name, _, subtype = issued.partition("/")
        credential_type = get(name)
        assert permission(credential_type, {"subtype": subtype}) == issued
        assert any(fnmatchcase(agency.code, pattern) for pattern in credential_type.issuers)


def test_every_type_has_an_active_issuer() -> None:
    issued = {
        name.partition("/")[0] for a in CITY.agencies.values() if a.active for name in a.issues
    }
    assert issued == {known.name for known in load_all().values()}


def test_active_verifiers_ask_only_for_claims_that_exist() -> None:
    existing = {
        attribute_name(known, claim.path) for known in load_all().values() for claim in known.claims
    }
    for verifier in CITY.verifiers.values():
        assert existing.issuperset(verifier.attributes) or not verifier.active


def test_a_registration_can_be_issued_from_each_verifier() -> None:
    registration = get("VerifierRegistrationCredential")
    for verifier in CITY.verifiers.values():
        claims = parse_entered(
            registration,
            {
                "verifierDid": f"did:webvh:scid:gwanin.example:dids:{verifier.code}",
                "nameKo": verifier.name.ko,
                "nameEn": verifier.name.en,
                "purpose": verifier.purpose.ko,
                "purposeEn": verifier.purpose.en,
                "legalBasis": verifier.legal_basis,
                "attributes": list(verifier.attributes),
                "retentionDays": verifier.retention_days,
            },
            REFERENCE_DAY,
        )
        verify_claims(registration, claims)


def test_an_accreditation_can_be_issued_for_each_issuer() -> None:
    accreditation = get("IssuerAccreditationCredential")
    for agency in CITY.agencies.values():
        if agency.issues:
            claims = parse_entered(
                accreditation,
                {
                    "issuerDid": f"did:webvh:scid:localhost%3A8000:dids:{agency.code}",
                    "nameKo": agency.name.ko,
                    "nameEn": agency.name.en,
                    "allowedTypes": list(agency.issues),
                },
                REFERENCE_DAY,
            )
            verify_claims(accreditation, claims)


@pytest.mark.parametrize("sample", SAMPLES)
def test_every_sample_can_be_entered_and_issued(sample: SampleEntitlement) -> None:
    credential_type = get(sample.type_name)
    claims = parse_entered(credential_type, sample.claims, REFERENCE_DAY)
    issued = derive(credential_type, claims, REFERENCE_DAY).claims
    verify_claims(credential_type, issued)
    assert permission(credential_type, issued) in CITY.agencies[sample.agency].issues


@pytest.mark.parametrize("sample", SAMPLES)
def test_residence_is_confirmed_by_the_district_of_residence(sample: SampleEntitlement) -> None:
    if sample.type_name == "SeoulResidencyCredential":
        assert sample.agency == f"GU-{sample.claims['guCode']}"


def test_names_are_stored_in_one_spelling() -> None:
    residency = get("SeoulResidencyCredential")
    hansol, geum = (CITY.people[code].claims(residency.name) for code in ("P36", "P30"))
    assert hansol is not None
    assert geum is not None
    assert not unicodedata.is_normalized("NFC", str(hansol["nameKo"]))
    assert parse_entered(residency, hansol, REFERENCE_DAY)["nameKo"] == "김한솔"
    assert parse_entered(residency, geum, REFERENCE_DAY)["nameHanja"] == "\u674e\u91d1"


@pytest.mark.parametrize(("code", "of_age"), [("P02", True), ("P03", False)])
def test_the_reference_day_is_the_one_that_the_personas_stand_on(
    code: str, *, of_age: bool
) -> None:
    residency = get("SeoulResidencyCredential")
    claims = CITY.people[code].claims(residency.name)
    assert claims is not None
    derived = derive(residency, parse_entered(residency, claims, REFERENCE_DAY), REFERENCE_DAY)
    assert ("ageOver19" in derived.claims) is of_age


def test_a_person_without_a_type_has_no_claims_for_it() -> None:
    assert CITY.people["P02"].claims("SeoulCitizenCardCredential") is None


@pytest.mark.parametrize("days", [0, 1, 255, -400])
def test_shifts_every_date_by_whole_days(days: int) -> None:
    shifted = shift(CITY, REFERENCE_DAY + timedelta(days=days))
    for code, person in CITY.people.items():
        for before, after in zip(
            person.entitlements, shifted.people[code].entitlements, strict=True
        ):
            known = get(before.type_name)
            for claim in known.claims:
                old = _at(before.claims, claim.path)
                new = _at(after.claims, claim.path)
                if claim.kind == "date" and old is not None:
                    moved = date.fromisoformat(str(new)) - date.fromisoformat(str(old))
                    assert moved == timedelta(days=days)
                elif claim.kind != "object":
                    assert new == old


@pytest.mark.parametrize("today", [date(2026, 11, 23), date(2028, 2, 29)])
def test_a_shifted_city_can_be_entered_today(today: date) -> None:
    for person in shift(CITY, today).people.values():
        for sample in person.entitlements:
            parse_entered(get(sample.type_name), sample.claims, today)


def test_shifting_leaves_the_original_alone() -> None:
    city = load_city()
    shift(city, date(2030, 1, 1))
    assert city == load_city()


def _at(claims: object, path: tuple[str, ...]) -> object:
    for name in path:
        claims = claims.get(name) if isinstance(claims, dict) else None
    return claims
