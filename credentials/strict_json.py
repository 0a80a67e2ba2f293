"""JSON from strangers, read strictly: what two parsers could read differently is refused.

Python's own parser keeps the last of two equal member names, accepts NaN and lone surrogates, and
follows any depth; each has been a way to show one document to the checker and another to the
user. RFC 8259 §4 and §8.2, RFC 7493 (I-JSON).
"""

import json
import math
import re
from typing import Any, Final, TypeAlias

import orjson

from credentials.errors import Malformed, TooLarge

JsonValue: TypeAlias = bool | int | float | str | list["JsonValue"] | dict[str, "JsonValue"] | None

MAX_JSON_BYTES: Final = 256 * 1024  # the size of a request body; larger documents name their own
MAX_DEPTH: Final = 32
MAX_NUMBER_CHARS: Final = (
    20  # a 64-bit integer has 19 digits and a sign; longer costs quadratic time
)

_STRING: Final = re.compile(rb'"(?:[^"\\]|\\.)*"')


def parse_json(data: bytes, *, max_bytes: int = MAX_JSON_BYTES) -> JsonValue:
    """Read one JSON text in UTF-8 of at most `max_bytes`, depth 32, numbers of 20 characters.

    Raises TooLarge beyond a bound; Malformed for a byte-order mark, invalid UTF-8, duplicate
    member names, NaN, Infinity, a float that overflows, lone surrogates, or anything RFC 8259
    does not allow.
    """
    if len(data) > max_bytes:
        raise TooLarge(f"JSON text is longer than {max_bytes} bytes")
    _check_depth(data)
    try:
        # orjson keeps the last of two equal names and rounds great integers, but then it writes
        # another text than it has read: what it writes again byte for byte, it has read exactly.
        found: JsonValue = orjson.loads(data)
        if orjson.dumps(found) == data:
            return found
    except (ValueError, TypeError):
        pass  # The parser below decides, and says why.
    return _parse_any(data)


def _parse_any(data: bytes) -> JsonValue:
    try:
        value: JsonValue = _DECODER.decode(data.decode("utf-8"))
    except (ValueError, RecursionError) as error:
        raise Malformed("not strict JSON") from error
    if b"\\u" in data:
        _check_surrogates(value)
    return value


def _check_depth(data: bytes) -> None:
    if data.count(b"{") + data.count(b"[") <= MAX_DEPTH:
        return
    depth = 0
    for byte in _STRING.sub(b"", data):
        if byte in b"{[":
            depth += 1
            if depth > MAX_DEPTH:
                raise TooLarge(f"JSON text is nested deeper than {MAX_DEPTH}")
        elif byte in b"}]":
            depth -= 1


def _check_surrogates(value: JsonValue) -> None:
    try:
        # Only an escape can smuggle a lone surrogate in; UTF-8 has no spelling for one.
        json.dumps(value, ensure_ascii=False).encode("utf-8")
    except UnicodeEncodeError as error:
        raise Malformed("JSON text holds a lone surrogate") from error


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise Malformed("JSON object has a member name twice")
    return members


def _integer(text: str) -> int:
    if len(text) > MAX_NUMBER_CHARS:
        raise TooLarge(f"JSON number is longer than {MAX_NUMBER_CHARS} characters")
    return int(text)


def _float(text: str) -> float:
    if len(text) > MAX_NUMBER_CHARS + 4:
        raise TooLarge(f"JSON number is longer than {MAX_NUMBER_CHARS} characters")
    number = float(text)
    if not math.isfinite(number):
        raise Malformed("JSON number is out of range")
    return number


def _constant(_: str) -> None:
    raise Malformed("JSON has no NaN and no Infinity")


_DECODER: Final = json.JSONDecoder(
    object_pairs_hook=_object, parse_int=_integer, parse_float=_float, parse_constant=_constant
)
