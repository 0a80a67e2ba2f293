"""Under which words an entitlement is found: whole values in one spelling."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from issuer.search_terms import MAX_TERM_CHARS, search_term, search_terms
from schemas.catalogue import get
from tests.simulators.issuing_office import RESIDENCY, persona
from tests.simulators.one_change import changed


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        (unicodedata.normalize("NFD", "김한솔"), "김한솔"),
        ("\uf9e1\uf90a", "李金"),
        ("o'specimen", "O'SPECIMEN"),
        (" 김 시범 ", "김시범"),
        ("STRASSE", "straße"),
    ],
    ids=["decomposed", "compatibility", "case", "spaces", "sharp-s"],
)
def test_two_spellings_of_a_value_are_one_term(typed: str, stored: str) -> None:
    assert search_term(typed) == search_term(stored)


@given(st.text(max_size=50))
def test_a_term_is_its_own_spelling(text: str) -> None:
    assert search_term(search_term(text)) == search_term(text)


def test_names_and_dates_are_found_and_choices_are_not() -> None:
    terms = search_terms(get(RESIDENCY), persona("P01"))
    assert {search_term("김시범"), "1999-05-17"} <= terms
    assert "11620" not in terms
    assert "citizen" not in terms


def test_a_value_that_nobody_would_type_is_no_term() -> None:
    long = changed(persona("P01"), "roadAddress", to="가" * (MAX_TERM_CHARS + 1))
    assert "가" * (MAX_TERM_CHARS + 1) not in search_terms(get(RESIDENCY), long)
