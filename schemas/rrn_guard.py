"""Keeps resident registration numbers out: a city has no legal basis to process one (PIPA 24-2).

Numbers given since October 2020 need not pass the checksum, so the guard goes by shape and a
plausible date alone. It would rather block a receipt number than let one person's number through.

    date and seven digits, written as usual     000101-0000001, 0001010000001
    with anything else between or within        (900101)1234567, 90.01.01/1 234567, 900101-123-4567
    with the century, which the seventh fits    19900101-1234567
    digit by digit                              9 0 0 1 0 1 1 2 3 4 5 6 7

The looser a spelling, the more else is written so: there the first of the seven must be one that
living people have, and the groups must be those of a date and of such a number. So telephone and
account numbers, amounts, and hours after a date pass.
"""

import re
import unicodedata
from typing import Final

from schemas.errors import ResidentNumberBlocked

_BETWEEN: Final = r"[\W_]{1,8}"  # whatever is neither a letter nor a digit
_WITHIN: Final = r"[\W_]{0,3}"
_MONTH: Final = r"(?:0[1-9]|1[0-2])"
_DAY: Final = r"(?:0[1-9]|[12]\d|3[01])"
_MONTH_DAY: Final = f"{_MONTH}{_WITHIN}{_DAY}"
_DIGIT_BY_DIGIT: Final = r"[\W_]{1,3}".join(
    (r"\d", r"\d", r"(?:0[\W_]{1,3}[1-9]|1[\W_]{1,3}[0-2])", r"[0-3]", r"\d", "[1-8]", *[r"\d"] * 6)
)
_SHAPES: Final = tuple(
    re.compile(rf"(?<!\d)(?:{shape})(?!\d)")
    for shape in (
        rf"\d\d{_MONTH}{_DAY}[-\s]{{0,3}}\d{{7}}",
        rf"\d\d{_WITHIN}{_MONTH_DAY}{_BETWEEN}[1-8]{_WITHIN}\d{{6}}",
        rf"(?:\d\d)?\d\d{_MONTH}{_DAY}{_BETWEEN}[1-8]\d\d[\W_]{{1,3}}\d{{4}}",
        rf"19\d\d{_WITHIN}{_MONTH_DAY}{_BETWEEN}[1256]{_WITHIN}\d{{6}}",
        rf"20\d\d{_WITHIN}{_MONTH_DAY}{_BETWEEN}[3478]{_WITHIN}\d{{6}}",
        _DIGIT_BY_DIGIT,
    )
)
# Typed for a dash without being one to Unicode: the minus sign, the hyphen bullet, the katakana
# sound mark, and the Hangul vowel EU as NFKC leaves it.
_DASHES: Final = frozenset("\u2212\u2043\u30fc\u1173")


def check_text(text: str) -> None:
    """Refuse a text that holds a resident registration number in any of these spellings.

    Full-width and other digits, any dash, spaces and invisible characters between the digits are
    seen through. Raises ResidentNumberBlocked, which never repeats a digit.
    """
    plain = _plain(text)
    if any(shape.search(plain) for shape in _SHAPES):
        raise ResidentNumberBlocked(
            "what looks like a resident registration number was blocked; remove it"
        )


def _plain(text: str) -> str:
    return "".join(map(_plain_character, unicodedata.normalize("NFKC", text)))


def _plain_character(character: str) -> str:
    if character.isascii():
        return character
    if character.isdecimal():
        return str(unicodedata.decimal(character))
    category = unicodedata.category(character)
    if category == "Pd" or character in _DASHES:
        return "-"
    return "" if category == "Cf" else character
