"""The life of one request for presentations, as a table.

    requested ──fetch──> fetched ──decide──> decided        presentations came, and were judged
        │                   ├──decline──> answered          the wallet said that it sends nothing
        └──── expire ───────┴──expire───> expired

A verdict and the move to `decided` are one write, so a nonce is used up exactly once and there is
no moment in which an answer is taken and not yet judged. Spec: OpenID4VP 1.0 §3.
"""

from collections.abc import Mapping
from datetime import timedelta
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from verifier.errors import RequestOver

REQUEST_LIFETIME: Final = timedelta(minutes=10)


class State(StrEnum):
    """Where a request stands."""

    REQUESTED = "requested"
    FETCHED = "fetched"
    ANSWERED = "answered"
    DECIDED = "decided"
    EXPIRED = "expired"


class Event(StrEnum):
    """What may happen to a request."""

    FETCH = "fetch"
    DECIDE = "decide"
    DECLINE = "decline"
    EXPIRE = "expire"


TRANSITIONS: Final[Mapping[tuple[State, Event], State]] = MappingProxyType(
    {
        (State.REQUESTED, Event.FETCH): State.FETCHED,
        (State.FETCHED, Event.FETCH): State.FETCHED,  # a wallet may fetch twice, says OpenID4VP
        (State.FETCHED, Event.DECIDE): State.DECIDED,
        (State.FETCHED, Event.DECLINE): State.ANSWERED,
        (State.REQUESTED, Event.EXPIRE): State.EXPIRED,
        (State.FETCHED, Event.EXPIRE): State.EXPIRED,
    }
)


def advance(state: State, event: Event) -> State:
    """The state after an event. Raises RequestOver where the table has no row."""
    try:
        return TRANSITIONS[state, event]
    except KeyError as error:
        raise RequestOver(f"a request that is {state} takes no further {event}") from error
