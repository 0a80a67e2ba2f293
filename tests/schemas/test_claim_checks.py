"""What is refused at entry and at disclosure, one defect at a time, and with which code."""

from datetime import date
from importlib.resources import files

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from credentials.claims import Claims
from credentials.errors import Error
from credentials.strict_json import JsonValue
from schemas.catalogue import get, load_all
from schemas.claim_checks import MAX_PROBLEMS, parse_entered, verify_claims
from schemas.credential_type import CredentialType
from schemas.derived_claims import derive
from schemas.errors import InvalidClaims
from schemas.type_file import parse_type_file

TODAY = date(2026, 3, 13)
RESIDENCY = get("SeoulResidencyCredential")
CARD = get("SeoulCitizenCardCredential")
CERTIFICATE = get("CityCertificateCredential")
ELIGIBILITY = get("YouthAllowanceEligibilityCredential")

RESIDENT: Claims = {
    "nameKo": "김시범",
    "nameRoman": "KIM SIBEOM",
    "birthDate": "1999-05-17",
    "guCode": "11620",
    "residentType": "citizen",
    "registeredSince": "2019-03-02",
}
MEMBER: Claims = {
    "memberId": "AB12-CD34-EF56-GH78",
    "memberSince": "2024-05-20",
    "facilityScopes": ["library", "pool"],
    "seoulResident": True,
}
CAREER: Claims = {
    "subtype": "career",
    "title": "경력증명서",
    "documentNo": "공공일자리과-0421",
    "holderName": "김시범",
    "issuedOn": "2026-03-13",
    "body": {"workplace": "견본도서관", "role": "사서보조", "startsOn": "2025-03-01"},
}
WATER: Claims = {**CAREER, "subtype": "waterPayment", "body": {"year": 2025, "amountKrw": 312450}}
DECISION: Claims = {
    "programYear": 2026,
    "round": 1,
    "eligible": True,
    "ruleSetVersion": "YA-2026.1",
    "decidedOn": "2026-03-13",
    "evidenceDigest": "0" * 64,
    "roundClosesOn": "2026-03-16",
}
VALID = [(RESIDENCY, RESIDENT), (CARD, MEMBER), (CERTIFICATE, CAREER), (CERTIFICATE, WATER),
         (ELIGIBILITY, DECISION)]  # fmt: skip

# A type with the kinds that no real type uses yet.
OTHER_KINDS = parse_type_file(
    (files("schemas") / "seoul_citizen_card.v1.toml").read_bytes()
    + b"""
[[claims]]
path = ["signedAt"]
kind = "datetime"
required = false
disclosure = "selective"
label = { ko = "a", en = "b" }

[[claims]]
path = ["account"]
kind = "text"
required = false
disclosure = "selective"
label = { ko = "a", en = "b" }
maximum = 40
content = "account"

[[claims]]
path = ["insured"]
kind = "boolean"
required = false
disclosure = "selective"
label = { ko = "a", en = "b" }
true_only = false
"""
)


def _without(claims: Claims, name: str) -> Claims:
    return {key: value for key, value in claims.items() if key != name}


def _problems(credential_type: CredentialType, value: JsonValue) -> list[tuple[str, str]]:
    with pytest.raises(InvalidClaims) as refused:
        parse_entered(credential_type, value, TODAY)
    return [(problem.where, problem.code.value) for problem in refused.value.problems]


def _body(**changes: JsonValue) -> Claims:
    body = CAREER["body"]
    assert isinstance(body, dict)
    return {**CAREER, "body": {**body, **changes}}


@pytest.mark.parametrize(("credential_type", "claims"), VALID)
def test_takes_valid_claims_unchanged(credential_type: CredentialType, claims: Claims) -> None:
    assert parse_entered(credential_type, claims, TODAY) == claims


def test_normalises_texts_at_entry() -> None:
    claims = {**RESIDENT, "nameKo": "\u1100\u1175\u11b7", "nameHanja": "\uf9e1\uf90a"}
    parsed = parse_entered(RESIDENCY, claims, TODAY)
    assert parsed["nameKo"] == "김"
    assert parsed["nameHanja"] == "\u674e\u91d1"
    certified = parse_entered(CERTIFICATE, _body(role="\u1100\u1175\u11b7"), TODAY)
    assert certified["body"] == {**_body()["body"], "role": "김"}  # type: ignore[dict-item]


@pytest.mark.parametrize(
    ("credential_type", "value", "problem"),
    [
        (RESIDENCY, [], ("claims", "wrong-kind")),
        (RESIDENCY, _without(RESIDENT, "birthDate"), ("birthDate", "missing")),
        (RESIDENCY, {**RESIDENT, "salary": 1}, ("salary", "unknown-claim")),
        (RESIDENCY, {**RESIDENT, "ageOver19": True}, ("ageOver19", "derived-claim")),
        (
            RESIDENCY,
            {**RESIDENT, "residentOfGu": {"11620": True}},
            ("residentOfGu", "derived-claim"),
        ),
        (RESIDENCY, {**RESIDENT, "nameKo": 5}, ("nameKo", "wrong-kind")),
        (RESIDENCY, {**RESIDENT, "nameKo": None}, ("nameKo", "wrong-kind")),
        (RESIDENCY, {**RESIDENT, "nameKo": {"a": "b"}}, ("nameKo", "wrong-kind")),
        (RESIDENCY, {**RESIDENT, "nameKo": ""}, ("nameKo", "too-short")),
        (RESIDENCY, {**RESIDENT, "nameKo": "김" * 41}, ("nameKo", "too-long")),
        (RESIDENCY, {**RESIDENT, "nameKo": "김" * 9000}, ("nameKo", "too-long")),
        (RESIDENCY, {**RESIDENT, "nameKo": "김\u202e시범"}, ("nameKo", "forbidden-character")),
        (RESIDENCY, {**RESIDENT, "nameKo": "김시범 "}, ("nameKo", "outer-space")),
        (RESIDENCY, {**RESIDENT, "addressDetail": "000101-0000001"},
         ("addressDetail", "resident-number")),
        (RESIDENCY, {**RESIDENT, "nameRoman": "Kim Sibeom"}, ("nameRoman", "wrong-form")),
        (RESIDENCY, {**RESIDENT, "visaClass": "X-1"}, ("visaClass", "wrong-form")),
        (RESIDENCY, {**RESIDENT, "guCode": "11000"}, ("guCode", "not-offered")),
        (RESIDENCY, {**RESIDENT, "guCode": 11620}, ("guCode", "not-offered")),
        (RESIDENCY, {**RESIDENT, "birthDate": "2023-02-29"}, ("birthDate", "wrong-form")),
        (RESIDENCY, {**RESIDENT, "birthDate": "19990517"}, ("birthDate", "wrong-form")),
        (RESIDENCY, {**RESIDENT, "birthDate": "1899-12-31"}, ("birthDate", "wrong-form")),
        (RESIDENCY, {**RESIDENT, "birthDate": "2026-03-14"}, ("birthDate", "in-the-future")),
        (CARD, {**MEMBER, "seoulResident": False}, ("seoulResident", "not-offered")),
        (CARD, {**MEMBER, "seoulResident": 1}, ("seoulResident", "not-offered")),
        (CARD, {**MEMBER, "facilityScopes": "library"}, ("facilityScopes", "wrong-kind")),
        (CARD, {**MEMBER, "facilityScopes": [1]}, ("facilityScopes", "wrong-kind")),
        (CARD, {**MEMBER, "facilityScopes": []}, ("facilityScopes", "too-short")),
        (CARD, {**MEMBER, "facilityScopes": [f"f{n}" for n in range(21)]},
         ("facilityScopes", "too-long")),
        (CARD, {**MEMBER, "facilityScopes": ["pool", "pool"]}, ("facilityScopes", "repeated")),
        (CARD, {**MEMBER, "facilityScopes": ["pool", "Library"]},
         ("facilityScopes.1", "wrong-form")),
        (CARD, {**MEMBER, "facilityScopes": ["p" * 41]}, ("facilityScopes.0", "too-long")),
        (ELIGIBILITY, {**DECISION, "round": 0}, ("round", "out-of-range")),
        (ELIGIBILITY, {**DECISION, "round": 100}, ("round", "out-of-range")),
        (ELIGIBILITY, {**DECISION, "round": 1.0}, ("round", "wrong-kind")),
        (ELIGIBILITY, {**DECISION, "round": True}, ("round", "wrong-kind")),
        (ELIGIBILITY, {**DECISION, "round": 10**400}, ("round", "out-of-range")),
        (ELIGIBILITY, {**DECISION, "evidenceDigest": "A" * 64}, ("evidenceDigest", "wrong-form")),
        (ELIGIBILITY, {**DECISION, "evidenceDigest": "0" * 63}, ("evidenceDigest", "wrong-form")),
        (CERTIFICATE, _without(CAREER, "body"), ("body", "missing")),
        (CERTIFICATE, {**CAREER, "body": "text"}, ("body", "wrong-kind")),
        (CERTIFICATE, {**CAREER, "subtype": "diploma"}, ("subtype", "not-offered")),
        (CERTIFICATE, _body(salary=1), ("body.salary", "unknown-claim")),
        (CERTIFICATE, _body(award="견본"), ("body.award", "unknown-claim")),
        (CERTIFICATE, _body(role="000101-0000001"), ("body.role", "resident-number")),
        (CERTIFICATE, {**WATER, "body": {"year": 2025}}, ("body.amountKrw", "missing")),
        (OTHER_KINDS, {**MEMBER, "insured": 1}, ("insured", "wrong-kind")),
        (OTHER_KINDS, {**MEMBER, "signedAt": "2026-03-13"}, ("signedAt", "wrong-form")),
        (OTHER_KINDS, {**MEMBER, "signedAt": "2026-03-13T14:30:00"}, ("signedAt", "wrong-form")),
        (OTHER_KINDS, {**MEMBER, "signedAt": "2026-03-13T25:30:00Z"}, ("signedAt", "wrong-form")),
    ],
)  # fmt: skip
def test_refuses_one_defect(
    credential_type: CredentialType, value: JsonValue, problem: tuple[str, str]
) -> None:
    assert _problems(credential_type, value) == [problem]


def test_takes_the_other_kinds() -> None:
    claims = {**MEMBER, "signedAt": "2026-03-13T14:30:00+09:00", "insured": False}
    assert parse_entered(OTHER_KINDS, claims, TODAY) == claims


@pytest.mark.parametrize("year", ["1899", "2200"])
def test_refuses_a_moment_in_another_age(year: str) -> None:
    claims = {**MEMBER, "signedAt": f"{year}-03-13T14:30:00+09:00"}
    assert _problems(OTHER_KINDS, claims) == [("signedAt", "wrong-form")]


def test_a_listed_text_has_at_least_one_character() -> None:
    one: Claims = {**MEMBER, "facilityScopes": ["p"]}
    assert parse_entered(CARD, one, TODAY) == one
    none: Claims = {**MEMBER, "facilityScopes": [""]}
    assert ("facilityScopes.0", "too-short") in _problems(CARD, none)


def test_an_account_may_look_like_a_resident_number() -> None:
    claims = {**MEMBER, "account": "000101-0000001"}
    assert parse_entered(OTHER_KINDS, claims, TODAY) == claims


def test_a_date_may_lie_on_the_day_of_entry_or_later_where_the_type_allows() -> None:
    parse_entered(RESIDENCY, {**RESIDENT, "registeredSince": "2026-03-13"}, TODAY)
    parse_entered(ELIGIBILITY, {**DECISION, "roundClosesOn": "2026-03-16"}, TODAY)


def test_collects_every_problem_once() -> None:
    claims: Claims = {**RESIDENT, "nameKo": " ", "guCode": "x", "birthDate": "2030-01-01", "x": 1}
    assert sorted(_problems(RESIDENCY, claims)) == [
        ("birthDate", "in-the-future"),
        ("guCode", "not-offered"),
        ("nameKo", "outer-space"),
        ("x", "unknown-claim"),
    ]


def test_bounds_the_report() -> None:
    flood: Claims = {f"x{number}": number for number in range(1000)}
    assert len(_problems(RESIDENCY, flood)) == MAX_PROBLEMS


def test_never_repeats_a_value() -> None:
    with pytest.raises(InvalidClaims) as refused:
        parse_entered(RESIDENCY, {**RESIDENT, "nameRoman": "secret", "guCode": "secret"}, TODAY)
    assert "secret" not in repr(refused.value) + repr(refused.value.problems)


@pytest.mark.parametrize(("credential_type", "claims"), VALID)
def test_verifies_all_claims_or_only_the_visible_ones(
    credential_type: CredentialType, claims: Claims
) -> None:
    issued = derive(credential_type, claims, TODAY).claims
    verify_claims(credential_type, issued)
    visible: Claims = {
        claim.path[0]: issued[claim.path[0]] if not claim.path[0].endswith(("Gu", "body")) else {}
        for claim in credential_type.claims
        if not claim.selective and len(claim.path) == 1
    }
    verify_claims(credential_type, visible)


@pytest.mark.parametrize(
    ("credential_type", "claims", "problem"),
    [
        (RESIDENCY, {}, ("residentOfGu", "missing")),
        (RESIDENCY, {"residentOfGu": {"11620": False}}, ("residentOfGu.11620", "not-offered")),
        (RESIDENCY, {"residentOfGu": {"99999": True}}, ("residentOfGu.99999", "unknown-claim")),
        (RESIDENCY, {"residentOfGu": {}, "ageOver19": False}, ("ageOver19", "not-offered")),
        (RESIDENCY, {"residentOfGu": {}, "ageOver20": True}, ("ageOver20", "unknown-claim")),
        (RESIDENCY, {"residentOfGu": {}, "nameKo": "김" * 41}, ("nameKo", "too-long")),
        (RESIDENCY, {"residentOfGu": {}, "nameKo": "\ud800"}, ("nameKo", "wrong-kind")),
        (CERTIFICATE, {"body": {}}, ("subtype", "missing")),
        (CERTIFICATE, {"subtype": "career", "body": {"award": "a"}},
         ("body.award", "unknown-claim")),
        (CARD, {"facilityScopes": ["\ud800"]}, ("facilityScopes", "wrong-kind")),
        (ELIGIBILITY, {"round": 1.0}, ("round", "wrong-kind")),
    ],
)  # fmt: skip
def test_refuses_a_disclosed_claim_that_does_not_fit(
    credential_type: CredentialType, claims: Claims, problem: tuple[str, str]
) -> None:
    with pytest.raises(InvalidClaims) as refused:
        verify_claims(credential_type, claims)
    assert [(found.where, found.code.value) for found in refused.value.problems] == [problem]


JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)
NAMES = sorted({str(claim.path[0]) for known in load_all().values() for claim in known.claims})
FORMS = st.dictionaries(st.sampled_from(NAMES) | st.text(), JSON_VALUES, max_size=6)


@settings(max_examples=60, deadline=None)
@given(value=FORMS | JSON_VALUES)
def test_any_value_is_taken_or_refused_as_ours(value: JsonValue) -> None:
    for credential_type in load_all().values():
        try:
            parse_entered(credential_type, value, TODAY)
        except Error as error:
            assert isinstance(error, InvalidClaims)  # noqa: PT017 - any other type fails the test
        if isinstance(value, dict):
            try:
                verify_claims(credential_type, value)
            except Error as error:
                assert isinstance(error, InvalidClaims)  # noqa: PT017


def test_reads_no_deeper_than_claims_stand() -> None:
    deep: JsonValue = "x"
    for _ in range(5000):
        deep = [deep]
    assert _problems(RESIDENCY, {**RESIDENT, "nameKo": deep}) == [("nameKo", "wrong-kind")]
    assert _problems(CERTIFICATE, _body(role=deep)) == [("body.role", "wrong-kind")]
