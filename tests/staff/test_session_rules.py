"""How long somebody stays signed in, and how often a password may be tried."""

from datetime import timedelta

import pytest

from staff.session_rules import ABSOLUTE, IDLE, TRY_WINDOW, Tries, is_alive
from tests.simulators.clock import START

SECOND = timedelta(seconds=1)


@pytest.mark.parametrize(
    ("age", "idle", "alive"),
    [
        (timedelta(0), timedelta(0), True),
        (IDLE, IDLE - SECOND, True),
        (IDLE, IDLE, False),
        (ABSOLUTE - SECOND, timedelta(0), True),
        (ABSOLUTE, timedelta(0), False),
    ],
    ids=["new", "just-idle-enough", "idle", "just-young-enough", "old"],
)
def test_a_session_lives_while_it_is_used_and_not_beyond_a_working_day(
    age: timedelta, idle: timedelta, alive: bool
) -> None:
    assert is_alive(created=START - age, last_seen=START - idle, now=START) is alive


def test_tries_are_counted_in_a_window_that_ends() -> None:
    tries = Tries(START, 0)
    for count in range(5):
        assert not tries.are_too_many(5, START), count
        tries = tries.after_one_more(START)
    assert tries.are_too_many(5, START + TRY_WINDOW - SECOND)
    assert not tries.are_too_many(5, START + TRY_WINDOW)
    assert tries.after_one_more(START + TRY_WINDOW) == Tries(START + TRY_WINDOW, 1)
