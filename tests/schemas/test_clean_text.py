"""One spelling of every text, and nothing hidden in it."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.claim import TextContent
from schemas.claim_problem import ProblemCode
from schemas.clean_text import MAX_INPUT_CHARS, normalise, text_problems

DECOMPOSED = unicodedata.normalize("NFD", "김한솔")
HIDDEN = {
    "right-to-left override": "\u202e",
    "isolate": "\u2066",
    "zero-width space": "\u200b",
    "zero-width joiner": "\u200d",
    "byte-order mark": "\ufeff",
    "soft hyphen": "\u00ad",
    "control": "\x07",
    "delete": "\x7f",
    "line feed": "\n",
    "line separator": "\u2028",
    "paragraph separator": "\u2029",
    "lone surrogate": "\ud800",
    "private use": "\ue000",
    "hangul filler": "\u3164",
    "half-width filler": "\uffa0",
    "initial filler": "\u115f",
    "braille blank": "\u2800",
    "grapheme joiner": "\u034f",
    "variation selector": "\ufe0f",
    "ideographic variation": "\U000e0100",
    "no-break space": "\u00a0",
    "ideographic space": "\u3000",
}


def test_decomposed_hangul_becomes_the_usual_spelling() -> None:
    assert len(DECOMPOSED.encode()) == 27
    assert normalise(DECOMPOSED) == "김한솔"


def test_compatibility_hanja_become_the_ordinary_ones() -> None:
    assert normalise("\uf9e1\uf90a") == "\u674e\u91d1"


def test_does_not_work_on_text_beyond_the_bound() -> None:
    long = DECOMPOSED * MAX_INPUT_CHARS
    assert normalise(long) == long
    assert list(text_problems("\u200b" * (MAX_INPUT_CHARS + 1), TextContent.PLAIN)) == []


@pytest.mark.parametrize("character", HIDDEN.values(), ids=HIDDEN.keys())
def test_finds_hidden_characters(character: str) -> None:
    problems = list(text_problems(f"김{character}시범", TextContent.PLAIN))
    assert problems == [ProblemCode.FORBIDDEN_CHARACTER]


@pytest.mark.parametrize(
    "text",
    ["김시범", "𠮷試驗", "高乭", "O'SPECIMEN-D'EXEMPLE JEAN-PIERRE", "101동 1203호 (가상동, 견본)"],
)
def test_finds_nothing_in_ordinary_text(text: str) -> None:
    assert list(text_problems(text, TextContent.PLAIN)) == []


@pytest.mark.parametrize("text", [" 김시범", "김시범 "])
def test_finds_outer_spaces(text: str) -> None:
    assert list(text_problems(text, TextContent.PLAIN)) == [ProblemCode.OUTER_SPACE]


@pytest.mark.parametrize(
    ("content", "problems"),
    [
        (TextContent.PLAIN, [ProblemCode.RESIDENT_NUMBER]),
        (TextContent.BARCODE, []),
        (TextContent.ACCOUNT, []),
    ],
)
def test_a_barcode_may_look_like_a_resident_number_where_one_is_expected(
    content: TextContent, problems: list[ProblemCode]
) -> None:
    assert list(text_problems("8801051234567", content)) == problems


@given(st.text(max_size=40))
def test_normalising_twice_changes_nothing(text: str) -> None:
    assert normalise(normalise(text)) == normalise(text)
