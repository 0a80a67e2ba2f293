"""A verdict for people at a terminal, and as an exit status."""

import json
import tomllib
from collections.abc import Iterator
from importlib.resources import files
from typing import Final

from console.commands import Exit
from credentials.claims import Claims
from credentials.json_object import JsonObject
from credentials.strict_json import JsonValue
from verifier.short_word import short_word

_MARKS: Final = {"passed": "✓", "failed": "✗", "unknown": "?", "not_applicable": "–"}
_STATUSES: Final = {
    "accepted": Exit.OK,
    "rejected": Exit.REFUSED,
    "indeterminate": Exit.INDETERMINATE,
}
_MAX_CHECKS: Final = 32


def exit_status(verdict: Claims) -> Exit:
    """0 accepted, 1 rejected, 3 indeterminate."""
    return _STATUSES[JsonObject(verdict).text("decision")]


def verdict_lines(document: Claims) -> list[str]:
    """The result word, every check with its sentence, and the claims if it was accepted."""
    verdict = JsonObject(document)
    word = short_word(verdict.text("code"))
    return [
        f"{word.ko} / {word.en} [{verdict.text('code')}]",
        *_issuer_lines(verdict.object_or_none("issuer") if document["issuer"] else None),
        *_check_lines(verdict),
        *(
            f"  {name} = {_plain(value)}"
            for name, value in verdict.object("claims").members.items()
        ),
        cli_word("as-of", at=verdict.text("as_of")),
    ]


def cli_word(word: str, **values: str) -> str:
    """A sentence of ours in both languages."""
    row = tomllib.loads((files(__package__) / "words.toml").read_text("utf-8"))[word]
    return f"{row['ko']} / {row['en']}".format(**values)


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
