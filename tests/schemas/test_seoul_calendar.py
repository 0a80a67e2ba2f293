"""Days in Seoul, and years as the Civil Act counts them."""

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.seoul_calendar import anniversary, day_in_seoul, start_of_day


@pytest.mark.parametrize(
    ("moment", "day"),
    [
        (datetime(2026, 3, 12, 14, 59, 59, tzinfo=UTC), date(2026, 3, 12)),
        (datetime(2026, 3, 12, 15, 0, 0, tzinfo=UTC), date(2026, 3, 13)),
    ],
    ids=["one second before midnight", "midnight"],
)
def test_the_day_changes_at_midnight_in_seoul(moment: datetime, day: date) -> None:
    assert day_in_seoul(moment) == day


def test_a_day_starts_at_fifteen_hours_utc_the_day_before() -> None:
    assert start_of_day(date(2026, 4, 1)) == datetime(2026, 3, 31, 15, tzinfo=UTC)


@given(st.dates(date(1900, 1, 1), date(2199, 12, 31)))
def test_a_day_starts_in_itself(day: date) -> None:
    assert day_in_seoul(start_of_day(day)) == day


@pytest.mark.parametrize(
    ("day", "years", "expected"),
    [
        (date(2007, 3, 13), 19, date(2026, 3, 13)),
        (date(1992, 2, 29), 34, date(2026, 3, 1)),
        (date(2008, 2, 29), 18, date(2026, 3, 1)),
        (date(2008, 2, 29), 20, date(2028, 2, 29)),
        (date(1992, 2, 29), 35, date(2027, 3, 1)),
    ],
    ids=["ordinary", "leap 34", "leap 18", "leap to leap", "leap 35"],
)
def test_years_are_full_on_the_same_date_or_on_the_first_of_march(
    day: date, years: int, expected: date
) -> None:
    assert anniversary(day, years) == expected
