"""Imports a CSV file: each good row becomes an entitlement, each bad one a report with its place.

A row that was imported before is recognised by its content, so a file that was broken off half way
is simply imported again.
"""

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from itertools import islice

from sqlalchemy.orm import Session

from credentials.jcs import canonicalize
from issuer import store
from issuer.actions.approve import approve
from issuer.actions.context import IssuerContext
from issuer.agency import Agency
from issuer.csv_rows import Row, RowError, read_rows
from issuer.errors import EntitlementExists, UnknownPerson
from issuer.models import ImportedRow
from issuer.secret_macs import SecretKind
from schemas.claim_problem import ClaimProblem
from schemas.credential_type import CredentialType
from schemas.seoul_calendar import day_in_seoul
from storage.transaction import Database

ROWS_A_TRANSACTION = 500


class RowOutcome(StrEnum):
    """What became of one row."""

    ACCEPTED = "accepted"
    KNOWN = "known"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True, kw_only=True)
class RowReport:
    """One row. code: of the refusal as a whole; problems: each with its column."""

    line: int
    outcome: RowOutcome
    entitlement_id: str | None = None
    code: str | None = None
    problems: tuple[ClaimProblem, ...] = ()


def import_entitlements(
    database: Database,
    context: IssuerContext,
    agency: Agency,
    credential_type: CredentialType,
    data: bytes,
    *,
    dry_run: bool,
    now: datetime,
) -> Iterator[RowReport]:
    """Import a file, 500 rows a transaction, reporting row by row.

    dry_run: report the same, and change nothing. Raises CsvUnreadable, InvalidClaims (the heading)
    or TooLarge; rows before that stay imported.
    """
    rows = read_rows(data, credential_type, day_in_seoul(now))
    while batch := list(islice(rows, ROWS_A_TRANSACTION)):
        try:
            with database.writing() as session:
                reports = list(_import(session, context, agency, credential_type, batch, now))
                if dry_run:
                    raise _DryRun
        except _DryRun:
            pass
        yield from reports


class _DryRun(Exception):
    """Ends a transaction that must not be committed."""


def _import(
    session: Session,
    context: IssuerContext,
    agency: Agency,
    credential_type: CredentialType,
    rows: Iterable[Row | RowError],
    now: datetime,
) -> Iterator[RowReport]:
    for row in rows:
        if isinstance(row, RowError):
            yield RowReport(
                line=row.line,
                outcome=RowOutcome.REFUSED,
                code="invalid-claims",
                problems=row.problems,
            )
        else:
            yield _import_row(session, context, agency, credential_type, row, now)


def _import_row(
    session: Session,
    context: IssuerContext,
    agency: Agency,
    credential_type: CredentialType,
    row: Row,
    now: datetime,
) -> RowReport:
    digest = _digest(context, agency, credential_type, row)
    known = store.find_imported(session, digest)
    if known is not None:
        return RowReport(
            line=row.line, outcome=RowOutcome.KNOWN, entitlement_id=known.entitlement_id
        )
    try:
        entitlement = approve(
            session,
            context,
            agency,
            credential_type,
            row.claims,
            person_ref=row.person_ref,
            now=now,
        )
    except (EntitlementExists, UnknownPerson) as error:
        return RowReport(line=row.line, outcome=RowOutcome.REFUSED, code=error.code)
    session.add(ImportedRow(digest=digest, entitlement_id=entitlement.id))
    session.flush()
    return RowReport(line=row.line, outcome=RowOutcome.ACCEPTED, entitlement_id=entitlement.id)


def _digest(
    context: IssuerContext, agency: Agency, credential_type: CredentialType, row: Row
) -> bytes:
    """A keyed digest: a plain hash of a name and a birth date could be guessed."""
    content = canonicalize(
        {
            "agency": agency.code,
            "claims": row.claims,
            "person": row.person_ref,
            "type": credential_type.name,
            "version": credential_type.version,
        }
    )
    return context.macs.digest(SecretKind.IMPORTED_ROW, hashlib.sha256(content).hexdigest())
