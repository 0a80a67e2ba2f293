"""Key histories as they are drawn: which keys, from when to when, and where on the scale."""

from datetime import UTC, datetime, timedelta

import pytest

from credentials.multikey import encode_multikey
from did_registry.document import Purpose
from did_registry.web.pages_keys import (
    LEAST_WIDTH,
    SCALE,
    Bar,
    Change,
    KeyState,
    Timeline,
    key_spans,
    version_lines,
)
from tests.simulators.registry_log import FRAGMENT, RegistryLog, signing_key

START = datetime(2026, 3, 13, 3, tzinfo=UTC)
DAY = timedelta(days=1)
TIMELINE = Timeline(start=START, end=START + 10 * DAY)


def test_a_rotated_key_ends_where_the_next_begins() -> None:
    log = RegistryLog(START)
    agency = log.member("GU-11620")
    log.clock.advance(days=1)
    log.rotate(agency)
    spans = [one for one in key_spans(agency.history, {}) if one.name == FRAGMENT]
    assert [(one.since, one.until, one.state) for one in spans] == [
        (START + DAY, None, KeyState.CURRENT),
        (START, START + DAY, KeyState.RETIRED),
    ]
    keys = [encode_multikey(signing_key(agency.number, keys).public_key) for keys in (2, 1)]
    assert [one.multikey for one in spans] == keys
    assert {one.algorithm for one in spans} == {"Ed25519"}
    assert {one.purposes for one in spans} == {(Purpose.ASSERTION,)}


def test_a_key_that_stays_is_one_span_and_those_in_use_come_first() -> None:
    log = RegistryLog(START)
    agency = log.member("GU-11620")
    log.clock.advance(days=1)
    log.rotate(agency)
    spans = key_spans(agency.history, {})
    assert {one.algorithm for one in spans} == {"Ed25519", "P-256 (ES256)"}
    assert [one.until is None for one in spans] == sorted(
        (one.until is None for one in spans), reverse=True
    )
    assert len({(one.name, one.since) for one in spans}) == len(spans)


def test_the_end_of_a_did_ends_its_keys() -> None:
    log = RegistryLog(START)
    agency = log.member("GU-11620")
    log.clock.advance(days=1)
    log.deactivate(agency)
    spans = key_spans(agency.history, {})
    assert spans
    assert all(one.until is not None for one in spans)
    changes = [(one.number, one.change) for one in version_lines(agency.history)]
    assert changes == [(3, Change.DEACTIVATED), (2, Change.EDITED), (1, Change.CREATED)]


def test_a_compromised_key_is_told_whatever_else_it_is() -> None:
    log = RegistryLog(START)
    agency = log.member("GU-11620")
    log.compromise(agency, START)
    spans = {one.name: one for one in key_spans(agency.history, log.view().compromised)}
    assert spans[FRAGMENT].state is KeyState.COMPROMISED
    assert spans[FRAGMENT].compromised == START
    assert {one.state for name, one in spans.items() if name != FRAGMENT} == {KeyState.CURRENT}


def test_versions_are_told_apart_by_what_they_changed() -> None:
    log = RegistryLog(START)
    agency = log.member("GU-11620")
    log.clock.advance(days=1)
    log.rotate(agency)
    assert [one.change for one in version_lines(agency.history)] == [Change.KEYS, Change.CREATED]


@pytest.mark.parametrize(
    ("since", "until", "bar"),
    [
        (0, None, Bar(x=0, width=SCALE)),
        (5, None, Bar(x=500, width=500)),
        (2, 4, Bar(x=200, width=200)),
        (3, 3, Bar(x=300, width=LEAST_WIDTH)),
        (10, None, Bar(x=SCALE - LEAST_WIDTH, width=LEAST_WIDTH)),
        (-1, 20, Bar(x=0, width=SCALE)),
    ],
)
def test_a_bar_lies_where_its_time_is(since: int, until: int | None, bar: Bar) -> None:
    ends = None if until is None else START + until * DAY
    assert TIMELINE.bar(START + since * DAY, ends) == bar


def test_a_scale_without_length_is_drawn_whole() -> None:
    assert Timeline(start=START, end=START).bar(START, None) == Bar(x=0, width=SCALE)
