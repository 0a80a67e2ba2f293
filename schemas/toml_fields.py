"""Reads single values of our own TOML files within bounds; a wrong one is named by its key."""

import re
import tomllib
from enum import StrEnum
from typing import TypeVar

from credentials.errors import Malformed
from credentials.json_object import JsonObject
from schemas.labels import Label

E = TypeVar("E", bound=StrEnum)


def parse_toml(data: bytes) -> JsonObject:
    """Read a TOML document in UTF-8. Raises Malformed."""
    try:
        return JsonObject(tomllib.loads(data.decode("utf-8")))
    except ValueError as error:
        raise Malformed("not TOML in UTF-8") from error


def label_of(fields: JsonObject, name: str) -> Label:
    """A text in both languages. Raises Malformed."""
    label = fields.object(name)
    label.only("ko", "en")
    return Label(ko=label.text("ko"), en=label.text("en"))


def enum_of(fields: JsonObject, name: str, kind: type[E]) -> E:
    """One of a closed list. Raises Malformed."""
    return _member(kind, fields.text(name), name)


def enums_of(fields: JsonObject, name: str, kind: type[E]) -> frozenset[E]:
    """Some of a closed list. Raises Malformed."""
    return frozenset(_member(kind, text, name) for text in texts_of(fields, name))


def texts_of(fields: JsonObject, name: str) -> tuple[str, ...]:
    """At most 64 texts. Raises Malformed."""
    return tuple(fields.texts(name, max_items=64))


def flag_of(fields: JsonObject, name: str) -> bool:
    """true or false, which must be there. Raises Malformed."""
    value = fields.boolean_or_none(name)
    if value is None:
        raise Malformed(f"{name} is missing")
    return value


def number_of(fields: JsonObject, name: str, least: int, most: int) -> int:
    """An integer within bounds. Raises Malformed."""
    number = fields.integer(name)
    if not least <= number <= most:
        raise Malformed(f"{name} must be {least} to {most}")
    return number


def matching(fields: JsonObject, name: str, pattern: re.Pattern[str]) -> str:
    """A text that fits the pattern as a whole. Raises Malformed."""
    text = fields.text(name)
    if not pattern.fullmatch(text):
        raise Malformed(f"{name} has the wrong form")
    return text


def _member(kind: type[E], text: str, name: str) -> E:
    if text not in set(kind):
        raise Malformed(f"{name} has no value {text!r}")
    return kind(text)
