"""Submissions get their places: the same key once, of two entries after one version the first."""

import pytest
from sqlalchemy.orm import Session

from credentials.errors import Error
from credentials.json_object import parse_object
from did_registry import inbox_store, store
from did_registry.actions.sequence import KEPT, accept, sequence, take_over
from did_registry.errors import KeyReused, LogFenced, LogInconsistent
from did_registry.inbox import Conflict, InboxState, Outcome, Sequenced, Submission
from did_registry.leaf import LeafKind
from did_registry.webvh.did import Did
from storage.transaction import Database
from tests.simulators.registry import SimulatedRegistry, draft


@pytest.fixture
def registry(database: Database) -> SimulatedRegistry:
    return SimulatedRegistry(database)


def leaf(number: int, *, key: int | None = None) -> Submission:
    made = draft(number)
    return Submission(
        key=(number if key is None else key).to_bytes(32),
        code=made.subject,
        kind=made.kind,
        subject=made.subject,
        body=made.body,
        expected=None,
        witnessed=False,
    )


def entry(registry: SimulatedRegistry, did: Did, line: bytes, *, key: int) -> Submission:
    return Submission(
        key=key.to_bytes(32),
        code="GU-11620",
        kind=LeafKind.DID,
        subject=did.scid,
        body={"entry": parse_object(line).members},
        expected=registry.version_id(did),
        witnessed=False,
    )


def take_lead(registry: SimulatedRegistry) -> int:
    return registry.write(lambda session: take_over(session, now=registry.clock()))


def run(
    registry: SimulatedRegistry, term: int, *submissions: Submission
) -> list[Outcome | Error | None]:
    return registry.write(
        lambda session: sequence(session, term, submissions, now=registry.clock())
    )


def leave(registry: SimulatedRegistry, *submissions: Submission) -> None:
    registry.write(lambda session: accept(session, submissions, now=registry.clock()))


def test_a_group_is_logged_in_its_order(registry: SimulatedRegistry) -> None:
    term = take_lead(registry)
    assert run(registry, term, leaf(1), leaf(2), leaf(3)) == [
        Sequenced(index=1),
        Sequenced(index=2),
        Sequenced(index=3),
    ]
    registry.publish()
    assert registry.replay().checkpoint.size == 4


def test_the_same_key_has_the_same_answer_and_no_second_leaf(registry: SimulatedRegistry) -> None:
    term = take_lead(registry)
    assert run(registry, term, leaf(1), leaf(1)) == [Sequenced(index=1)] * 2
    assert run(registry, term, leaf(1)) == [Sequenced(index=1)]
    assert run(registry, term, leaf(2)) == [Sequenced(index=2)]


def test_the_same_leaf_under_another_key_keeps_its_place(registry: SimulatedRegistry) -> None:
    term = take_lead(registry)
    assert run(registry, term, leaf(1), leaf(1, key=7)) == [Sequenced(index=1)] * 2
    assert run(registry, term, leaf(1, key=8)) == [Sequenced(index=1)]


def test_a_key_stands_for_one_submission(registry: SimulatedRegistry) -> None:
    term = take_lead(registry)
    first, second = run(registry, term, leaf(1), leaf(2, key=1))
    assert first == Sequenced(index=1)
    assert isinstance(second, KeyReused)
    (third,) = run(registry, term, leaf(3, key=1))
    assert isinstance(third, KeyReused)
    assert registry.read(lambda session: store.leaf_kind(session, 2)) is None


def test_of_two_entries_after_one_version_the_first_counts(registry: SimulatedRegistry) -> None:
    did = registry.create("GU-11620")
    before = registry.version_id(did)
    registry.clock.advance(seconds=1)
    first = entry(registry, did, registry.next_line(did), key=1)
    second = entry(registry, did, registry.next_line(did, keys=9), key=2)
    term = take_lead(registry)
    outcomes = run(registry, term, first, second)
    current = registry.version_id(did)
    assert current != before
    assert outcomes == [Sequenced(index=2), Conflict(current=current)]
    assert run(registry, term, second) == [Conflict(current=current)]  # for ever
    assert run(registry, term, first) == [Sequenced(index=2)]
    registry.publish()
    assert len(registry.replay().histories[did.scid].versions) == 2


def test_entries_that_follow_each_other_may_come_together(registry: SimulatedRegistry) -> None:
    one, two = registry.create("GU-11620"), registry.create("SEL-HR")
    registry.clock.advance(seconds=1)
    term = take_lead(registry)
    outcomes = run(
        registry,
        term,
        entry(registry, one, registry.next_line(one), key=1),
        entry(registry, two, registry.next_line(two), key=2),
    )
    assert outcomes == [Sequenced(index=3), Sequenced(index=4)]
    registry.publish()
    assert {len(history.versions) for history in registry.replay().histories.values()} == {1, 2}


def test_what_waits_in_the_inbox_comes_first(registry: SimulatedRegistry) -> None:
    leave(registry, leaf(5), leaf(6))
    leave(registry, leaf(5))  # is there
    term = take_lead(registry)
    assert run(registry, term, leaf(7)) == [Sequenced(index=3)]
    rows = registry.read(
        lambda session: inbox_store.find(session, [leaf(n).key for n in (5, 6, 7)])
    )
    assert {row.idx for row in rows.values()} == {1, 2, 3}
    assert {row.state for row in rows.values()} == {InboxState.SEQUENCED.value}
    assert {row.body for row in rows.values()} == {None}
    assert not registry.read(lambda session: inbox_store.waiting(session, 9))


def test_a_sequencer_of_a_former_term_writes_nothing(registry: SimulatedRegistry) -> None:
    former = take_lead(registry)
    term = take_lead(registry)
    with pytest.raises(LogFenced):
        run(registry, former, leaf(1))
    assert registry.read(lambda session: store.leaf_kind(session, 1)) is None
    assert run(registry, term, leaf(1)) == [Sequenced(index=1)]


def test_a_head_that_moved_under_a_lost_lock_is_left_alone(registry: SimulatedRegistry) -> None:
    def move(session: Session) -> None:
        head = store.lock_head(session)
        session.expunge(head)
        head.size += 1  # read under a lock that was lost; the row says something else
        store.move_head(session, head, 9, head.frontier, head.last_leaf_hash)

    with pytest.raises(LogFenced):
        registry.write(move)


def test_a_clock_that_was_set_back_logs_nothing(registry: SimulatedRegistry) -> None:
    term = take_lead(registry)
    registry.clock.advance(days=-1)
    with pytest.raises(LogInconsistent, match="clock"):
        run(registry, term, leaf(1))
    registry.clock.advance(days=1)
    assert run(registry, term, leaf(1)) == [Sequenced(index=1)]


def test_outcomes_are_forgotten_after_a_week_and_waiting_ones_never(
    registry: SimulatedRegistry,
) -> None:
    run(registry, take_lead(registry), leaf(1))
    leave(registry, leaf(2))
    registry.clock.advance(seconds=KEPT.total_seconds() + 1)
    take_lead(registry)
    rows = registry.read(lambda session: inbox_store.find(session, [leaf(1).key, leaf(2).key]))
    assert list(rows) == [leaf(2).key]
