"""Imports a CSV file: each good row becomes an entitlement, each bad one a report with its place.

A row that was imported before is recognised by its content, so a file that was broken off half way
is simply imported again.
"""

import hashlib
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from itertools import islice

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from credentials.jcs import canonicalize
from issuer import store
from issuer.actions.approve import approve
from issuer.actions.context import IssuerContext
from issuer.agency import Agency
from issuer.csv_rows import Row, RowError, read_rows
from issuer.errors import EntitlementExists, TypeNotIssued, UnknownPerson
from issuer.person import PersonRef
from issuer.secret_macs import SecretKind
from schemas.claim_problem import ClaimProblem
from schemas.credential_type import CredentialType, permission
from schemas.errors import InvalidClaims
from schemas.seoul_calendar import day_in_seoul
from storage.transaction import Database

ROWS_A_TRANSACTION = 100  # a tenth of a second or two, in which nobody else can write


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
    permissions: Collection[str],
    dry_run: bool,
    now: datetime,
) -> Iterator[RowReport]:
    """Import a file, 100 rows a transaction, reporting row by row.

    permissions: what the registry lets the agency issue now; dry_run: report the same without ids,
    and change nothing. Raises TypeNotIssued if the agency issues nothing of the type,
    CsvUnreadable, InvalidClaims (the heading) or TooLarge, all of them before the first row.
    """
    _check_type(credential_type, permissions)
    importing = _Importing(
        context=context,
        agency=agency,
        credential_type=credential_type,
        permissions=permissions,
        now=now,
    )
    rows = read_rows(data, credential_type, day_in_seoul(now))
    act = _rehearse if dry_run else _act
    while batch := list(islice(rows, ROWS_A_TRANSACTION)):
        yield from act(database, importing, batch)
        database.give_way()


def _check_type(credential_type: CredentialType, permissions: Collection[str]) -> None:
    """Rows of a subtype that the agency does not issue are refused one by one."""
    if credential_type.name not in {name.partition("/")[0] for name in permissions}:
        raise TypeNotIssued("the registry does not let this agency issue that")


def _act(
    database: Database, importing: "_Importing", batch: Sequence[Row | RowError]
) -> list[RowReport]:
    with database.writing() as session:
        return [importing.import_row(session, row) for row in batch]


def _rehearse(
    database: Database, importing: "_Importing", batch: Sequence[Row | RowError]
) -> list[RowReport]:
    try:
        with database.writing() as session:
            reports = [importing.import_row(session, row) for row in batch]
            raise _DryRun
    except _DryRun:
        pass
    for row, report in zip(batch, reports, strict=True):
        if isinstance(row, Row) and report.outcome is RowOutcome.ACCEPTED:
            importing.remember(row)
    return [replace(report, entitlement_id=None) for report in reports]


class _DryRun(Exception):
    """Ends a transaction that must not be committed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Importing:
    """One file on its way in.

    rehearsed_rows, rehearsed_kinds: what the earlier batches of a dry run would have left in the
    tables. They were rolled back one by one, so as not to hold other writers up for a whole file.
    """

    context: IssuerContext
    agency: Agency
    credential_type: CredentialType
    permissions: Collection[str]
    now: datetime
    rehearsed_rows: set[bytes] = field(default_factory=set)
    rehearsed_kinds: set[tuple[PersonRef, str]] = field(default_factory=set)

    def import_row(self, session: Session, row: Row | RowError) -> RowReport:
        """What becomes of one row."""
        if isinstance(row, RowError):
            return RowReport(
                line=row.line,
                outcome=RowOutcome.REFUSED,
                code=InvalidClaims.code,
                problems=row.problems,
            )
        digest = row_digest(self.context, self.agency, self.credential_type, row)
        try:
            return self._known(session, row, digest) or self._approve(session, row, digest)
        except (EntitlementExists, TypeNotIssued, UnknownPerson) as error:
            return RowReport(line=row.line, outcome=RowOutcome.REFUSED, code=error.code)

    def remember(self, row: Row) -> None:
        """Note what a rehearsed row would have left."""
        self.rehearsed_rows.add(row_digest(self.context, self.agency, self.credential_type, row))
        if row.person_ref is not None:
            self.rehearsed_kinds.add((row.person_ref, self._kind(row)))

    def _known(self, session: Session, row: Row, digest: bytes) -> RowReport | None:
        known = store.find_imported(session, digest)
        if known is None and digest not in self.rehearsed_rows:
            return None
        return RowReport(line=row.line, outcome=RowOutcome.KNOWN, entitlement_id=known)

    def _approve(self, session: Session, row: Row, digest: bytes) -> RowReport:
        if (row.person_ref, self._kind(row)) in self.rehearsed_kinds:
            raise EntitlementExists("the person has one that waits to be fetched")
        try:
            with session.begin_nested():
                entitlement = approve(
                    session,
                    self.context,
                    self.agency,
                    self.credential_type,
                    row.claims,
                    permissions=self.permissions,
                    person_ref=row.person_ref,
                    now=self.now,
                )
                store.add_imported(session, digest, entitlement.id)
        except (IntegrityError, EntitlementExists):
            known = self._known(session, row, digest)
            if known is None:
                raise
            return known  # Another process imports the same file, and was faster.
        return RowReport(line=row.line, outcome=RowOutcome.ACCEPTED, entitlement_id=entitlement.id)

    def _kind(self, row: Row) -> str:
        return permission(self.credential_type, row.claims)


def row_digest(
    context: IssuerContext, agency: Agency, credential_type: CredentialType, row: Row
) -> bytes:
    """By what a row is recognised when it comes again, whichever way.

    A keyed digest: a plain hash of a name and a birth date could be guessed.
    """
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
