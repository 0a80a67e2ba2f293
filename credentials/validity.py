"""From when until when something holds, with the leeway that real clocks need."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from credentials.errors import Expired, NotYetValid

# Phones and servers differ by seconds; a minute forgives them and no forger.
LEEWAY: Final = timedelta(seconds=60)


@dataclass(frozen=True, slots=True)
class Validity:
    """A span of time; a missing end is open. Both ends aware UTC, the end itself excluded."""

    not_before: datetime | None
    not_after: datetime | None

    def check(self, now: datetime, leeway: timedelta) -> None:
        """Refuse a moment outside the span. Raises NotYetValid or Expired. RFC 7519 §4.1.4-5."""
        if self.not_before is not None and now + leeway < self.not_before:
            raise NotYetValid(f"valid from {self.not_before.isoformat()}")
        if self.not_after is not None and now - leeway >= self.not_after:
            raise Expired(f"valid until {self.not_after.isoformat()}")
