"""Predicates and validity of real types, at the borders that the city's personas stand on."""

from datetime import UTC, date, datetime, timedelta

import pytest

from credentials.claims import Claims
from credentials.errors import Expired
from schemas.catalogue import get
from schemas.derived_claims import Derived, derive, validity_end
from schemas.errors import InvalidClaims
from schemas.seoul_calendar import start_of_day

RESIDENCY = get("SeoulResidencyCredential")
CERTIFICATE = get("CityCertificateCredential")
ELIGIBILITY = get("YouthAllowanceEligibilityCredential")
TODAY = date(2026, 3, 13)
NOON = datetime(2026, 3, 13, 3, tzinfo=UTC)
PREDICATES = frozenset({
    "ageOver14", "ageOver18", "ageOver19", "ageUnder35", "citizenResident", "overseasResident",
    "residencyDaysAtLeast30", "permanentResidenceOver3Years",
})  # fmt: skip
ADULT = {"ageOver14", "ageOver18", "ageOver19"}
SETTLED = {"citizenResident", "residencyDaysAtLeast30"}


def _resident(birth: str, since: str = "2010-01-01", **other: str) -> Claims:
    return {
        "nameKo": "김시범",
        "birthDate": birth,
        "guCode": "11620",
        "residentType": "citizen",
        "registeredSince": since,
        **other,
    }


def _true(derived: Derived) -> set[str]:
    return {name for name in PREDICATES if derived.claims.get(name) is True}


@pytest.mark.parametrize(
    ("claims", "on", "true", "valid_through"),
    [
        (
            _resident("1999-05-17", "2019-03-02"),
            TODAY,
            ADULT | SETTLED | {"ageUnder35"},
            date(2034, 5, 16),
        ),
        (_resident("2007-03-13"), TODAY, ADULT | SETTLED | {"ageUnder35"}, date(2042, 3, 12)),
        (
            _resident("2007-03-14"),
            TODAY,
            {"ageOver14", "ageOver18", "ageUnder35"} | SETTLED,
            TODAY,
        ),
        (_resident("1991-03-14"), TODAY, ADULT | SETTLED | {"ageUnder35"}, TODAY),
        (_resident("1991-03-14"), date(2026, 3, 14), ADULT | SETTLED, None),
        (_resident("1991-03-13"), TODAY, ADULT | SETTLED, None),
        (_resident("1992-02-29"), TODAY, ADULT | SETTLED | {"ageUnder35"}, date(2027, 2, 28)),
        (
            _resident("2008-02-29"),
            date(2026, 2, 28),
            {"ageOver14", "ageUnder35"} | SETTLED,
            date(2026, 2, 28),
        ),
        (
            _resident("2008-02-29"),
            date(2026, 3, 1),
            {"ageOver14", "ageOver18", "ageUnder35"} | SETTLED,
            date(2027, 2, 28),
        ),
        (
            _resident("1999-01-19", "2026-03-12"),
            TODAY,
            ADULT | {"citizenResident", "ageUnder35"},
            date(2026, 4, 9),
        ),
        (
            _resident("1990-10-01", residentType="foreigner", permanentSince="2023-03-13"),
            date(2026, 3, 12),
            ADULT | {"residencyDaysAtLeast30"},
            date(2026, 3, 12),
        ),
        (
            _resident("1990-10-01", residentType="foreigner", permanentSince="2023-03-13"),
            TODAY,
            ADULT | {"residencyDaysAtLeast30", "permanentResidenceOver3Years"},
            None,
        ),
        (
            _resident("1995-04-04", residentType="overseasNational"),
            TODAY,
            ADULT | {"overseasResident", "residencyDaysAtLeast30", "ageUnder35"},
            date(2030, 4, 3),
        ),
    ],
    ids=["P01", "P02", "P03", "P04", "P04b", "P05", "P06", "P07 before 1 March", "P07", "P23",
         "P28 a day early", "P28", "P26"],
)  # fmt: skip
def test_predicates_of_a_resident(
    claims: Claims, on: date, true: set[str], valid_through: date | None
) -> None:
    derived = derive(RESIDENCY, claims, on)
    assert _true(derived) == true
    assert derived.valid_through == valid_through


def test_only_true_predicates_are_stated() -> None:
    derived = derive(RESIDENCY, _resident("2007-03-14"), TODAY)
    assert "ageOver19" not in derived.claims
    assert False not in derived.claims.values()


def test_a_resident_lives_in_one_district() -> None:
    derived = derive(RESIDENCY, _resident("1999-05-17"), TODAY)
    assert derived.claims["residentOfGu"] == {"11620": True}
    assert derived.claims["residentOfSeoul"] is True
    assert derived.claims["asOfDate"] == "2026-03-13"
    assert derived.claims["sourceSystem"] == "resident-register-simulated"


def test_entered_claims_are_kept_as_they_are() -> None:
    claims = _resident("1999-05-17")
    assert derive(RESIDENCY, claims, TODAY).claims.items() >= claims.items()
    assert claims == _resident("1999-05-17")


def test_refuses_to_derive_twice() -> None:
    issued = derive(RESIDENCY, _resident("1991-03-14"), TODAY).claims
    with pytest.raises(InvalidClaims) as refused:
        derive(RESIDENCY, {**_resident("1991-03-14"), "ageUnder35": issued["ageUnder35"]}, TODAY)
    assert [problem.where for problem in refused.value.problems] == ["ageUnder35"]


def test_validity_ends_at_midnight_in_seoul_before_a_predicate_turns() -> None:
    derived = derive(RESIDENCY, _resident("1991-03-14"), TODAY)
    assert validity_end(RESIDENCY, NOON, derived) == datetime(2026, 3, 13, 15, tzinfo=UTC)


def test_validity_ends_after_the_days_of_the_type() -> None:
    derived = derive(RESIDENCY, _resident("1999-05-17"), TODAY)
    assert validity_end(RESIDENCY, NOON, derived) == NOON + timedelta(days=90)


def test_validity_can_end_with_the_day_that_a_claim_names() -> None:
    derived = Derived(claims={"roundClosesOn": "2026-03-16"}, valid_through=None)
    assert validity_end(ELIGIBILITY, NOON, derived) == start_of_day(date(2026, 4, 16))


@pytest.mark.parametrize(
    ("subtype", "end"),
    [
        ("career", None),
        ("appointment", None),
        ("commendation", NOON + timedelta(days=90)),
        ("waterPayment", NOON + timedelta(days=90)),
    ],
)
def test_validity_goes_by_the_subtype(subtype: str, end: datetime | None) -> None:
    derived = Derived(claims={"subtype": subtype}, valid_through=None)
    assert validity_end(CERTIFICATE, NOON, derived) == end


@pytest.mark.parametrize(
    ("issued_at", "expired"),
    [
        (start_of_day(date(2026, 4, 16)) - timedelta(seconds=1), False),
        (start_of_day(date(2026, 4, 16)), True),
    ],
    ids=["last second", "midnight"],
)
def test_refuses_to_issue_what_no_longer_holds(issued_at: datetime, *, expired: bool) -> None:
    derived = Derived(claims={"roundClosesOn": "2026-03-16"}, valid_through=None)
    if expired:
        with pytest.raises(Expired):
            validity_end(ELIGIBILITY, issued_at, derived)
    else:
        assert validity_end(ELIGIBILITY, issued_at, derived) > issued_at  # type: ignore[operator]
