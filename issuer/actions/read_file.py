"""Reads a CSV file into a batch: each good row becomes a draft, each bad one a place in the report.

Nothing goes to an approver yet: the clerk sees the counts and every refused row first. A row that
was brought before, as a draft or by the command line, is recognised and not drafted twice.
"""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice
from typing import Final

from sqlalchemy.orm import Session

from credentials.claims import Claims
from credentials.strict_json import JsonValue
from issuer import desk_store, store
from issuer.actions.context import IssuerContext
from issuer.actions.drafts import lock_batch
from issuer.actions.import_entitlements import row_digest
from issuer.actions.save_draft import new_row, seal_claims
from issuer.agency import Agency
from issuer.batch import MAX_REFUSALS, BatchEvent, BatchState, advance
from issuer.csv_rows import Row, RowError, read_rows
from issuer.draft import ID_BYTES, new_id
from issuer.errors import DraftNotOpen, NothingChosen, TypeNotIssued, UnknownPerson
from issuer.models import BatchRow
from schemas.claim_problem import ProblemCode, problem
from schemas.credential_type import CredentialType, permission
from schemas.errors import InvalidClaims, ResidentNumberBlocked
from schemas.rrn_guard import check_text
from schemas.seoul_calendar import day_in_seoul
from storage.transaction import Database

ROWS_A_TRANSACTION: Final = 500


def read_file(
    database: Database,
    context: IssuerContext,
    agency: Agency,
    credential_type: CredentialType,
    data: bytes,
    *,
    file_name: str,
    permissions: Collection[str],
    clerk: str,
    now: datetime,
) -> str:
    """Read a file, 500 rows a transaction; returns the batch's id.

    Until the last row is read nothing but discarding can happen to it; then reading ends with
    DraftNotOpen. Raises, before anything is written, CsvUnreadable, InvalidClaims (the heading, the
    file's name) or TooLarge, and NothingChosen for a file without rows.
    """
    _check_name(file_name)
    rows = read_rows(data, credential_type, day_in_seoul(now))
    first = list(islice(rows, ROWS_A_TRANSACTION))
    if not first:
        raise NothingChosen("the file has a heading and no row")
    reading = _Reading(context, agency, credential_type, frozenset(permissions), clerk, now)
    batch_id = new_id("b", context.entropy(ID_BYTES))
    with database.writing() as session:
        session.add(reading.new_batch(batch_id, file_name))
        session.flush()
        reading.draft(session, batch_id, first)
    for chunk in _chunks(rows):
        with database.writing() as session:
            reading.draft(session, batch_id, chunk)
    with database.writing() as session:
        batch = lock_batch(session, agency.code, batch_id)
        batch.state = advance(BatchState(batch.state), BatchEvent.END).value
    return batch_id


def _check_name(file_name: str) -> None:
    try:
        check_text(file_name)
    except ResidentNumberBlocked as error:
        raise InvalidClaims([problem(("file",), ProblemCode.RESIDENT_NUMBER)]) from error


def _chunks(rows: Iterator[Row | RowError]) -> Iterator[list[Row | RowError]]:
    while chunk := list(islice(rows, ROWS_A_TRANSACTION)):
        yield chunk


@dataclass(slots=True)
class _Reading:
    """One file on its way in. refusals: as JSON, up to the number that is shown."""

    context: IssuerContext
    agency: Agency
    credential_type: CredentialType
    permissions: frozenset[str]
    clerk: str
    now: datetime
    accepted: int = 0
    known: int = 0
    refused: int = 0
    refusals: list[JsonValue] = field(default_factory=list)

    def new_batch(self, batch_id: str, file_name: str) -> BatchRow:
        """The row of a batch that has no line yet."""
        return BatchRow(
            id=batch_id,
            agency=self.agency.code,
            type_name=self.credential_type.name,
            type_version=self.credential_type.version,
            sealed_name=self.context.sealer.seal(
                file_name.encode("utf-8"), table="batch", row=batch_id, column="name"
            ),
            state=BatchState.READING.value,
            drafted_by=self.clerk,
            drafted_at=self.now,
            accepted=0,
            known=0,
            refused=0,
            refusals=[],
        )

    def draft(self, session: Session, batch_id: str, chunk: Sequence[Row | RowError]) -> None:
        """Make drafts of one transaction's rows, and bring the counts up to date.

        Raises DraftNotOpen if the file was discarded meanwhile.
        """
        batch = lock_batch(session, self.agency.code, batch_id)
        if BatchState(batch.state) is not BatchState.READING:
            raise DraftNotOpen("the file was discarded while it was being read")
        digests = {
            row.line: row_digest(self.context, self.agency, self.credential_type, row)
            for row in chunk
            if isinstance(row, Row)
        }
        seen = set(desk_store.known_digests(session, digests.values()))
        for row in chunk:
            if isinstance(row, RowError):
                self._refuse(row.line, [(found.where, found.code) for found in row.problems])
            elif digests[row.line] in seen:
                self.known += 1
            elif (code := self._refusal(session, row)) is not None:
                self._refuse(row.line, [(None, code)])
            else:
                seen.add(digests[row.line])
                self._add(session, batch_id, row, digests[row.line])
        session.flush()
        batch.accepted, batch.known, batch.refused = self.accepted, self.known, self.refused
        batch.refusals = list(self.refusals)

    def _refusal(self, session: Session, row: Row) -> str | None:
        """Why a row that reads well may still not be drafted."""
        if permission(self.credential_type, row.claims) not in self.permissions:
            return TypeNotIssued.code
        if row.person_ref is not None and not store.has_person(session, row.person_ref):
            return UnknownPerson.code
        return None

    def _add(self, session: Session, batch_id: str, row: Row, digest: bytes) -> None:
        draft = new_row(
            self.agency,
            self.credential_type,
            person_ref=row.person_ref,
            clerk=self.clerk,
            now=self.now,
        )
        draft.id = new_id("d", self.context.entropy(ID_BYTES))
        draft.sealed_claims = self._seal(draft.id, row.claims)
        draft.batch_id, draft.line, draft.row_digest = batch_id, row.line, digest
        session.add(draft)
        self.accepted += 1

    def _seal(self, draft_id: str, claims: Claims) -> bytes:
        return seal_claims(self.context, draft_id, claims)

    def _refuse(self, line: int, cells: Sequence[tuple[str | None, str]]) -> None:
        self.refused += 1
        for column, code in cells:
            if len(self.refusals) < MAX_REFUSALS:
                cell: dict[str, JsonValue] = {"line": line, "code": str(code)}
                self.refusals.append(cell if column is None else {**cell, "column": column})
