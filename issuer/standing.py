"""How an entitlement stands, in one word: its own state and that of its credentials together."""

from collections.abc import Collection
from datetime import datetime
from enum import StrEnum

from credentials.status.bits import State
from issuer.entitlement import EntitlementState


class Standing(StrEnum):
    """WAITING to be fetched, LAPSED since nobody did; ISSUED and valid, or SUSPENDED or REVOKED;
    CANCELLED before it was fetched."""

    WAITING = "waiting"
    LAPSED = "lapsed"
    ISSUED = "issued"
    SUSPENDED = "suspended"
    REVOKED = "revoked"
    CANCELLED = "cancelled"


def standing(
    state: EntitlementState, copies: Collection[State], *, claim_by: datetime, now: datetime
) -> Standing:
    """The word. copies: the status of each credential that was issued for it."""
    if State.REVOKED in copies:
        return Standing.REVOKED
    if State.SUSPENDED in copies:
        return Standing.SUSPENDED
    match state:
        case EntitlementState.WAITING:
            return Standing.WAITING if now < claim_by else Standing.LAPSED
        case EntitlementState.ISSUED:
            return Standing.ISSUED
        case EntitlementState.CANCELLED:
            return Standing.CANCELLED
        case EntitlementState.EXPIRED:
            return Standing.LAPSED
