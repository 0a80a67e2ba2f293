"""The chain of a service: whole, or broken at an event that is named."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from city_services.ledger.chain import ChainEnd, LedgerFound, StoredEvent, verify_ledger
from city_services.ledger.errors import LedgerBroken
from city_services.ledger.event import NO_EVENT, Event, build_event
from did_registry.logged_root import LoggedRoot
from did_registry.tlog.merkle import leaf_hash, root_of

AT = datetime(2026, 3, 13, tzinfo=UTC)


def build(count: int, *, of: str = "library", first: int = 0) -> list[StoredEvent]:
    rows: list[StoredEvent] = []
    for number in range(1, count + 1):
        event = Event(
            service=of,
            number=number,
            previous=rows[-1].hash if rows else NO_EVENT,
            at=AT,
            name="lent",
            data={"book": first + number},
        )
        data = build_event(event)
        rows.append(StoredEvent(number=number, data=data, hash=leaf_hash(data)))
    return rows


def head_of(rows: list[StoredEvent]) -> ChainEnd:
    return ChainEnd(size=len(rows), last=rows[-1].hash) if rows else ChainEnd()


def root_over(rows: list[StoredEvent], count: int, index: int) -> LoggedRoot:
    root = root_of(row.hash for row in rows[:count])
    return LoggedRoot(root=root, count=count, index=index, logged_at=AT)


ROWS = build(9)
LOGGED = [root_over(ROWS, 4, 17), root_over(ROWS, 7, 19)]


@given(st.integers(0, 20), st.sets(st.integers(1, 20), max_size=5))
def test_what_was_recorded_is_whole_wherever_periods_end(count: int, ends: set[int]) -> None:
    rows = build(count)
    closed = sorted(end for end in ends if end <= count)
    logged = [root_over(rows, end, index) for index, end in enumerate(closed)]
    found = verify_ledger("library", rows, head=head_of(rows), logged=logged)
    last = closed[-1] if closed else 0
    assert found == LedgerFound(events=count, closed=last, periods=len(closed))


def resealed(rows: list[StoredEvent], at: int, data: bytes) -> list[StoredEvent]:
    row = StoredEvent(number=at + 1, data=data, hash=leaf_hash(data))
    return [*rows[:at], row, *rows[at + 1 :]]


OTHER = build(9, first=100)
FOREIGN = build(9, of="pool")


@pytest.mark.parametrize(
    ("rows", "head", "event"),
    [
        ([*ROWS[:2], replace(ROWS[2], data=OTHER[2].data), *ROWS[3:]], None, 3),
        (resealed(ROWS, 2, OTHER[2].data), None, 2),
        (resealed(ROWS, 0, OTHER[0].data), None, 1),
        (resealed(ROWS, 2, b"{}"), None, 3),
        ([*ROWS[:2], *ROWS[3:]], None, 3),
        ([*ROWS[:2], ROWS[3], ROWS[2], *ROWS[4:]], None, 3),
        ([*ROWS[:4], *ROWS[4:5], *ROWS[4:]], None, 6),
        (resealed(ROWS, 8, FOREIGN[8].data), None, 9),
        (resealed(ROWS, 3, ROWS[2].data), None, 4),
        (OTHER, head_of(OTHER), 1),
        (ROWS[:6], head_of(ROWS[:6]), 7),
        (ROWS[:8], head_of(ROWS), 8),
        (resealed(ROWS, 8, OTHER[8].data), None, 8),
        ([], ChainEnd(), 1),
    ],
    ids=[
        "bytes changed",
        "bytes and hash changed: the next one names another",
        "the first changed",
        "no event",
        "missing",
        "exchanged",
        "twice",
        "of another service",
        "of another place",
        "the whole rewritten",
        "shortened below a root",
        "shortened in an open period",
        "the last one taken from another chain",
        "all gone",
    ],
)
def test_names_the_first_event_that_is_wrong(
    rows: list[StoredEvent], head: ChainEnd | None, event: int
) -> None:
    with pytest.raises(LedgerBroken) as caught:
        verify_ledger("library", rows, head=head or head_of(ROWS), logged=LOGGED)
    assert caught.value.event == event


def test_a_rewritten_period_is_named_by_its_first_event() -> None:
    """Nobody can tell which event of it was changed, when all that follow were changed with it."""
    rows = ROWS[:5]
    for number in range(6, 10):
        previous = rows[-1].hash
        event = Event(
            service="library", number=number, previous=previous, at=AT, name="lost", data={}
        )
        data = build_event(event)
        rows = [*rows, StoredEvent(number=number, data=data, hash=leaf_hash(data))]
    with pytest.raises(LedgerBroken) as caught:
        verify_ledger("library", rows, head=head_of(rows), logged=LOGGED)
    assert caught.value.event == 5
    assert "leaf 19" in caught.value.detail


def swapped(roots: list[LoggedRoot]) -> list[LoggedRoot]:
    return roots[::-1]


def doubled(roots: list[LoggedRoot]) -> list[LoggedRoot]:
    return [*roots, replace(roots[-1], index=23)]


def of_nothing(roots: list[LoggedRoot]) -> list[LoggedRoot]:
    return [replace(roots[0], count=0, index=3), *roots]


@pytest.mark.parametrize("change", [swapped, doubled, of_nothing])
def test_leaves_that_no_ledger_supports_are_refused(
    change: Callable[[list[LoggedRoot]], list[LoggedRoot]],
) -> None:
    with pytest.raises(LedgerBroken):
        verify_ledger("library", ROWS, head=head_of(ROWS), logged=change(LOGGED))
