"""Forms: their fields, and how their texts become claims."""

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from credentials.errors import Error
from schemas.catalogue import get
from schemas.errors import InvalidClaims
from schemas.form_fields import FieldInput, form_fields, parse_fields

TODAY = date(2026, 3, 13)
CARD = get("SeoulCitizenCardCredential")
CERTIFICATE = get("CityCertificateCredential")
MEMBER = {
    "memberId": "AB12-CD34-EF56-GH78",
    "memberSince": "2024-05-20",
    "facilityScopes": "library; pool",
    "seoulResident": "true",
}
WATER = {
    "subtype": "waterPayment",
    "title": "수도요금 납부증명서",
    "documentNo": "수도-1",
    "holderName": "주다둥",
    "issuedOn": "2026-03-13",
    "body.year": "2025",
    "body.amountKrw": "312450",
}


def _problems(fields: dict[str, str]) -> list[tuple[str, str]]:
    with pytest.raises(InvalidClaims) as refused:
        parse_fields(CERTIFICATE, fields, TODAY)
    return [(problem.where, problem.code.value) for problem in refused.value.problems]


def test_a_form_has_a_field_for_each_entered_claim() -> None:
    fields = {field.name: field for field in form_fields(CERTIFICATE)}
    assert "body" not in fields
    assert fields["body.year"].input is FieldInput.NUMBER
    assert fields["body.year"].subtypes == ("waterPayment",)
    assert (fields["body.year"].minimum, fields["body.year"].maximum) == (2000, 2199)
    assert fields["subtype"].input is FieldInput.CHOICE
    assert len(fields["subtype"].values) == 5
    assert fields["issuedOn"].input is FieldInput.DATE
    assert fields["issuedOn"].past
    assert fields["title"].required
    assert fields["title"].input is FieldInput.LINE


def test_a_form_asks_for_nothing_that_is_derived() -> None:
    inputs = {field.name: field.input for field in form_fields(CARD)}
    assert inputs == {
        "memberId": FieldInput.LINE,
        "memberSince": FieldInput.DATE,
        "facilityScopes": FieldInput.LIST,
        "seoulResident": FieldInput.TICK,
    }


def test_reads_texts_as_their_kinds() -> None:
    assert parse_fields(CARD, MEMBER, TODAY) == {
        "memberId": "AB12-CD34-EF56-GH78",
        "memberSince": "2024-05-20",
        "facilityScopes": ["library", "pool"],
        "seoulResident": True,
    }
    assert parse_fields(CERTIFICATE, WATER, TODAY)["body"] == {"year": 2025, "amountKrw": 312450}


def test_an_empty_text_is_a_missing_claim() -> None:
    assert "seoulResident" not in parse_fields(CARD, {**MEMBER, "seoulResident": ""}, TODAY)
    assert _problems({**WATER, "body.year": ""}) == [("body.year", "missing")]


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"body.year": "이천"}, ("body.year", "wrong-kind")),
        ({"body.amountKrw": "312,450"}, ("body.amountKrw", "wrong-kind")),
        ({"body.amountKrw": "٣"}, ("body.amountKrw", "wrong-kind")),
        ({"body.amountKrw": "9" * 30}, ("body.amountKrw", "wrong-kind")),
        ({"body.role": "사서"}, ("body.role", "unknown-claim")),
        ({"body.salary": "1"}, ("body.salary", "unknown-claim")),
        ({"head.year": "1"}, ("head.year", "unknown-claim")),
        ({"salary": "1"}, ("salary", "unknown-claim")),
    ],
)
def test_refuses_one_defect(change: dict[str, str], problem: tuple[str, str]) -> None:
    assert _problems({**WATER, **change}) == [problem]


def test_a_tick_is_true_or_false_and_nothing_else() -> None:
    with pytest.raises(InvalidClaims):
        parse_fields(CARD, {**MEMBER, "seoulResident": "1"}, TODAY)


@settings(max_examples=60, deadline=None)
@given(st.dictionaries(st.sampled_from([*MEMBER, *WATER, "body"]) | st.text(), st.text()))
def test_any_form_is_taken_or_refused_as_ours(fields: dict[str, str]) -> None:
    for credential_type in (CARD, CERTIFICATE):
        try:
            parse_fields(credential_type, fields, TODAY)
        except Error as error:
            assert isinstance(error, InvalidClaims)  # noqa: PT017 - any other type fails the test
