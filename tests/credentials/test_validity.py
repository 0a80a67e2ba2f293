"""Validity: both ends, their leeway, and the ends that are open."""

from datetime import UTC, datetime, timedelta, timezone
from typing import Final

import pytest

from credentials.errors import Expired, NotYetValid
from credentials.validity import LEEWAY, Validity

START: Final = datetime(2026, 3, 10, tzinfo=UTC)
END: Final = datetime(2027, 3, 10, tzinfo=UTC)
SECOND: Final = timedelta(seconds=1)
NONE: Final = timedelta(0)
SPAN: Final = Validity(START, END)


@pytest.mark.parametrize(
    ("now", "leeway"),
    [
        (START, NONE),
        (END - SECOND, NONE),
        (START - LEEWAY, LEEWAY),
        (END + LEEWAY - SECOND, LEEWAY),
        (START.astimezone(timezone(timedelta(hours=9))), NONE),
    ],
)
def test_holds_from_its_start_until_before_its_end(now: datetime, leeway: timedelta) -> None:
    SPAN.check(now, leeway)


@pytest.mark.parametrize(
    ("now", "leeway"), [(START - SECOND, NONE), (START - LEEWAY - SECOND, LEEWAY)]
)
def test_does_not_hold_before_its_start(now: datetime, leeway: timedelta) -> None:
    with pytest.raises(NotYetValid):
        SPAN.check(now, leeway)


@pytest.mark.parametrize(("now", "leeway"), [(END, NONE), (END + LEEWAY, LEEWAY)])
def test_does_not_hold_from_its_end_on(now: datetime, leeway: timedelta) -> None:
    with pytest.raises(Expired):
        SPAN.check(now, leeway)


def test_an_end_that_is_missing_is_open() -> None:
    Validity(None, END).check(datetime(1970, 1, 1, tzinfo=UTC), NONE)
    Validity(START, None).check(datetime(9999, 1, 1, tzinfo=UTC), NONE)
    Validity(None, None).check(START, NONE)
