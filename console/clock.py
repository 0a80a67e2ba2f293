"""The machine's clock: the one place that reads it, for whoever puts a process together."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import TypeAlias

Clock: TypeAlias = Callable[[], datetime]


def system_clock() -> datetime:
    """Now, aware UTC."""
    return datetime.now(UTC)  # noqa: TID251 - everybody else is handed a Clock


def shifted_clock(clock: Clock, offset: timedelta) -> Clock:
    """A clock that runs as fast and shows another time."""
    return lambda: clock() + offset
