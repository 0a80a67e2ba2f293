"""Decides about a draft: another clerk than the one who prepared it approves or refuses."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy.orm import Session

from issuer import desk_store
from issuer.actions.approve import approve
from issuer.actions.context import IssuerContext
from issuer.actions.drafts import lock_draft, read_draft, seal_reason
from issuer.agency import Agency
from issuer.draft import MAX_REASON_CHARS, Draft, DraftEvent, advance, check_decider
from issuer.entitlement import Entitlement
from issuer.errors import DraftNotOpen, ReasonMissing
from issuer.models import DraftRow
from schemas.claim import TextContent
from schemas.clean_text import normalise, text_problems


def approve_draft(
    session: Session,
    context: IssuerContext,
    agency: Agency,
    draft_id: str,
    *,
    revision: int,
    permissions: Collection[str],
    clerk: str,
    now: datetime,
) -> Entitlement:
    """Approve what a colleague has submitted, and so make the entitlement.

    revision: the one that was on the approver's screen. Raises UnknownDraft, OwnDraft,
    DraftNotOpen, TypeNotIssued, InvalidClaims, UnknownPerson or EntitlementExists.
    """
    row = lock_draft(session, agency.code, draft_id)
    check_decider(row.drafted_by, clerk)
    return entitle(
        session,
        context,
        agency,
        row,
        revision=revision,
        permissions=permissions,
        clerk=clerk,
        now=now,
    )


def entitle(
    session: Session,
    context: IssuerContext,
    agency: Agency,
    row: DraftRow,
    *,
    revision: int,
    permissions: Collection[str],
    clerk: str,
    now: datetime,
) -> Entitlement:
    """Turn a submitted draft into an entitlement, for a clerk who may. Raises as `approve_draft`.

    The claims are checked once more: since they were entered, the day and the registry have moved.
    """
    draft = read_draft(context, row)
    after = advance(draft.state, DraftEvent.APPROVE)
    made = approve(
        session,
        context,
        agency,
        draft.type,
        draft.claims,
        permissions=permissions,
        person_ref=draft.person_ref,
        now=now,
    )
    values = {"reviewed_by": clerk, "reviewed_at": now, "entitlement_id": made.id}
    if revision != draft.revision or not desk_store.move_draft(
        session, agency.code, row, after.value, values
    ):
        raise DraftNotOpen("the draft was changed in the meantime")
    return made


def refuse_draft(
    session: Session,
    context: IssuerContext,
    agency: Agency,
    draft_id: str,
    *,
    revision: int,
    reason: str,
    clerk: str,
    now: datetime,
) -> Draft:
    """Give a draft back with a reason; its clerk can correct it.

    Raises UnknownDraft, OwnDraft, DraftNotOpen or ReasonMissing.
    """
    row = lock_draft(session, agency.code, draft_id)
    check_decider(row.drafted_by, clerk)
    draft = read_draft(context, row)
    after = advance(draft.state, DraftEvent.REFUSE)
    values = {
        "reviewed_by": clerk,
        "reviewed_at": now,
        "sealed_reason": seal_reason(context, parse_reason(reason), table="draft", row=row.id),
    }
    if revision != draft.revision or not desk_store.move_draft(
        session, agency.code, row, after.value, values
    ):
        raise DraftNotOpen("the draft was changed in the meantime")
    return read_draft(context, row)


def parse_reason(text: str) -> str:
    """A reason in a clerk's own words. Raises ReasonMissing, which repeats none of it."""
    reason = normalise(text.strip())
    if not 0 < len(reason) <= MAX_REASON_CHARS or any(text_problems(reason, TextContent.PLAIN)):
        raise ReasonMissing(f"say why in at most {MAX_REASON_CHARS} plain characters")
    return reason
