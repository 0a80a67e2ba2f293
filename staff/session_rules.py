"""How long somebody stays signed in, and how often a password may be tried."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

IDLE: Final = timedelta(minutes=15)
ABSOLUTE: Final = timedelta(hours=8)

TRY_WINDOW: Final = timedelta(minutes=15)
TRIES_AN_ACCOUNT: Final = 5
TRIES_AN_ADDRESS: Final = 30


def is_alive(*, created: datetime, last_seen: datetime, now: datetime) -> bool:
    """Whether a session may go on: not idle too long, not older than a working day."""
    return now - last_seen < IDLE and now - created < ABSOLUTE


@dataclass(frozen=True, slots=True)
class Tries:
    """Wrong tries in the window that began at `since`."""

    since: datetime
    count: int

    def after_one_more(self, now: datetime) -> "Tries":
        """The count with one more; a window that is over begins anew."""
        return Tries(now, 1) if self._is_over(now) else Tries(self.since, self.count + 1)

    def after_one_less(self) -> "Tries":
        """The count without one that turned out to be no wrong try."""
        return Tries(self.since, max(0, self.count - 1))

    def are_too_many(self, limit: int, now: datetime) -> bool:
        """Whether the next try has to wait: a delay, never a lock for good."""
        return self.count >= limit and not self._is_over(now)

    def _is_over(self, now: datetime) -> bool:
        return now - self.since >= TRY_WINDOW
