"""The life of an offer: every row of its table, and every row that must not be in it."""

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from issuer.errors import OfferNotOpen
from issuer.issuance_session import LIVE, TRANSITIONS, Event, State, advance

# Written out again, so that a changed table must be meant.
ROWS = {
    (State.OFFERED, Event.REDEEM): State.REDEEMED,
    (State.OFFERED, Event.LOCK): State.LOCKED,
    (State.OFFERED, Event.EXPIRE): State.EXPIRED,
    (State.OFFERED, Event.CANCEL): State.CANCELLED,
    (State.REDEEMED, Event.ISSUE): State.ISSUED,
    (State.REDEEMED, Event.RENEW): State.OFFERED,
    (State.REDEEMED, Event.EXPIRE): State.EXPIRED,
    (State.REDEEMED, Event.CANCEL): State.CANCELLED,
}
MISSING = [pair for pair in product(State, Event) if pair not in ROWS]


@pytest.mark.parametrize(("state", "event"), ROWS, ids=map("-".join, ROWS))
def test_an_event_leads_on(state: State, event: Event) -> None:
    assert advance(state, event) is ROWS[state, event]


@pytest.mark.parametrize(("state", "event"), MISSING, ids=map("-".join, MISSING))
def test_an_event_that_has_no_row_is_refused(state: State, event: Event) -> None:
    with pytest.raises(OfferNotOpen):
        advance(state, event)


def test_the_table_can_not_be_changed() -> None:
    with pytest.raises(TypeError):
        TRANSITIONS[State.ISSUED, Event.ISSUE] = State.ISSUED  # type: ignore[index]


def test_what_is_live_can_still_lead_to_a_credential_and_nothing_else_can() -> None:
    leading = {state for state in State if _can_reach(state, State.ISSUED) and state != "issued"}
    assert set(LIVE) == leading


@given(st.lists(st.sampled_from(Event), max_size=30))
def test_whatever_happens_an_offer_issues_once_and_ends(events: list[Event]) -> None:
    state, issued = State.OFFERED, 0
    for event in events:
        try:
            after = advance(state, event)
        except OfferNotOpen:
            continue
        assert state in LIVE  # nothing that has ended goes on
        state, issued = after, issued + (after is State.ISSUED)
    assert issued <= 1


def _can_reach(start: State, goal: State) -> bool:
    seen, todo = {start}, [start]
    while todo:
        state = todo.pop()
        following = {after for (before, _), after in TRANSITIONS.items() if before is state} - seen
        seen |= following
        todo.extend(following)
    return goal in seen
