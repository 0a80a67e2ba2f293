"""Revokes several at once, which takes two: one clerk proposes, another one confirms.

All are revoked in one transaction and published once, or none is.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from sqlalchemy import insert
from sqlalchemy.orm import Session

from issuer import desk_store
from issuer.actions.change_status import StatusChange, check_reason, mark_status
from issuer.actions.context import IssuerContext
from issuer.actions.publish_status_list import publish_status_list
from issuer.agency import Agency
from issuer.draft import ID_BYTES, check_decider, is_id, new_id
from issuer.entitlement import is_entitlement_id
from issuer.errors import DraftNotOpen, NothingChosen, UnknownDraft, UnknownEntitlement
from issuer.models import EntitlementRow, RevocationItem, RevocationRow

MAX_ITEMS: Final = 500  # in one transaction, while a status list is locked


class RevocationState(StrEnum):
    """Where a proposal stands."""

    PROPOSED = "proposed"
    DONE = "done"
    DECLINED = "declined"


@dataclass(frozen=True, slots=True, kw_only=True)
class Revocation:
    """A proposal to revoke some entitlements for one reason."""

    id: str
    reason: str
    state: RevocationState
    proposed_by: str
    proposed_at: datetime
    decided_by: str | None


def propose_revocation(
    session: Session,
    context: IssuerContext,
    agency: Agency,
    entitlement_ids: Collection[str],
    *,
    reason: str,
    clerk: str,
    now: datetime,
) -> str:
    """Propose to revoke 1 to 500 entitlements; returns the proposal's id.

    Raises NothingChosen, ReasonUnknown or UnknownEntitlement.
    """
    check_reason(StatusChange.REVOKE, reason)
    if not 0 < len(entitlement_ids) <= MAX_ITEMS:
        raise NothingChosen(f"choose 1 to {MAX_ITEMS}")
    for entitlement_id in entitlement_ids:
        known = is_entitlement_id(entitlement_id)
        if not known or not desk_store.find(session, agency.code, EntitlementRow, entitlement_id):
            raise UnknownEntitlement("there is no entitlement with this id")
    row = RevocationRow(
        id=new_id("v", context.entropy(ID_BYTES)),
        agency=agency.code,
        reason=reason,
        state=RevocationState.PROPOSED.value,
        proposed_by=clerk,
        proposed_at=now,
    )
    session.add(row)
    session.flush()
    items = [{"revocation_id": row.id, "entitlement_id": item} for item in sorted(entitlement_ids)]
    session.execute(insert(RevocationItem), items)
    return row.id


def get_revocation(session: Session, agency: str, revocation_id: str) -> Revocation:
    """The proposal with this id. Raises UnknownDraft, also for another agency's."""
    known = is_id("v", revocation_id)
    row = desk_store.find(session, agency, RevocationRow, revocation_id) if known else None
    if row is None:
        raise UnknownDraft("there is no proposal with this id")
    return read_revocation(row)


def read_revocation(row: RevocationRow) -> Revocation:
    """The proposal in a row."""
    return Revocation(
        id=row.id,
        reason=row.reason,
        state=RevocationState(row.state),
        proposed_by=row.proposed_by,
        proposed_at=row.proposed_at,
        decided_by=row.decided_by,
    )


def confirm_revocation(
    session: Session,
    context: IssuerContext,
    agency: Agency,
    revocation_id: str,
    *,
    clerk: str,
    now: datetime,
) -> int:
    """Revoke all that a colleague proposed, and publish; returns how many.

    Raises UnknownDraft, OwnDraft, DraftNotOpen or StatusUnchangeable.
    """
    found = _decide(session, agency, revocation_id, RevocationState.DONE, clerk=clerk, now=now)
    items = desk_store.revocation_items(session, agency.code, revocation_id)
    for item in items:
        mark_status(
            session, context, agency, item.id, StatusChange.REVOKE, reason=found.reason, now=now
        )
    publish_status_list(session, context, agency, now=now)
    return len(items)


def decline_revocation(
    session: Session, agency: Agency, revocation_id: str, *, clerk: str, now: datetime
) -> None:
    """Do not revoke; who proposed it may take it back this way, too.

    Raises UnknownDraft or DraftNotOpen.
    """
    get_revocation(session, agency.code, revocation_id)
    _move(session, agency, revocation_id, RevocationState.DECLINED, clerk=clerk, now=now)


def _decide(
    session: Session,
    agency: Agency,
    revocation_id: str,
    after: RevocationState,
    *,
    clerk: str,
    now: datetime,
) -> Revocation:
    found = get_revocation(session, agency.code, revocation_id)
    check_decider(found.proposed_by, clerk)
    _move(session, agency, revocation_id, after, clerk=clerk, now=now)
    return found


def _move(
    session: Session,
    agency: Agency,
    revocation_id: str,
    after: RevocationState,
    *,
    clerk: str,
    now: datetime,
) -> None:
    if not desk_store.move_revocation(
        session, agency.code, revocation_id, after.value, by=clerk, now=now
    ):
        raise DraftNotOpen("the proposal was decided about in the meantime")
