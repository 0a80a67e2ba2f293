"""The life of one offer, as a table. Every move in the database goes along a row of it.

    offered ──redeem──> redeemed ──issue──> issued
       │  ^                │
       │  └────renew───────┘            the code or token ran out and nothing was issued yet
       ├──lock──> locked                the fifth wrong transaction code
       └──cancel/expire──>              also from redeemed: while nothing was issued

Spec: OpenID4VCI 1.0 §3.5 for the flow; the states are ours.
"""

from collections.abc import Mapping
from datetime import timedelta
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from issuer.errors import OfferNotOpen

MAX_TX_CODE_TRIES: Final = 5
CODE_LIFETIME: Final = timedelta(minutes=10)
ACCESS_TOKEN_LIFETIME: Final = timedelta(minutes=10)


class State(StrEnum):
    """Where an offer stands."""

    OFFERED = "offered"
    REDEEMED = "redeemed"
    ISSUED = "issued"
    LOCKED = "locked"
    EXPIRED = "expired"
    CANCELLED = "cancelled"


class Event(StrEnum):
    """What may happen to an offer."""

    REDEEM = "redeem"
    RENEW = "renew"
    ISSUE = "issue"
    LOCK = "lock"
    EXPIRE = "expire"
    CANCEL = "cancel"


TRANSITIONS: Final[Mapping[tuple[State, Event], State]] = MappingProxyType(
    {
        (State.OFFERED, Event.REDEEM): State.REDEEMED,
        (State.OFFERED, Event.LOCK): State.LOCKED,
        (State.OFFERED, Event.EXPIRE): State.EXPIRED,
        (State.OFFERED, Event.CANCEL): State.CANCELLED,
        (State.REDEEMED, Event.ISSUE): State.ISSUED,
        (State.REDEEMED, Event.RENEW): State.OFFERED,
        (State.REDEEMED, Event.EXPIRE): State.EXPIRED,
        (State.REDEEMED, Event.CANCEL): State.CANCELLED,
    }
)

# An entitlement has at most one offer in one of these.
LIVE: Final = (State.OFFERED, State.REDEEMED)


def advance(state: State, event: Event) -> State:
    """The state after an event. Raises OfferNotOpen where the table has no row."""
    try:
        return TRANSITIONS[state, event]
    except KeyError as error:
        raise OfferNotOpen(f"an offer that is {state} takes no {event}") from error
