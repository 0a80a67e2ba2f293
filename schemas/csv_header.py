"""The first line of a CSV file for a type: which column holds which claim.

A column is called by its claim's dotted name, by its Korean or English label, or by an alias of
the type's TOML, because offices export their registers under their own headings.
"""

from collections.abc import Mapping, Sequence
from functools import cache
from types import MappingProxyType
from typing import Final

from credentials.errors import Malformed
from schemas.claim_problem import ClaimProblem, ProblemCode, problem
from schemas.clean_text import normalise
from schemas.credential_type import CredentialType
from schemas.errors import InvalidClaims
from schemas.form_fields import entered_claims

# Beside the claims a file may say whom of the person register a row is about.
PERSON_REF: Final = "person_ref"
MAX_COLUMNS: Final = 128


def csv_header(credential_type: CredentialType) -> tuple[str, ...]:
    """The columns of an empty file to fill in: the dotted names of all entered claims."""
    return tuple(claim.name for claim in entered_claims(credential_type))


def parse_header(credential_type: CredentialType, cells: Sequence[str]) -> tuple[str, ...]:
    """The dotted claim name (or `person_ref`) of each column, in the file's order.

    Case and spaces around a heading do not matter. Raises InvalidClaims for unknown or repeated
    columns, for a column missing that every credential needs, and beyond 128 columns; Malformed if
    two claims of the type share a heading.
    """
    if len(cells) > MAX_COLUMNS:
        raise InvalidClaims([problem((), ProblemCode.TOO_LONG)])
    names = _column_names(credential_type)
    columns = [names.get(_key(cell)) for cell in cells]
    problems = [*_column_problems(cells, columns), *_missing(credential_type, columns)]
    if problems:
        raise InvalidClaims(problems)
    return tuple(column for column in columns if column is not None)


def _column_problems(cells: Sequence[str], columns: Sequence[str | None]) -> list[ClaimProblem]:
    problems = []
    for index, (cell, column) in enumerate(zip(cells, columns, strict=True)):
        if column is None:
            # By its number: what is no heading of ours may be a person's name.
            problems.append(problem((f"column {index + 1}",), ProblemCode.UNKNOWN_COLUMN))
        elif column in columns[:index]:
            problems.append(problem((cell,), ProblemCode.REPEATED_COLUMN))
    return problems


def _missing(credential_type: CredentialType, columns: Sequence[str | None]) -> list[ClaimProblem]:
    return [
        problem(claim.path, ProblemCode.MISSING_COLUMN)
        for claim in entered_claims(credential_type)
        if claim.required and not claim.subtypes and claim.name not in columns
    ]


@cache
def _column_names(credential_type: CredentialType) -> Mapping[str, str]:
    names = {_key(PERSON_REF): PERSON_REF}
    for claim in entered_claims(credential_type):
        for heading in (claim.name, claim.label.ko, claim.label.en, *claim.aliases):
            if names.setdefault(_key(heading), claim.name) != claim.name:
                raise Malformed(f"two columns of {credential_type.name} share a heading")
    return MappingProxyType(names)


def _key(heading: str) -> str:
    return normalise(heading).strip().casefold()
