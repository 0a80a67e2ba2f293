"""The values that VC Data Model 2.0 uses everywhere: URLs, one-or-more objects, texts in languages.

`vcdm.py` says which member holds which of them.
"""

import re
from typing import Final, TypeGuard

from credentials.claims import Claims
from credentials.errors import Malformed, TooLarge
from credentials.json_object import JsonObject
from credentials.strict_json import JsonValue

_NESTED: Final = frozenset({dict, list})
MAX_ITEMS: Final = 64  # subjects, statuses, credentials, …: far beyond any use of ours

# Control characters, white space of any script, invisible direction marks, and what RFC 3987 bars.
_BARRED: Final = (
    r"\x00-\x20\x7f-\xa0\u1680\u2000-\u200f\u2028-\u202f\u205f-\u206f\u3000\ufeff"
    r'"<>\\^`{|}'
)
# An absolute IRI. http and https need a host: without one, two parsers read two different hosts.
_URL: Final = re.compile(
    rf"(?:[Hh][Tt][Tt][Pp][Ss]?://[^/?#{_BARRED}]"
    rf"|(?![Hh][Tt][Tt][Pp][Ss]?:)[A-Za-z][A-Za-z0-9+.-]*:[^{_BARRED}])[^{_BARRED}]*"
)
_LANGUAGE: Final = re.compile(r"[A-Za-z]{1,8}(?:-[A-Za-z0-9]{1,8})*", re.ASCII)


def is_url(value: JsonValue) -> TypeGuard[str]:
    """Whether a value is an absolute URL, as every identifier must be. Spec: VCDM 2.0 §4.4."""
    return isinstance(value, str) and _URL.fullmatch(value) is not None


def check_nodes(document: Claims) -> None:
    """Refuse an `id` that is not one URL, or a `type` that is no text, in any object at any depth.

    JSON-LD readers drop such a member without a word, so it must not look like a statement.
    Raises Malformed. Spec: VCDM 2.0 §4.4, §4.5.
    """
    pending: list[JsonValue] = [document]
    for node in pending:  # It grows while it is read: no recursion, so no depth is too deep.
        if isinstance(node, dict):
            if "id" in node and not is_url(node["id"]):
                raise Malformed("every id must be a single URL")
            if "type" in node and not _is_type(node["type"]):
                raise Malformed("every type must be one or more texts")
            pending += [m for n, m in node.items() if type(m) in _NESTED and n != "@context"]
        elif isinstance(node, list):
            pending += [member for member in node if type(member) in _NESTED]


def one_or_more(document: JsonObject, name: str) -> tuple[JsonObject, ...]:
    """The objects of a member that holds one object or a non-empty array; none when it is missing.

    Raises Malformed, or TooLarge beyond 64 of them.
    """
    if name not in document.members:
        return ()
    value = document.members[name]
    values = value if isinstance(value, list) else [value]
    if not values:
        raise Malformed(f"{name} must not be empty")
    if len(values) > MAX_ITEMS:
        raise TooLarge(f"{name} has more than {MAX_ITEMS} items")
    return tuple([JsonObject(item, name) for item in values])


def holds(document: JsonObject, name: str, text: str) -> bool:
    """Whether a member is this text, or an array that has it."""
    value = document.members.get(name)
    return value == text or (isinstance(value, list) and text in value)


def identifier(document: JsonObject, name: str) -> str:
    """The URL of a member that is a URL, or an object whose `id` is one. Raises Malformed.

    Spec: VCDM 2.0 §4.7 (issuer), §4.13 (holder).
    """
    value = document.members.get(name)
    found = value.get("id") if isinstance(value, dict) else value
    if not is_url(found):
        raise Malformed(f"{name} must be a URL or an object whose id is a URL")
    return found


def check_texts(document: JsonObject) -> None:
    """Refuse a `name` or `description` that is neither text nor text in languages.

    Raises Malformed. Spec: VCDM 2.0 §4.6, §11.1.
    """
    for name in ("name", "description"):
        if name in document and not _is_text(document.members[name]):
            raise Malformed(f"{name} must be a text, or texts with @value, @language, @direction")


def _is_type(value: JsonValue) -> bool:
    if isinstance(value, str):
        return bool(value)
    if not isinstance(value, list) or not value:
        return False
    return all(isinstance(name, str) and name for name in value)


def _is_text(value: JsonValue) -> bool:
    if isinstance(value, list):
        return bool(value) and all(_is_language_value(item) for item in value)
    return isinstance(value, str) or _is_language_value(value)


def _is_language_value(value: JsonValue) -> bool:
    if not isinstance(value, dict) or value.keys() - {"@value", "@language", "@direction"}:
        return False
    language = value.get("@language", "und")
    return (
        isinstance(value.get("@value"), str)
        and isinstance(language, str)
        and _LANGUAGE.fullmatch(language) is not None
        and value.get("@direction", "ltr") in ("ltr", "rtl")
    )
