"""One process at a time writes what all of them submit. Real threads, on both databases."""

import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from functools import partial
from typing import TypeAlias

import pytest

from did_registry.actions.sequence import take_over
from did_registry.actions.sequencer import SEQUENCER, Sequencer, finish_inbox
from did_registry.errors import KeyReused, LogInconsistent, SequencerStopped
from did_registry.inbox import Outcome, Sequenced
from storage.transaction import Database
from tests.did_registry.actions.test_sequence import leaf, leave
from tests.simulators.race import race
from tests.simulators.registry import SimulatedRegistry

Begin: TypeAlias = Callable[[], Sequencer]
SECONDS = 30.0  # generous: what is waited for comes within milliseconds, or the test fails


class Bell:
    """A publisher that is only rung."""

    def __init__(self) -> None:
        self.rung = threading.Event()

    def wake(self) -> None:
        self.rung.set()


@pytest.fixture
def registry(database: Database) -> SimulatedRegistry:
    return SimulatedRegistry(database)


@pytest.fixture
def bell() -> Bell:
    return Bell()


@pytest.fixture
def begin(registry: SimulatedRegistry, bell: Bell) -> Iterator[Callable[[], Sequencer]]:
    """Another process's sequencer, each time it is called."""
    with ExitStack() as open_ones:

        def one() -> Sequencer:
            lead = registry.database.leadership(SEQUENCER)
            begun = Sequencer(registry.database, lead, bell, registry.clock)
            return open_ones.enter_context(begun)

        yield one


def _submit(of: Sequencer, number: int) -> Callable[[], Outcome | None]:
    return partial(of.submit, leaf(number), seconds=SECONDS)


def test_what_many_threads_submit_is_logged_once_each(
    registry: SimulatedRegistry, begin: Begin, bell: Bell
) -> None:
    ours = begin()
    outcomes = race([_submit(ours, number) for number in [*range(1, 25), *range(1, 9)]])
    indexes = [outcome.index for outcome in outcomes if isinstance(outcome, Sequenced)]
    assert sorted(set(indexes)) == list(range(1, 25))
    assert indexes[:8] == indexes[24:]
    assert bell.rung.is_set()
    registry.publish()
    assert registry.replay().checkpoint.size == 25


def test_two_processes_share_one_log(registry: SimulatedRegistry, begin: Begin) -> None:
    one, two = begin(), begin()
    acts = [_submit(of, number) for number in range(1, 13) for of in (one, two)]
    outcomes = race(acts)
    assert outcomes[::2] == outcomes[1::2]
    indexes = {outcome.index for outcome in outcomes if isinstance(outcome, Sequenced)}
    assert indexes == set(range(1, 13))


def test_whoever_does_not_lead_leaves_it_and_takes_the_lead_when_it_is_free(
    registry: SimulatedRegistry, begin: Begin
) -> None:
    other = registry.database.leadership(SEQUENCER)
    assert other.take()
    ours = begin()
    assert ours.submit(leaf(1), seconds=1.0) is None  # in the inbox, and its turn will come
    assert ours.submit(leaf(1), seconds=0.2) is None
    other.give_up()
    assert ours.submit(leaf(1), seconds=SECONDS) == Sequenced(index=1)


def test_one_that_was_taken_over_begins_anew(registry: SimulatedRegistry, begin: Begin) -> None:
    ours = begin()
    assert ours.submit(leaf(1), seconds=SECONDS) == Sequenced(index=1)
    registry.write(lambda session: take_over(session, now=registry.clock()))
    assert ours.submit(leaf(2), seconds=SECONDS) == Sequenced(index=2)


def test_refusals_reach_whom_they_concern(registry: SimulatedRegistry, begin: Begin) -> None:
    ours = begin()
    assert ours.submit(leaf(1), seconds=SECONDS) == Sequenced(index=1)
    with pytest.raises(KeyReused):
        ours.submit(leaf(2, key=1), seconds=SECONDS)
    registry.clock.advance(days=-1)
    with pytest.raises(LogInconsistent):
        ours.submit(leaf(3), seconds=SECONDS)
    registry.clock.advance(days=1)
    assert ours.submit(leaf(3), seconds=SECONDS) == Sequenced(index=2)


def test_the_next_start_logs_what_a_crash_has_left(registry: SimulatedRegistry) -> None:
    leave(registry, *(leaf(number) for number in range(1, 6)))
    lead = registry.database.leadership(SEQUENCER)
    finish_inbox(registry.database, lead, now=registry.clock())
    registry.publish()
    assert registry.replay().checkpoint.size == 6
    assert lead.take()  # it was given up
    lead.give_up()


def test_a_start_beside_a_leader_leaves_it_to_him(
    registry: SimulatedRegistry, begin: Begin
) -> None:
    leave(registry, leaf(1))
    leader = registry.database.leadership(SEQUENCER)
    assert leader.take()
    lead = registry.database.leadership(SEQUENCER)
    finish_inbox(registry.database, lead, now=registry.clock())
    assert registry.append([]) == []
    leader.give_up()
    assert begin().submit(leaf(2), seconds=SECONDS) == Sequenced(index=2)


def test_an_inbox_that_another_process_writes_to_meanwhile_is_no_failure(
    registry: SimulatedRegistry, begin: Begin
) -> None:
    one, two = begin(), begin()
    for number in range(1, 30):  # each time at once: who keeps it and who logs it is chance
        outcomes = race([_submit(one, number), _submit(two, number)])
        assert outcomes == [Sequenced(index=number)] * 2


def test_a_process_that_ends_finishes_what_is_at_hand(
    registry: SimulatedRegistry, begin: Begin
) -> None:
    ours = begin()
    assert ours.submit(leaf(1), seconds=SECONDS) == Sequenced(index=1)
    ours.close()
    with pytest.raises(SequencerStopped):
        ours.submit(leaf(2), seconds=SECONDS)
    assert begin().submit(leaf(2), seconds=SECONDS) == Sequenced(index=2)
