"""Suspends, reinstates or revokes every copy of what was issued for an entitlement."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy.orm import Session

from credentials.status.bits import State
from issuer import store
from issuer.actions.context import IssuerContext
from issuer.actions.entitlements import lock_entitlement
from issuer.actions.publish_status_list import publish_status_list
from issuer.agency import Agency
from issuer.entitlement import Entitlement, EntitlementState
from issuer.errors import ReasonUnknown, StatusUnchangeable, UnknownEntitlement
from issuer.issuance_session import Event
from issuer.models import StatusEntryRow
from schemas.credential_type import StatusAction
from schemas.status_reasons import ReasonState, status_reasons


class StatusChange(StrEnum):
    """What a clerk may do."""

    SUSPEND = "suspend"
    REINSTATE = "reinstate"
    REVOKE = "revoke"


@dataclass(frozen=True, slots=True, kw_only=True)
class Changed:
    """What became of an entitlement's credentials; published before anybody is told."""

    entitlement_id: str
    state: State
    list_uri: str
    published_at: datetime


_TARGETS = {
    StatusChange.SUSPEND: State.SUSPENDED,
    StatusChange.REINSTATE: State.VALID,
    StatusChange.REVOKE: State.REVOKED,
}


def change_status(
    session: Session,
    context: IssuerContext,
    agency: Agency,
    entitlement_id: str,
    change: StatusChange,
    *,
    reason: str | None,
    now: datetime,
) -> Changed:
    """Change the status of all copies, and publish the list.

    reason: a code of the table that leads to this state; None to reinstate. What was revoked stays
    so. An entitlement that is revoked before it was fetched is cancelled with its offers.
    Raises UnknownEntitlement (also for another agency's), ReasonUnknown or StatusUnchangeable.
    """
    mark_status(session, context, agency, entitlement_id, change, reason=reason, now=now)
    publish_status_list(session, context, agency, now=now)
    return Changed(
        entitlement_id=entitlement_id,
        state=_TARGETS[change],
        list_uri=agency.status_uri(),
        published_at=now,
    )


def mark_status(
    session: Session,
    context: IssuerContext,
    agency: Agency,
    entitlement_id: str,
    change: StatusChange,
    *,
    reason: str | None,
    now: datetime,
) -> None:
    """The same for one of several, whose list is published by the caller before anybody is told.

    Raises as `change_status`.
    """
    entitlement = lock_entitlement(session, context, entitlement_id)
    if entitlement.agency != agency.code:
        raise UnknownEntitlement("there is no entitlement with this id")
    check_reason(change, reason)
    _check_type(entitlement, change)
    entries = store.status_entries(session, entitlement_id)
    for entry in entries:
        _move(entry, change, reason, now)
    if change is StatusChange.REVOKE:
        _cancel_what_waits(session, entitlement)
    elif not entries:
        raise StatusUnchangeable("nothing was issued yet; an entitlement can only be revoked")
    session.flush()


def check_reason(change: StatusChange, reason: str | None) -> None:
    """Refuse a reason that does not lead there. Raises ReasonUnknown."""
    wanted = {
        StatusChange.SUSPEND: ReasonState.SUSPENDED,
        StatusChange.REINSTATE: None,
        StatusChange.REVOKE: ReasonState.REVOKED,
    }[change]
    found = None if reason is None else status_reasons().get(reason)
    if reason is not None and found is None:
        raise ReasonUnknown(f"there is no such reason code; to {change} takes {_choice(wanted)}")
    if (found.state if found else None) is not wanted:
        raise ReasonUnknown(f"to {change} takes {_choice(wanted)}")


def _choice(wanted: ReasonState | None) -> str:
    codes = [reason.code for reason in status_reasons().values() if reason.state is wanted]
    return f"one of {', '.join(codes)}" if codes else "no reason"


def _check_type(entitlement: Entitlement, change: StatusChange) -> None:
    needed = StatusAction.REVOKE if change is StatusChange.REVOKE else StatusAction.SUSPEND
    if needed not in entitlement.type.status:
        raise StatusUnchangeable(f"credentials of this type can't {change}")


def _move(entry: StatusEntryRow, change: StatusChange, reason: str | None, now: datetime) -> None:
    before, after = State(entry.state), _TARGETS[change]
    if before is State.REVOKED and after is not State.REVOKED:
        raise StatusUnchangeable("what was revoked stays revoked")
    if change is StatusChange.REINSTATE and before is not State.SUSPENDED:
        raise StatusUnchangeable("only what is suspended can be reinstated")
    if before is not after:
        entry.state, entry.reason, entry.changed_at = after.value, reason, now


def _cancel_what_waits(session: Session, entitlement: Entitlement) -> None:
    store.move_entitlement(session, entitlement.id, EntitlementState.CANCELLED)
    offer = store.lock_live_offer(session, entitlement.id)
    if offer is not None:
        store.move_offer(session, offer, Event.CANCEL)
