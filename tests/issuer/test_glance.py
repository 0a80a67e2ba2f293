"""What clerks are shown: all of a record, or a name with its middle hidden."""

import pytest

from issuer.glance import claim_lines, entered_texts, glance, mask
from schemas.catalogue import get
from schemas.form_fields import parse_fields
from schemas.labels import Label
from schemas.seoul_calendar import day_in_seoul
from tests.simulators.clock import START
from tests.simulators.issuing_office import CERTIFICATE, RESIDENCY, persona


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("박하늘별구름", "박****름"),
        ("김시범", "김*범"),
        ("이금", "이*"),
        ("김", "*"),
        ("아주긴이름을가진모의사람", "아******람"),
        ("", ""),
    ],
)
def test_a_name_keeps_its_first_and_last_letter(name: str, shown: str) -> None:
    assert mask(name) == shown


def test_a_list_shows_the_masked_name_and_nothing_else() -> None:
    assert glance(get(RESIDENCY), persona("P01")) == "김*범"
    assert glance(get(RESIDENCY), {}) == ""


def test_a_record_shows_every_claim_with_its_label() -> None:
    lines = {line.name: line.value for line in claim_lines(get(RESIDENCY), persona("P01"))}
    assert lines["nameKo"] == "김시범"
    assert lines["guCode"] == Label(ko="관악구", en="Gwanak-gu")
    assert "visaClass" not in lines
    assert set(lines) == set(persona("P01"))


@pytest.mark.parametrize("type_name", [RESIDENCY, CERTIFICATE])
def test_claims_go_into_the_form_and_come_back_the_same(type_name: str) -> None:
    claims, credential_type = persona("P01", type_name), get(type_name)
    texts = entered_texts(credential_type, claims)
    assert parse_fields(credential_type, texts, day_in_seoul(START)) == claims
