"""Typed reading of one JSON object: each member is fetched with the type its message demands.

Used by every parser of the project, so that a missing or mistyped member is always `Malformed`
with its path, never a KeyError.
"""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Final

from credentials.errors import Malformed
from credentials.strict_json import MAX_JSON_BYTES, JsonValue, parse_json

MAX_TEXT: Final = 8192
_MAX_NUMERIC_DATE: Final = 253_402_300_799  # 9999-12-31T23:59:59Z, the last second `datetime` holds


def parse_object(data: bytes, *, max_bytes: int = MAX_JSON_BYTES, where: str = "") -> "JsonObject":
    """Read strict JSON that must be one object. Raises Malformed or TooLarge."""
    return JsonObject(parse_json(data, max_bytes=max_bytes), where)


class JsonObject:
    """A JSON object whose members are read by type; `where` is its path, for error texts.

    Every reader raises Malformed when the member is missing or of another type. The `_or_none`
    form returns None for a missing member only; a member that is present as null is mistyped.
    """

    __slots__ = ("members", "where")

    def __init__(self, value: JsonValue, where: str = "") -> None:
        if not isinstance(value, dict):
            raise Malformed(f"{where or 'the document'} must be a JSON object")
        self.members: dict[str, JsonValue] = value
        self.where = where

    def __contains__(self, name: str) -> bool:
        return name in self.members

    def __iter__(self) -> Iterator[str]:
        return iter(self.members)

    def text(self, name: str, *, max_chars: int = MAX_TEXT) -> str:
        """A non-empty string."""
        value = self.members.get(name)
        if isinstance(value, str) and 0 < len(value) <= max_chars:
            return value
        self._required(name)
        raise self._mistyped(name, f"a string of 1 to {max_chars} characters")

    def text_or_none(self, name: str, *, max_chars: int = MAX_TEXT) -> str | None:
        """A non-empty string, or None when the member is missing."""
        return self.text(name, max_chars=max_chars) if name in self.members else None

    def integer(self, name: str) -> int:
        """An integer; true and false are not numbers."""
        value = self._required(name)
        if not isinstance(value, int) or isinstance(value, bool):
            raise self._mistyped(name, "an integer")
        return value

    def integer_or_none(self, name: str) -> int | None:
        """An integer, or None when the member is missing."""
        return self.integer(name) if name in self.members else None

    def boolean_or_none(self, name: str) -> bool | None:
        """true or false, or None when the member is missing."""
        if name not in self.members:
            return None
        value = self.members[name]
        if not isinstance(value, bool):
            raise self._mistyped(name, "true or false")
        return value

    def numeric_date(self, name: str) -> datetime:
        """A NumericDate in whole seconds, as an aware UTC datetime. Spec: RFC 7519 §2."""
        value = self.integer(name)
        if not 0 <= value <= _MAX_NUMERIC_DATE:
            raise self._mistyped(name, "a number of seconds since 1970")
        return datetime.fromtimestamp(value, UTC)

    def numeric_date_or_none(self, name: str) -> datetime | None:
        """A NumericDate, or None when the member is missing."""
        return self.numeric_date(name) if name in self.members else None

    def object(self, name: str) -> "JsonObject":
        """A JSON object."""
        return JsonObject(self._required(name), self._path(name))

    def object_or_none(self, name: str) -> "JsonObject | None":
        """A JSON object, or None when the member is missing."""
        return self.object(name) if name in self.members else None

    def array(self, name: str, *, max_items: int) -> list[JsonValue]:
        """An array of at most `max_items` values of any type."""
        value = self._required(name)
        if not isinstance(value, list):
            raise self._mistyped(name, "an array")
        if len(value) > max_items:
            raise self._mistyped(name, f"at most {max_items} items")
        return value

    def texts(self, name: str, *, max_items: int) -> list[str]:
        """An array of non-empty strings."""
        found: list[str] = []
        for value in self.array(name, max_items=max_items):
            if not isinstance(value, str) or not value or len(value) > MAX_TEXT:
                raise self._mistyped(name, "an array of non-empty strings")
            found.append(value)
        return found

    def objects(self, name: str, *, max_items: int) -> list["JsonObject"]:
        """An array of JSON objects."""
        values = self.array(name, max_items=max_items)
        return [JsonObject(value, f"{self._path(name)}[{i}]") for i, value in enumerate(values)]

    def only(self, *names: str) -> None:
        """Refuse any member that is not named here, for messages whose members are a closed set."""
        extra = sorted(self.members.keys() - set(names))
        if extra:
            raise Malformed(f"{self.where or 'the document'} has unknown member {extra[0][:40]!r}")

    def _required(self, name: str) -> JsonValue:
        if name not in self.members:
            raise Malformed(f"{self._path(name)} is missing")
        return self.members[name]

    def _mistyped(self, name: str, wanted: str) -> Malformed:
        return Malformed(f"{self._path(name)} must be {wanted}")

    def _path(self, name: str) -> str:
        return f"{self.where}.{name}" if self.where else name
