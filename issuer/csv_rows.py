"""Reads a CSV file of claims, row by row, naming line and column of whatever is wrong.

Offices export from spreadsheets: UTF-8 with or without a byte-order mark, or CP949; headings in
Korean or English; formulas that somebody left in. Nothing is guessed: a cell is taken as it stands,
or refused with its place.
"""

import csv
import io
import re
from codecs import BOM_UTF8
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from credentials.claims import Claims
from credentials.errors import Malformed, TooLarge
from issuer.errors import CsvUnreadable
from issuer.person import PersonRef, parse_person_ref
from schemas.claim import ClaimKind
from schemas.claim_problem import ClaimProblem, ProblemCode, problem
from schemas.credential_type import CredentialType
from schemas.csv_header import PERSON_REF, parse_header
from schemas.errors import InvalidClaims, ResidentNumberBlocked
from schemas.form_fields import parse_fields
from schemas.rrn_guard import check_text

MAX_ROWS: Final = 50_000
MAX_CELL_CHARS: Final = 4096
MAX_CSV_BYTES: Final = 20 * 1024 * 1024

# What a spreadsheet would run when the file comes back to it; a negative number is not that.
# An East Asian one takes the full-width signs for the plain ones.
_FORMULA: Final = re.compile(r"[=+@\t\r\n\uff1d\uff0b\uff20\uff0d]|-(?![0-9]+\Z)")

# Texts are searched for resident registration numbers by their type, which knows what they hold;
# hexadecimal digits may look like one and are none. In all other cells they are looked for here:
# as a number, 0001013000000 would lose the zeros by which it is recognised.
_OTHERWISE_GUARDED: Final = frozenset({ClaimKind.TEXT, ClaimKind.TEXTS, ClaimKind.DIGEST})


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
    Raises, before the first row: CsvUnreadable for text that is neither UTF-8 nor CP949 or breaks
    the rules of CSV anywhere, InvalidClaims for the first line, TooLarge beyond a bound.
    """
    if len(data) > MAX_CSV_BYTES:
        raise TooLarge(f"a CSV file has at most {MAX_CSV_BYTES} bytes")
    text = _decode(data)
    if sum(1 for _ in _records(text)) > MAX_ROWS + 1:
        raise TooLarge(f"a CSV file has at most {MAX_ROWS} rows")
    records = _records(text)
    _, heading = next(records, (1, []))
    columns = _columns(credential_type, heading)
    return (_read_row(line, columns, cells, credential_type, on) for line, cells in records)


def _decode(data: bytes) -> str:
    # A byte-order mark says UTF-8; broken UTF-8 read as CP949 would be other people's names.
    encodings = ("utf-8-sig",) if data.startswith(BOM_UTF8) else ("utf-8", "cp949")
    for encoding in encodings:
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


def _columns(credential_type: CredentialType, heading: Sequence[str]) -> tuple[str, ...]:
    """The first line, of which a report names what is not a column's name by its number.

    It may be a person's data: a file without a heading begins with a row.
    """
    _check_separator(heading)
    hidden = [
        problem((f"column {number}",), code)
        for number, cell in enumerate(heading, start=1)
        if (code := _heading_problem(cell)) is not None
    ]
    if hidden:
        raise InvalidClaims(hidden)
    try:
        return parse_header(credential_type, heading)
    except InvalidClaims as error:
        refusal = error
    unknown = [it for it in refusal.problems if it.code is ProblemCode.UNKNOWN_COLUMN]
    if heading and len(unknown) == len(heading):
        raise CsvUnreadable("the first line names no column of this type")
    raise refusal


def _check_separator(heading: Sequence[str]) -> None:
    """A type has more than one column, so a single cell was not separated as CSV is."""
    if not heading:
        raise CsvUnreadable("the file is empty")
    for separator, name in ((";", "semicolons"), ("\t", "tabs")):
        if len(heading) == 1 and separator in heading[0]:
            raise CsvUnreadable(f"its columns are separated by {name}, not by commas")


def _heading_problem(cell: str) -> ProblemCode | None:
    if _holds_resident_number(cell):
        return ProblemCode.RESIDENT_NUMBER
    return None if cell.isprintable() else ProblemCode.FORBIDDEN_CHARACTER


def _read_row(
    line: int,
    columns: Sequence[str],
    cells: Sequence[str],
    credential_type: CredentialType,
    on: date,
) -> Row | RowError:
    problems = _cell_problems(columns, cells, credential_type)
    if problems:
        return RowError(line=line, problems=problems)
    fields = dict(zip(columns, cells, strict=True))
    try:
        person_ref = _person_ref(fields.pop(PERSON_REF, ""))
        claims = parse_fields(credential_type, fields, on)
    except InvalidClaims as error:
        return RowError(line=line, problems=error.problems)
    return Row(line=line, claims=claims, person_ref=person_ref)


def _cell_problems(
    columns: Sequence[str], cells: Sequence[str], credential_type: CredentialType
) -> tuple[ClaimProblem, ...]:
    if len(cells) != len(columns):
        return (problem((), ProblemCode.CELL_COUNT),)
    return tuple(
        problem((column,), code)
        for column, cell in zip(columns, cells, strict=True)
        if (code := _cell_problem(credential_type, column, cell)) is not None
    )


def _cell_problem(credential_type: CredentialType, column: str, cell: str) -> ProblemCode | None:
    if len(cell) > MAX_CELL_CHARS:
        return ProblemCode.TOO_LONG
    if _FORMULA.match(cell):
        return ProblemCode.FORMULA
    claim = credential_type.find_claim(tuple(column.split(".")))
    if (claim is None or claim.kind not in _OTHERWISE_GUARDED) and _holds_resident_number(cell):
        return ProblemCode.RESIDENT_NUMBER
    return None


def _holds_resident_number(text: str) -> bool:
    try:
        check_text(text)
    except ResidentNumberBlocked:
        return True
    return False


def _person_ref(text: str) -> PersonRef | None:
    try:
        return parse_person_ref(text) if text else None
    except Malformed as error:
        raise InvalidClaims([problem((PERSON_REF,), ProblemCode.WRONG_FORM)]) from error
