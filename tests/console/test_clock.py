from datetime import UTC, timedelta

from console.clock import shifted_clock, system_clock
from tests.simulators.clock import START, SimulatedClock


def test_the_machines_clock_is_aware_utc_and_runs() -> None:
    first, second = system_clock(), system_clock()
    assert first.tzinfo is UTC
    assert first <= second


def test_a_shifted_clock_runs_as_fast() -> None:
    clock = SimulatedClock()
    shifted = shifted_clock(clock, timedelta(days=-2))
    assert shifted() == START - timedelta(days=2)
    clock.advance(seconds=5)
    assert shifted() == START - timedelta(days=2) + timedelta(seconds=5)
