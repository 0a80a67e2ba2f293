"""Events: one spelling, strict bounds, and no way to write what could not be read."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from city_services.ledger.event import MAX_EVENT_BYTES, Event, build_event, parse_event
from credentials.errors import Error, Malformed, TooLarge, Unsupported
from credentials.jcs import canonicalize
from credentials.json_object import parse_object

EVENT = Event(
    service="library",
    number=1,
    previous=bytes(32),
    at=datetime(2026, 3, 13, 3, 4, 5, tzinfo=UTC),
    name="lent",
    data={"book": 7},
)


def changed(**members: Any) -> bytes:
    found = dict(parse_object(build_event(EVENT)).members)
    return canonicalize(
        {name: value for name, value in {**found, **members}.items() if value != ""}
    )


@given(
    st.integers(1, 2**53 - 1),
    st.binary(min_size=32, max_size=32),
    st.dictionaries(st.text(max_size=9), st.integers(0, 99) | st.text(max_size=9), max_size=9),
)
def test_an_event_is_read_as_it_was_written(number: int, previous: bytes, data: Any) -> None:
    event = replace(EVENT, number=number, previous=previous, data=data)
    assert parse_event(build_event(event)) == event


@given(st.binary(max_size=200))
def test_whatever_else_is_there_is_refused(data: bytes) -> None:
    with pytest.raises(Error):
        parse_event(data)


@pytest.mark.parametrize(
    "data",
    [
        changed(n=0),
        changed(n="1"),
        changed(prev="AAAA"),
        changed(at="2026-03-13T03:04:05.5Z"),
        changed(at="2026-03-13T03:04:05+00:00"),
        changed(event="Lent"),
        changed(service="a" * 41),
        changed(data=[]),
        changed(data=""),
        changed(more=1),
        build_event(EVENT) + b" ",
    ],
    ids=[
        *("zeroth", "number as text", "short hash", "fraction", "zone", "capital", "long name"),
        *("data is a list", "no data", "another member", "not canonical"),
    ],
)
def test_refuses_an_event_with_one_thing_wrong(data: bytes) -> None:
    with pytest.raises(Malformed):
        parse_event(data)


def test_refuses_another_version() -> None:
    with pytest.raises(Unsupported):
        parse_event(changed(v=2))


@pytest.mark.parametrize(
    "event",
    [
        replace(EVENT, at=EVENT.at + timedelta(microseconds=1)),
        replace(EVENT, at=EVENT.at.astimezone(timezone(timedelta(hours=9)))),
        replace(EVENT, number=0),
        replace(EVENT, name="lent out"),
        replace(EVENT, data={"half": 0.5, "huge": 2.0**60}),
    ],
    ids=["fraction", "zone", "zeroth", "two words", "number that is no integer"],
)
def test_what_could_not_be_read_again_is_not_written(event: Event) -> None:
    try:
        assert parse_event(build_event(event)) == event
    except Error:
        return


def test_an_event_has_at_most_sixteen_kibibytes() -> None:
    with pytest.raises(TooLarge):
        build_event(replace(EVENT, data={"text": "x" * MAX_EVENT_BYTES}))
