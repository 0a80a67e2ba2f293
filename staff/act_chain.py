"""Whether an agency's record of acts is the one that was written, as far as the log can tell."""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from credentials.data_integrity import format_timestamp
from credentials.errors import Error
from credentials.jcs import canonicalize
from credentials.strict_json import JsonValue
from staff.errors import RecordBroken

NO_LINE: Final = bytes(32)  # what the first line names as its predecessor


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredLine:
    """A row of a record, unverified. subject, at, hash: what the row says beside its line."""

    number: int
    line: JsonValue
    subject: str
    at: datetime
    hash: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class LoggedHead:
    """What an `audit` leaf says: the hash of line `count`. index: of the leaf."""

    count: int
    head: bytes
    index: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordEnd:
    """Where a record ends: how many lines there are, and the last one's hash."""

    size: int = 0
    last: bytes = NO_LINE


def verify_lines(agency: str, rows: Iterable[StoredLine], end: RecordEnd) -> RecordEnd:
    """The end after these rows, each of which continues the record from `end` on.

    Raises RecordBroken at the first that does not.
    """
    for row in rows:
        end = _verify_line(agency, row, end)
    return end


def verify_record(
    agency: str, rows: Iterable[StoredLine], logged: Sequence[LoggedHead]
) -> RecordEnd:
    """Recompute an agency's whole record, and every head of it that was logged.

    rows: all that are stored, in order; logged: the agency's leaves in the order of the log.
    Raises RecordBroken, which names the first line that is wrong.
    """
    heads, end, begins = list(logged), RecordEnd(), 1
    for row in rows:
        end = _verify_line(agency, row, end)
        while heads and heads[0].count <= end.size:
            _check_head(heads.pop(0), end, begins)
            begins = end.size + 1
    if heads:
        said = f"leaf {heads[0].index} stands for {heads[0].count} lines, but it is missing"
        raise RecordBroken(said, line=end.size + 1)
    return end


def _verify_line(agency: str, row: StoredLine, end: RecordEnd) -> RecordEnd:
    number = end.size + 1
    if row.number != number:
        raise RecordBroken("it is missing", line=number)
    if _hash(row.line, number) != row.hash:
        raise RecordBroken("it does not have the stored hash", line=number)
    said = row.line if isinstance(row.line, dict) else {}
    beside = {"agency": agency, "n": number, "subject": row.subject, "at": format_timestamp(row.at)}
    if any(said.get(name) != value for name, value in beside.items()):
        raise RecordBroken("its row says something else", line=number)
    if said.get("prev") != end.last.hex():
        # It is the later line that commits to the earlier one, not the other way round.
        raise RecordBroken(f"it is not the line that line {number} names", line=max(end.size, 1))
    return RecordEnd(size=number, last=row.hash)


def _hash(line: JsonValue, number: int) -> bytes:
    try:
        return hashlib.sha256(canonicalize(line)).digest()
    except Error as error:
        raise RecordBroken(error.detail, line=number) from error


def _check_head(head: LoggedHead, end: RecordEnd, begins: int) -> None:
    """Leaves come in the order of the lines that they stand for, so a smaller one fits nothing."""
    if (head.count, head.head) != (end.size, end.last):
        raise RecordBroken(
            f"the lines up to {head.count} are not those that leaf {head.index} stands for",
            line=begins,
        )
