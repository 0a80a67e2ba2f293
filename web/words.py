"""The words of pages, in Korean and English: one TOML beside each folder of templates.

Korean first, English second, and never in Python: a page says `{{ t("desk.title") }}`, and a test
finds every key that is used or left over. Values are filled in by name and escaped with the rest.
"""

import tomllib
from collections.abc import Mapping
from importlib.resources import files
from typing import Any, Final, TypeAlias

from flask import Flask, current_app, request

from web.preferences import LANGUAGE_COOKIE, LANGUAGES

Words: TypeAlias = Mapping[str, Mapping[str, str]]

EXTENSION: Final = "gwanin.words"


def use_words(app: Flask, package: str, path: str) -> None:
    """Give an application the words of one folder of templates; a key that is taken is a bug."""
    known: dict[str, Mapping[str, str]] = app.extensions.setdefault(EXTENSION, {})
    for key, row in read_words(package, path).items():
        if key in known:
            raise RuntimeError(f"two folders of templates have words for {key}")
        known[key] = row


def read_words(package: str, path: str) -> Words:
    """The words of a TOML file, by `section.name`."""
    sections = tomllib.loads(files(package).joinpath(path).read_text("utf-8"))
    return {
        f"{section}.{name}": row for section, rows in sections.items() for name, row in rows.items()
    }


def translate(key: str, **values: Any) -> str:
    """The words for a key in the reader's language, with `{name}` filled in."""
    words: Words = current_app.extensions[EXTENSION]
    return words[key][language()].format(**values)


def language() -> str:
    """The reader's language: what was chosen, else what the browser prefers, else Korean."""
    chosen = request.cookies.get(LANGUAGE_COOKIE)
    if chosen in LANGUAGES:
        return chosen
    return request.accept_languages.best_match(LANGUAGES, "ko") or "ko"
