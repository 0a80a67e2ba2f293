"""A clock that stands still until it is moved.

clock = SimulatedClock()      # 2026-03-13T03:00:00Z, noon in Seoul
clock()                       # that moment, aware UTC
clock.advance(minutes=11)
"""

from datetime import UTC, datetime, timedelta

START = datetime(2026, 3, 13, 3, 0, 0, tzinfo=UTC)


class SimulatedClock:
    """Called like the real one; `advance` and `set` move it."""

    def __init__(self, now: datetime = START) -> None:
        self._now = now

    def __call__(self) -> datetime:
        return self._now

    def advance(self, **span: float) -> None:
        """Move forward by what `timedelta` takes."""
        self._now += timedelta(**span)

    def set(self, moment: datetime) -> None:
        """Move to a moment."""
        self._now = moment
