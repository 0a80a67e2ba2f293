"""What the guard against resident registration numbers blocks, and what it lets pass."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.errors import ResidentNumberBlocked
from schemas.rrn_guard import check_text

BLOCKED = {
    "spaces and dash": "000101 - 0000001",
    "dash": "000101-0000000",
    "nothing between": "0001019000001",
    "full-width": "０００１０１－００００００１",
    "in a sentence": "생년 000101 0000002 입니다",
    "en dash": "000101–9000003",
    "minus sign": "000101\u22120000001",
    "hangul vowel for a dash": "000101\u31610000001",
    "katakana mark for a dash": "000101\u30fc0000001",
    "zero-width space between": "000101\u200b-\u200b0000001",
    "soft hyphen within": "00\u00ad0101-0000001",
    "arabic digits": "\u0660\u0660\u0660\u0661\u0660\u0661-0000001",
    "line break": "000101\n0000001",
    "last month and day": "001231-0000000",
    "letters around": "A000101-0000001B",
}
PASSED = {
    "date": "2026-03-13",
    "telephone": "010-0000-0011",
    "receipt number": "20260313-000001",
    "vehicle number": "XX0TESTCAR0000001",
    "plate": "000가0001",
    "check number": "AB12-CD34-EF56-GH78",
    "month 13": "001301-0000001",
    "month 0": "000001-0000001",
    "day 32": "000132-0000001",
    "day 0": "000100-0000001",
    "four separators": "000101----0000001",
    "six digits after": "000101-000001",
    "eight digits after": "000101-00000012",
    "a digit before": "1000101-0000001",
    "road-name code": "116200000001",
    "business number": "000-00-00000",
}


@pytest.mark.parametrize("text", BLOCKED.values(), ids=BLOCKED.keys())
def test_blocks_a_resident_number_in_any_spelling(text: str) -> None:
    with pytest.raises(ResidentNumberBlocked):
        check_text(text)


@pytest.mark.parametrize("text", PASSED.values(), ids=PASSED.keys())
def test_lets_other_numbers_pass(text: str) -> None:
    check_text(text)


def test_never_repeats_a_digit() -> None:
    with pytest.raises(ResidentNumberBlocked) as blocked:
        check_text("000101-0000001")
    assert not any(character.isdigit() for character in str(blocked.value))


@given(st.text())
def test_reads_any_text(text: str) -> None:
    try:
        check_text(text)
    except ResidentNumberBlocked:
        assert sum(character.isdecimal() or character.isdigit() for character in text) > 0
