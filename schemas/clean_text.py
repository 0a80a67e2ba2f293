"""Text as it is accepted at input: one spelling (NFC), and nothing in it that can't be seen.

Two spellings of a name would be two people to a search, and an invisible or direction-changing
character would show a clerk something else than what is signed. This happens once, at input:
what was signed is never normalised again.
"""

import unicodedata
from collections.abc import Iterator
from typing import Final

from schemas.claim import TextContent
from schemas.claim_problem import ProblemCode
from schemas.errors import ResidentNumberBlocked
from schemas.rrn_guard import check_text

# Canonical ordering of combining marks takes quadratic time, so longer text is not normalised; no
# claim may be longer than a third of this, and decomposed Hangul is at most three times as long.
MAX_INPUT_CHARS: Final = 6000

# Controls, formats (bidi and zero-width among them), surrogates, private use, line separators, and
# the spaces that look like the ordinary one.
_FORBIDDEN_CATEGORIES: Final = frozenset({"Cc", "Cf", "Cs", "Co", "Zl", "Zp", "Zs"})
# Letters and marks that Unicode lets a renderer draw as nothing, and the empty Braille cell.
_INVISIBLE: Final = frozenset(
    "\u034f\u115f\u1160\u17b4\u17b5\u180b\u180c\u180d\u180f\u2800\u3164\uffa0"
)
_VARIATION_SELECTORS: Final = (range(0xFE00, 0xFE10), range(0xE0100, 0xE01F0))


def normalise(text: str) -> str:
    """The NFC spelling of a text; one beyond 6,000 characters is returned as it is.

    NFC also replaces Korean compatibility Hanja (U+F9E1 by U+674E), which is wanted here.
    """
    return unicodedata.normalize("NFC", text) if len(text) <= MAX_INPUT_CHARS else text


def text_problems(text: str, content: TextContent) -> Iterator[ProblemCode]:
    """What is wrong with a text, whatever its bounds: hidden characters, outer spaces, and what
    looks like a resident registration number where no account or barcode is expected.

    A text beyond 6,000 characters is not read: it is too long for any claim.
    """
    if len(text) > MAX_INPUT_CHARS:
        return
    if any(map(_is_forbidden, text)):
        yield ProblemCode.FORBIDDEN_CHARACTER
    if text != text.strip():
        yield ProblemCode.OUTER_SPACE
    if content is TextContent.PLAIN and _holds_resident_number(text):
        yield ProblemCode.RESIDENT_NUMBER


def _is_forbidden(character: str) -> bool:
    if character.isascii():
        return not character.isprintable()
    return (
        unicodedata.category(character) in _FORBIDDEN_CATEGORIES
        or character in _INVISIBLE
        or any(ord(character) in selectors for selectors in _VARIATION_SELECTORS)
    )


def _holds_resident_number(text: str) -> bool:
    try:
        check_text(text)
    except ResidentNumberBlocked:
        return True
    return False
