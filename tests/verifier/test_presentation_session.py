from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from verifier.errors import RequestOver
from verifier.presentation_session import TRANSITIONS, Event, State, advance

ENDS = {State.ANSWERED, State.DECIDED, State.EXPIRED}


@pytest.mark.parametrize(("state", "event"), [*product(State, Event)], ids=str)
def test_moves_along_the_table_and_nowhere_else(state: State, event: Event) -> None:
    if (state, event) in TRANSITIONS:
        assert advance(state, event) is TRANSITIONS[state, event]
    else:
        with pytest.raises(RequestOver):
            advance(state, event)


def test_a_request_may_be_fetched_twice_and_answered_only_after_that() -> None:
    fetched = advance(State.REQUESTED, Event.FETCH)
    assert advance(fetched, Event.FETCH) is State.FETCHED
    for answered in (Event.DECIDE, Event.DECLINE):
        with pytest.raises(RequestOver):
            advance(State.REQUESTED, answered)


@given(st.lists(st.sampled_from(Event)))
def test_whatever_happens_a_request_is_answered_once_and_ends_once(events: list[Event]) -> None:
    state, ends = State.REQUESTED, 0
    for event in events:
        try:
            state = advance(state, event)
        except RequestOver:
            continue
        ends += state in ENDS
    assert ends <= 1
