"""A verdict for people at a terminal, and as an exit status."""

import json
import re
from collections.abc import Iterator
from typing import Final

from console.commands import Exit
from credentials.claims import Claims
from credentials.json_object import JsonObject
from credentials.strict_json import JsonValue
from schemas.result_words import result_words

_MARKS: Final = {"passed": "✓", "failed": "✗", "unknown": "?", "not_applicable": "–"}
_STATUSES: Final = {
    "accepted": Exit.OK,
    "rejected": Exit.REFUSED,
    "indeterminate": Exit.INDETERMINATE,
}
_MAX_CHECKS: Final = 32
# What pages fill in, such as the day of expiry, with the words that lead to it; here the checks
# below say it.
_PLACEHOLDER: Final = re.compile(r"(?: on| as of)?[ :]*\(?\{[a-z]+\}\)?")


def exit_status(verdict: Claims) -> Exit:
    """0 accepted, 1 rejected, 3 indeterminate."""
    return _STATUSES[JsonObject(verdict).text("decision")]


def verdict_lines(document: Claims) -> list[str]:
    """The result word, every check with its sentence, and the claims if it was accepted."""
    verdict = JsonObject(document)
    word = result_words()[verdict.text("code")]
    korean, english = (_PLACEHOLDER.sub("", text) for text in (word.ko, word.en))
    return [
        f"{korean} / {english} [{word.code}]",
        *_issuer_lines(verdict.object_or_none("issuer") if document["issuer"] else None),
        *_check_lines(verdict),
        *(
            f"  {name} = {_plain(value)}"
            for name, value in verdict.object("claims").members.items()
        ),
        f"as of {verdict.text('as_of')}",
    ]


def _plain(value: JsonValue) -> str:
    """A value on one line; characters that a terminal would obey are spelled out."""
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return text if text.isprintable() else json.dumps(text)


def _issuer_lines(issuer: JsonObject | None) -> Iterator[str]:
    if issuer is not None:
        yield f"{issuer.text('name_ko')} / {issuer.text('name_en')} ({issuer.text('code')})"


def _check_lines(verdict: JsonObject) -> Iterator[str]:
    for check in verdict.objects("checks", max_items=_MAX_CHECKS):
        mark, name = _MARKS[check.text("result")], check.text("name")
        yield f"{mark} {name:<16} {check.text('detail_ko')} {check.text('detail_en')}"
