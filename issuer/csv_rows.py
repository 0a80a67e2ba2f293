"""Reads a CSV file of claims, row by row, naming line and column of whatever is wrong.

Offices export from spreadsheets: UTF-8 with or without a byte-order mark, or CP949; headings in
Korean or English; formulas that somebody left in. Nothing is guessed: a cell is taken as it stands,
or refused with its place.
"""

import csv
import io
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from credentials.claims import Claims
from credentials.errors import Malformed, TooLarge
from issuer.errors import CsvUnreadable
from issuer.person import PersonRef, parse_person_ref
from schemas.claim_problem import ClaimProblem, ProblemCode, problem
from schemas.credential_type import CredentialType
from schemas.csv_header import PERSON_REF, parse_header
from schemas.errors import InvalidClaims
from schemas.form_fields import parse_fields

MAX_ROWS: Final = 50_000
MAX_CELL_CHARS: Final = 4096
MAX_CSV_BYTES: Final = 20 * 1024 * 1024

# What a spreadsheet would run when the file comes back to it; a negative number is not that.
_FORMULA: Final = re.compile(r"[=+@\t\r]|-(?![0-9]+$)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A row that may become an entitlement. line: as an editor counts, the heading is line 1."""

    line: int
    claims: Claims
    person_ref: PersonRef | None


@dataclass(frozen=True, slots=True, kw_only=True)
class RowError:
    """A row that may not, and everything that is wrong with it; no cell's content is repeated."""

    line: int
    problems: tuple[ClaimProblem, ...]


def read_rows(data: bytes, credential_type: CredentialType, on: date) -> Iterator[Row | RowError]:
    """Read a file of at most 20 MiB and 50,000 rows, one row at a time.

    on: the day in Seoul. Blank lines are passed over, as spreadsheets end files with them.
    Raises CsvUnreadable for text that is neither UTF-8 nor CP949 or breaks the rules of CSV,
    InvalidClaims for the first line, TooLarge beyond a bound.
    """
    if len(data) > MAX_CSV_BYTES:
        raise TooLarge(f"a CSV file has at most {MAX_CSV_BYTES} bytes")
    records = _records(_decode(data))
    _, heading = next(records, (1, []))
    columns = parse_header(credential_type, heading)
    for count, (line, cells) in enumerate(records, start=1):
        if count > MAX_ROWS:
            raise TooLarge(f"a CSV file has at most {MAX_ROWS} rows")
        yield _read_row(line, columns, cells, credential_type, on)


def _decode(data: bytes) -> str:
    for encoding in ("utf-8-sig", "cp949"):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise CsvUnreadable("the file is neither UTF-8 nor CP949")


def _records(text: str) -> Iterator[tuple[int, list[str]]]:
    """Every record with the line it begins on; a quoted cell may go on for several lines."""
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    begins = 1
    try:
        for cells in reader:
            if any(cells):
                yield begins, cells
            begins = reader.line_num + 1
    except csv.Error as error:
        raise CsvUnreadable(f"line {begins} breaks the rules of CSV") from error


def _read_row(
    line: int,
    columns: Sequence[str],
    cells: Sequence[str],
    credential_type: CredentialType,
    on: date,
) -> Row | RowError:
    problems = _cell_problems(columns, cells)
    if problems:
        return RowError(line=line, problems=problems)
    fields = dict(zip(columns, cells, strict=True))
    try:
        person_ref = _person_ref(fields.pop(PERSON_REF, ""))
        claims = parse_fields(credential_type, fields, on)
    except InvalidClaims as error:
        return RowError(line=line, problems=error.problems)
    return Row(line=line, claims=claims, person_ref=person_ref)


def _cell_problems(columns: Sequence[str], cells: Sequence[str]) -> tuple[ClaimProblem, ...]:
    if len(cells) != len(columns):
        return (problem((), ProblemCode.CELL_COUNT),)
    found = []
    for column, cell in zip(columns, cells, strict=True):
        if len(cell) > MAX_CELL_CHARS:
            found.append(problem((column,), ProblemCode.TOO_LONG))
        elif _FORMULA.match(cell):
            found.append(problem((column,), ProblemCode.FORMULA))
    return tuple(found)


def _person_ref(text: str) -> PersonRef | None:
    try:
        return parse_person_ref(text) if text else None
    except Malformed as error:
        raise InvalidClaims([problem((PERSON_REF,), ProblemCode.WRONG_FORM)]) from error
