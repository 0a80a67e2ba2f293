"""The record of acts: whole, or broken at a line that is named."""

import hashlib
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from credentials.claims import Claims
from credentials.jcs import canonicalize
from staff.act_chain import (
    NO_LINE,
    LoggedHead,
    RecordEnd,
    StoredLine,
    verify_lines,
    verify_record,
)
from staff.errors import RecordBroken

AT = datetime(2026, 3, 13, 3, 4, 5, tzinfo=UTC)


def sealed(line: Claims, number: int) -> StoredLine:
    return StoredLine(
        number=number,
        line=line,
        subject=str(line["subject"]),
        at=AT,
        hash=hashlib.sha256(canonicalize(line)).digest(),
    )


def build(count: int, *, agency: str = "GU-11620", subject: str = "e") -> list[StoredLine]:
    rows: list[StoredLine] = []
    for number in range(1, count + 1):
        previous = rows[-1].hash if rows else NO_LINE
        line: Claims = {
            "act": "approve",
            "agency": agency,
            "at": "2026-03-13T03:04:05Z",
            "n": number,
            "prev": previous.hex(),
            "subject": f"{subject}_{number}",
        }
        rows.append(sealed(line, number))
    return rows


def head_at(rows: list[StoredLine], count: int, index: int) -> LoggedHead:
    return LoggedHead(count=count, head=rows[count - 1].hash, index=index)


ROWS, OTHER = build(9), build(9, subject="x")
LOGGED = [head_at(ROWS, 4, 17), head_at(ROWS, 7, 19)]


@given(st.integers(0, 20), st.sets(st.integers(1, 20), max_size=5))
def test_what_was_written_is_whole_wherever_days_end(count: int, days: set[int]) -> None:
    rows = build(count)
    logged = [head_at(rows, day, index) for index, day in enumerate(sorted(days)) if day <= count]
    end = verify_record("GU-11620", rows, logged)
    assert end == RecordEnd(size=count, last=rows[-1].hash if rows else NO_LINE)


def test_lines_go_on_from_where_others_ended() -> None:
    end = verify_lines("GU-11620", ROWS[:4], RecordEnd())
    assert verify_lines("GU-11620", ROWS[4:], end).size == 9
    with pytest.raises(RecordBroken):
        verify_lines("GU-11620", ROWS[5:], end)


def with_member(row: StoredLine, **members: Any) -> StoredLine:
    assert isinstance(row.line, dict)
    return replace(row, line={**row.line, **members})


def resealed(row: StoredLine, **members: Any) -> StoredLine:
    changed = with_member(row, **members)
    assert isinstance(changed.line, dict)
    return replace(changed, hash=hashlib.sha256(canonicalize(changed.line)).digest())


@pytest.mark.parametrize(
    ("rows", "line"),
    [
        ([*ROWS[:2], with_member(ROWS[2], act="look"), *ROWS[3:]], 3),
        ([*ROWS[:2], resealed(ROWS[2], act="look"), *ROWS[3:]], 3),
        ([*ROWS[:2], *ROWS[3:]], 3),
        ([*ROWS[:2], ROWS[3], ROWS[2], *ROWS[4:]], 3),
        ([*ROWS[:2], replace(ROWS[2], subject="x"), *ROWS[3:]], 3),
        ([*ROWS[:2], replace(ROWS[2], at=datetime(2026, 3, 1, tzinfo=UTC)), *ROWS[3:]], 3),
        ([*ROWS[:2], resealed(ROWS[2], agency="SEL-HR"), *ROWS[3:]], 3),
        ([*ROWS[:8], resealed(ROWS[8], n=8)], 9),
        ([*ROWS[:8], replace(ROWS[8], line=[])], 9),
        ([*ROWS[:8], OTHER[8]], 8),
        (OTHER, 1),
        ([*ROWS[:4], *OTHER[4:]], 4),
        (ROWS[:6], 7),
        ([], 1),
    ],
    ids=[
        *("changed", "changed with its hash", "missing", "exchanged", "another subject"),
        *("another time", "another agency", "another number", "no object"),
        *("the end of another record", "the whole rewritten", "rewritten after a head"),
        *("shortened below a head", "all gone"),
    ],
)
def test_names_the_first_line_that_is_wrong(rows: list[StoredLine], line: int) -> None:
    with pytest.raises(RecordBroken) as caught:
        verify_record("GU-11620", rows, LOGGED)
    assert caught.value.line == line


def test_a_rewritten_day_is_named_by_its_first_line() -> None:
    rows = ROWS[:5]
    for number in range(6, 10):
        rows = [*rows, resealed(ROWS[number - 1], act="look", prev=rows[-1].hash.hex())]
    with pytest.raises(RecordBroken, match="leaf 19") as caught:
        verify_record("GU-11620", rows, LOGGED)
    assert caught.value.line == 5


@pytest.mark.parametrize(
    "change",
    [
        lambda heads: heads[::-1],
        lambda heads: [*heads, replace(heads[0], index=23)],
        lambda heads: [replace(heads[0], count=0), *heads],
        lambda heads: [heads[0], replace(heads[1], head=bytes(32))],
    ],
    ids=["backwards", "an older one again", "of nothing", "of another record"],
)
def test_leaves_that_no_record_supports_are_refused(
    change: Callable[[list[LoggedHead]], list[LoggedHead]],
) -> None:
    with pytest.raises(RecordBroken):
        verify_record("GU-11620", ROWS, change(LOGGED))
