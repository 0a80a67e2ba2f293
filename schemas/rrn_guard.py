"""Keeps resident registration numbers out: a city has no legal basis to process one (PIPA 24-2).

Numbers given since October 2020 need not pass the checksum, so the guard goes by shape and a
plausible date alone. It would rather block a receipt number than let one person's number through.
"""

import re
import unicodedata
from typing import Final

from schemas.errors import ResidentNumberBlocked

# Year, month and day of birth, up to three separators, seven digits, and no digit beside them.
_SHAPE: Final = re.compile(
    r"(?<!\d)\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])[-\s]{0,3}\d{7}(?!\d)"
)
# Typed for a dash without being one to Unicode: the minus sign, the hyphen bullet, the katakana
# sound mark, and the Hangul vowel EU as NFKC leaves it.
_DASHES: Final = frozenset("\u2212\u2043\u30fc\u1173")


def check_text(text: str) -> None:
    """Refuse a text that holds a resident registration number in any spelling.

    Full-width and other digits, any dash, spaces and invisible characters between the digits are
    seen through. Raises ResidentNumberBlocked, which never repeats a digit.
    """
    if _SHAPE.search(_plain(text)):
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
