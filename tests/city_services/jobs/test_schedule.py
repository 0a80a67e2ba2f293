"""When the jobs of a night are due."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from city_services.jobs.schedule import MAX_FAILURES, JobResult, due_at, due_day


@pytest.mark.parametrize(
    ("now", "day"),
    [
        (datetime(2026, 3, 12, 15, 9, 59, tzinfo=UTC), date(2026, 3, 12)),
        (datetime(2026, 3, 12, 15, 10, tzinfo=UTC), date(2026, 3, 13)),
        (datetime(2026, 3, 13, 15, 9, 59, tzinfo=UTC), date(2026, 3, 13)),
        (datetime(2028, 2, 28, 15, 10, tzinfo=UTC), date(2028, 2, 29)),
    ],
    ids=["just before", "ten past midnight in Seoul", "the whole day", "leap day"],
)
def test_a_night_is_due_at_ten_past_midnight_in_seoul(now: datetime, day: date) -> None:
    assert due_day(now) == day


@given(st.integers(0, 10**10))
def test_what_is_due_is_never_to_come_and_never_older_than_a_day(seconds: int) -> None:
    now = datetime(2020, 1, 1, tzinfo=UTC) + timedelta(seconds=seconds)
    age = now - due_at(due_day(now))
    assert 0 <= age.total_seconds() < 86_400


def test_a_result_names_so_many_failures_and_no_more() -> None:
    result = JobResult(count=1, failed={str(number): "x" for number in range(MAX_FAILURES + 1)})
    found = result.to_json()["failed"]
    assert isinstance(found, dict)
    assert len(found) == MAX_FAILURES
