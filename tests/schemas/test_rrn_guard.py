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
    "brackets": "(900101)1234567",
    "year apart": "90 0101-1234567",
    "day apart": "9001 01-1234567",
    "digit by digit": "9 0 0 1 0 1 1 2 3 4 5 6 7",
    "digit by digit with dots": "9.0.0.1.0.1.1.2.3.4.5.6.7",
    "telephone groups": "900101-123-4567",
    "date with dashes": "90-01-01-1234567",
    "date with dots": "90.01.01-1234567",
    "date in words' order with blanks": "90. 01. 01. / 1234567",
    "first of seven apart": "900101-1 234567",
    "century": "19900101-1234567",
    "century in groups": "2003.05.06 - 4234567",
    "four dashes": "900101----1234567",
    "keycaps": "".join(f"{digit}\ufe0f\u20e3" for digit in "9001011234567"),
    **{f"U+{ord(mark):04X} between": f"900101{mark}1234567" for mark in "./_·~:,+=|#*→;'﹘"},
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
    "four separators, and nobody's seventh digit": "000101----0000001",
    "six digits after": "000101-000001",
    "eight digits after": "000101-00000012",
    "a digit before": "1000101-0000001",
    "road-name code": "116200000001",
    "business number": "000-00-00000",
    "telephones": "02-123-4567, 010-1234-5678",
    "account in 4-3-6": "1002-123-456789",
    "account in 6-2-6": "900101-12-123456",
    "account in 6-2-5": "900101-12-12345",
    "account in 3-4-4-2": "301-0101-1234-51",
    "account in 3-6-2-3": "110-900101-12-123",
    "amount": "1,001,231,234,567",
    "decimal": "100123.4567",
    "coordinates": "37.5665351, 126.9780142",
    "receipt number with seven": "20260313-0000001",
    "hours after a date": "2026-03-13 8:00~10:30",
    "hours after a short date": "26.03.13 8:00~10:30",
    "instant": "2026-03-13 03:00:00.123",
    "period": "2026.01.02 - 2026.01.03",
    "telephone after a date": "26.03.13 010-1234-5678",
    "local telephone after a date": "26.03.13 345-6789",
    "another century's seventh digit": "2003.05.06 - 1234567",
    "month 13 with dots": "90.13.01-1234567",
    "day 32 digit by digit": "9 0 0 1 4 1 1 2 3 4 5 6 7",
    "words between": "900101 그리고 1234567",
    "digits of a hash": "9001011a234567",
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
