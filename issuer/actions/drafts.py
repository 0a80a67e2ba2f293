"""Reads drafts, files and proposals for the clerk of one agency; another agency's are not there."""

from sqlalchemy.orm import Session

from credentials.json_object import JsonObject, parse_object
from issuer import desk_store
from issuer.actions.context import IssuerContext
from issuer.batch import MAX_REFUSALS, Batch, BatchState, RefusedCell
from issuer.draft import Draft, DraftState, is_id
from issuer.errors import DraftNotOpen, UnknownDraft
from issuer.models import BatchRow, DraftRow
from issuer.person import PersonRef
from schemas.catalogue import get


def get_draft(session: Session, context: IssuerContext, agency: str, draft_id: str) -> Draft:
    """The draft with this id. Raises UnknownDraft, or SealBroken if it was altered."""
    row = desk_store.find(session, agency, DraftRow, draft_id) if is_id("d", draft_id) else None
    if row is None:
        raise UnknownDraft("there is no draft with this id")
    return read_draft(context, row)


def lock_draft(session: Session, agency: str, draft_id: str) -> DraftRow:
    """The row of a draft that came alone, which nobody else changes until the transaction ends.

    Raises UnknownDraft, or DraftNotOpen for a line of a file, which goes the way of its file.
    """
    row = desk_store.lock(session, agency, DraftRow, draft_id) if is_id("d", draft_id) else None
    if row is None:
        raise UnknownDraft("there is no draft with this id")
    if row.batch_id is not None:
        raise DraftNotOpen("a line of a file is decided about with the file")
    return row


def get_batch(session: Session, context: IssuerContext, agency: str, batch_id: str) -> Batch:
    """The file with this id. Raises UnknownDraft, or SealBroken."""
    row = desk_store.find(session, agency, BatchRow, batch_id) if is_id("b", batch_id) else None
    if row is None:
        raise UnknownDraft("there is no file with this id")
    return read_batch(context, row)


def lock_batch(session: Session, agency: str, batch_id: str) -> BatchRow:
    """The row of a file, locked. Raises UnknownDraft."""
    row = desk_store.lock(session, agency, BatchRow, batch_id) if is_id("b", batch_id) else None
    if row is None:
        raise UnknownDraft("there is no file with this id")
    return row


def read_draft(context: IssuerContext, row: DraftRow) -> Draft:
    """The draft in a row. Raises SealBroken."""
    claims = context.sealer.unseal(row.sealed_claims, table="draft", row=row.id, column="claims")
    return Draft(
        id=row.id,
        agency=row.agency,
        type=get(row.type_name, row.type_version),
        claims=parse_object(claims).members,
        person_ref=None if row.person_ref is None else PersonRef(row.person_ref),
        state=DraftState(row.state),
        revision=row.revision,
        drafted_by=row.drafted_by,
        drafted_at=row.drafted_at,
        reviewed_by=row.reviewed_by,
        reason=_unseal(context, row.sealed_reason, "draft", row.id),
        refusal_code=row.refusal_code,
        batch_id=row.batch_id,
        line=row.line,
        entitlement_id=row.entitlement_id,
    )


def read_batch(context: IssuerContext, row: BatchRow) -> Batch:
    """The file in a row. Raises SealBroken."""
    name = context.sealer.unseal(row.sealed_name, table="batch", row=row.id, column="name")
    found = JsonObject({"cells": row.refusals}).objects("cells", max_items=MAX_REFUSALS)
    return Batch(
        id=row.id,
        agency=row.agency,
        type=get(row.type_name, row.type_version),
        file_name=name.decode("utf-8"),
        state=BatchState(row.state),
        drafted_by=row.drafted_by,
        drafted_at=row.drafted_at,
        reviewed_by=row.reviewed_by,
        reason=_unseal(context, row.sealed_reason, "batch", row.id),
        accepted=row.accepted,
        known=row.known,
        refused=row.refused,
        refusals=tuple(
            RefusedCell(
                line=cell.integer("line"),
                column=cell.text_or_none("column"),
                code=cell.text("code"),
            )
            for cell in found
        ),
    )


def seal_reason(context: IssuerContext, reason: str, *, table: str, row: str) -> bytes:
    """A reason in a clerk's own words, which may tell of a person and so is sealed."""
    return context.sealer.seal(reason.encode("utf-8"), table=table, row=row, column="reason")


def _unseal(context: IssuerContext, sealed: bytes | None, table: str, row: str) -> str | None:
    if sealed is None:
        return None
    return context.sealer.unseal(sealed, table=table, row=row, column="reason").decode("utf-8")
