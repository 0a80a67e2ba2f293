"""Decides about a file as one set. Approving goes step by step, so that a long file shows how far
it is and an interruption costs nothing: the next step goes on where the last one ended."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy.orm import Session

from credentials.errors import Error
from issuer import desk_store, store
from issuer.actions.context import IssuerContext
from issuer.actions.drafts import lock_batch, seal_reason
from issuer.actions.review_draft import entitle, parse_reason
from issuer.agency import Agency
from issuer.batch import BatchEvent, BatchState, advance
from issuer.draft import DraftState, check_decider, check_drafter
from issuer.errors import EntitlementExists, NothingChosen, TypeNotIssued, UnknownPerson
from issuer.models import BatchRow, DraftRow
from schemas.errors import InvalidClaims

ROWS_A_STEP: Final = 250  # about a second


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """How far the approval of a file is, in rows. failed: refused now, with a code each."""

    total: int
    done: int
    failed: int

    @property
    def is_over(self) -> bool:
        """Whether no row is left."""
        return self.done + self.failed >= self.total


def submit_batch(session: Session, agency: Agency, batch_id: str, *, clerk: str) -> None:
    """Hand the accepted rows of one's own file in.

    Raises UnknownDraft, NotYourDraft, DraftNotOpen, or NothingChosen if no row was accepted.
    """
    row = lock_batch(session, agency.code, batch_id)
    check_drafter(row.drafted_by, clerk)
    after = advance(BatchState(row.state), BatchEvent.SUBMIT)
    if row.accepted == 0:
        raise NothingChosen("no row of the file was accepted")
    row.state = after.value
    _move_lines(session, row, DraftState.DRAFTED, DraftState.SUBMITTED, {})


def discard_batch(session: Session, agency: Agency, batch_id: str, *, clerk: str) -> None:
    """Give one's own file up; it may be brought again.

    Raises UnknownDraft, NotYourDraft or DraftNotOpen.
    """
    row = lock_batch(session, agency.code, batch_id)
    check_drafter(row.drafted_by, clerk)
    row.state = advance(BatchState(row.state), BatchEvent.DISCARD).value
    _move_lines(session, row, DraftState.DRAFTED, DraftState.DISCARDED, {"row_digest": None})


def refuse_batch(
    session: Session,
    context: IssuerContext,
    agency: Agency,
    batch_id: str,
    *,
    reason: str,
    clerk: str,
    now: datetime,
) -> None:
    """Give a colleague's file back with a reason; it may be brought again.

    Raises UnknownDraft, OwnDraft, DraftNotOpen or ReasonMissing.
    """
    row = lock_batch(session, agency.code, batch_id)
    check_decider(row.drafted_by, clerk)
    row.state = advance(BatchState(row.state), BatchEvent.REFUSE).value
    row.sealed_reason = seal_reason(context, parse_reason(reason), table="batch", row=row.id)
    row.reviewed_by = clerk
    values = {"row_digest": None, "reviewed_by": clerk, "reviewed_at": now}
    _move_lines(session, row, DraftState.SUBMITTED, DraftState.REFUSED, values)


def approve_next_rows(
    session: Session,
    context: IssuerContext,
    agency: Agency,
    batch_id: str,
    *,
    permissions: Collection[str],
    clerk: str,
    now: datetime,
) -> Progress:
    """Approve up to 250 more rows of a colleague's file.

    A row that may not become an entitlement now is refused with its code, and the others go on.
    Raises UnknownDraft, OwnDraft or DraftNotOpen.
    """
    batch = lock_batch(session, agency.code, batch_id)
    check_decider(batch.drafted_by, clerk)
    batch.state = advance(BatchState(batch.state), BatchEvent.BEGIN).value
    batch.reviewed_by = clerk
    for row in _submitted(session, batch):
        _approve_row(session, context, agency, row, permissions, clerk, now)
    found = progress(session, agency.code, batch_id, total=batch.accepted)
    if found.is_over:
        batch.state = advance(BatchState(batch.state), BatchEvent.FINISH).value
    session.flush()
    return found


def progress(session: Session, agency: str, batch_id: str, *, total: int) -> Progress:
    """How far a file is."""
    return Progress(
        total=total,
        done=_count(session, agency, batch_id, DraftState.APPROVED),
        failed=_count(session, agency, batch_id, DraftState.REFUSED),
    )


def _submitted(session: Session, batch: BatchRow) -> list[DraftRow]:
    states = (DraftState.SUBMITTED.value,)
    return list(
        desk_store.drafts(
            session, batch.agency, states, offset=0, limit=ROWS_A_STEP, batch_id=batch.id
        )
    )


def _approve_row(
    session: Session,
    context: IssuerContext,
    agency: Agency,
    row: DraftRow,
    permissions: Collection[str],
    clerk: str,
    now: datetime,
) -> None:
    try:
        with session.begin_nested():
            made = entitle(
                session,
                context,
                agency,
                row,
                revision=row.revision,
                permissions=permissions,
                clerk=clerk,
                now=now,
            )
            if row.row_digest is not None:
                store.add_imported(session, row.row_digest, made.id)
    except (EntitlementExists, UnknownPerson, InvalidClaims, TypeNotIssued) as error:
        _refuse_row(session, agency, row, error, clerk, now)


def _refuse_row(
    session: Session, agency: Agency, row: DraftRow, error: Error, clerk: str, now: datetime
) -> None:
    values = {
        "refusal_code": error.code,
        "reviewed_by": clerk,
        "reviewed_at": now,
        "row_digest": None,
    }
    desk_store.move_draft(session, agency.code, row, DraftState.REFUSED.value, values)


def _move_lines(
    session: Session, row: BatchRow, before: DraftState, after: DraftState, values: dict[str, Any]
) -> None:
    session.flush()
    desk_store.move_lines(session, row.agency, row.id, before.value, after.value, values)


def _count(session: Session, agency: str, batch_id: str, state: DraftState) -> int:
    return desk_store.count_drafts(session, agency, (state.value,), batch_id=batch_id)
