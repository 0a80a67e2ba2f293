"""A clock that was set: the city starts at an instant that is not now, and runs on from there.

Every process of one installation must agree, so the moment of setting is kept in a small file.
"""

from datetime import datetime
from pathlib import Path
from typing import Final

from console.clock import Clock, shifted_clock
from credentials.data_integrity import parse_timestamp
from credentials.errors import Malformed
from credentials.jcs import canonicalize
from credentials.json_object import parse_object

CLOCK_FILE: Final = "clock.json"
MAX_CLOCK_BYTES: Final = 1024


def set_clock(folder: Path, wanted: str, clock: Clock) -> None:
    """Set the city's clock to an instant, unless it was set before.

    Raises Malformed for what is no instant, or if the clock was set to another one.
    """
    path = folder / CLOCK_FILE
    if path.exists():
        if _read(path)[0] != parse_timestamp(wanted):
            raise Malformed("this city's clock was set to another instant; clear its data first")
        return
    begun = clock().isoformat(timespec="microseconds")
    path.write_bytes(canonicalize({"began": begun, "city": parse_timestamp(wanted).isoformat()}))


def city_clock(folder: Path, clock: Clock) -> tuple[Clock, bool]:
    """The city's clock, and whether it was set. Raises Malformed."""
    path = folder / CLOCK_FILE
    if not path.exists():
        return clock, False
    city, began = _read(path)
    return shifted_clock(clock, city - began), True


def _read(path: Path) -> tuple[datetime, datetime]:
    fields = parse_object(path.read_bytes(), max_bytes=MAX_CLOCK_BYTES, where=CLOCK_FILE)
    return parse_timestamp(fields.text("city")), parse_timestamp(fields.text("began"))
