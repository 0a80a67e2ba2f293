"""Days as Korean law counts them: in Seoul, the birth day counted in, leap days minded."""

from datetime import UTC, date, datetime, timedelta, timezone
from typing import Final

# Korea has kept this offset without daylight saving since 1988, so no time zone data is needed.
SEOUL: Final = timezone(timedelta(hours=9), "KST")


def day_in_seoul(moment: datetime) -> date:
    """The calendar day in Seoul at an aware moment."""
    return moment.astimezone(SEOUL).date()


def start_of_day(day: date) -> datetime:
    """Midnight in Seoul at which a day begins, in UTC."""
    return datetime(day.year, day.month, day.day, tzinfo=SEOUL).astimezone(UTC)


def anniversary(day: date, years: int) -> date:
    """The day on which `years` full years have passed, when the first day is counted in.

    For 29 February in a common year this is 1 March, because the period ends with the last day
    of the month. Civil Act §158 and §160(3).
    """
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return date(day.year + years, 3, 1)
