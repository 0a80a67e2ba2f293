"""Column types that refuse what must not be stored, alike on SQLite and PostgreSQL.

A refused value raises `ColumnValueInvalid`, whose text never repeats the value.
"""

from datetime import UTC, datetime, timedelta
from typing import Any, Final

from sqlalchemy import BigInteger, Dialect, LargeBinary, Text
from sqlalchemy.exc import DontWrapMixin
from sqlalchemy.types import TypeDecorator

from credentials.errors import Error
from credentials.jcs import canonicalize
from credentials.strict_json import MAX_JSON_BYTES, JsonValue, parse_json

DIGEST_BYTES: Final = 32

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND: Final = timedelta(microseconds=1)


class ColumnValueInvalid(Error, DontWrapMixin):
    """A value that its column cannot hold, on its way in or, from a damaged row, out."""

    code = "column-value-invalid"


class UtcDateTime(TypeDecorator[datetime]):
    """An instant, as the integer number of microseconds since 1970; read as aware UTC.

    Integers order and compare exactly on both databases, where text and native types differ in
    precision and in what they do with zones. A naive datetime is refused: it names no instant.
    """

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: datetime | None, _dialect: Dialect) -> int | None:
        if value is None:
            return None
        if not isinstance(value, datetime) or value.utcoffset() is None:
            raise ColumnValueInvalid("a time without a zone names no instant")
        return (value - _EPOCH) // _MICROSECOND

    def process_result_value(self, value: int | None, _dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        try:
            return _EPOCH + value * _MICROSECOND
        except OverflowError as error:
            raise ColumnValueInvalid("not an instant that can be read") from error


class Json(TypeDecorator[JsonValue]):
    """A JSON value as canonical text (RFC 8785), read back strictly.

    max_bytes: of the canonical text; what could not be read back is not written either.
    None is SQL's NULL, so that a column which takes none must say so with `nullable=False`.
    A changed value must be assigned anew: changes inside it are not seen.
    """

    impl = Text
    cache_ok = True

    def __init__(self, max_bytes: int = MAX_JSON_BYTES) -> None:
        super().__init__()
        self.max_bytes = max_bytes

    def process_bind_param(self, value: JsonValue, _dialect: Dialect) -> str | None:
        if value is None:
            return None
        try:
            data = canonicalize(value)
            parse_json(data, max_bytes=self.max_bytes)
        except Error as error:
            raise ColumnValueInvalid(error.detail) from error
        return data.decode("utf-8")

    def process_result_value(self, value: str | None, _dialect: Dialect) -> JsonValue:
        if value is None:
            return None
        try:
            return parse_json(value.encode("utf-8"), max_bytes=self.max_bytes)
        except Error as error:
            raise ColumnValueInvalid(error.detail) from error


class Digest(TypeDecorator[bytes]):
    """A SHA-256 value: exactly 32 bytes."""

    impl = LargeBinary
    cache_ok = True

    def process_bind_param(self, value: bytes | None, _dialect: Dialect) -> bytes | None:
        return _digest(value)

    def process_result_value(self, value: Any | None, _dialect: Dialect) -> bytes | None:
        return _digest(value)


def _digest(value: object) -> bytes | None:
    if value is None:
        return None
    if not isinstance(value, bytes) or len(value) != DIGEST_BYTES:
        raise ColumnValueInvalid("a digest has 32 bytes")
    return value
