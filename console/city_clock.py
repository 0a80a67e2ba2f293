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
from storage.private_files import create_private, read_private

CLOCK_FILE: Final = "clock.json"
MAX_CLOCK_BYTES: Final = 1024


def set_clock(folder: Path, wanted: datetime, clock: Clock) -> None:
    """Set the city's clock to an instant, unless it was set to it before.

    folder: private; clock: the machine's. Raises Malformed if it was set to another instant.
    """
    began = clock().isoformat(timespec="microseconds")
    try:
        create_private(
            folder / CLOCK_FILE, canonicalize({"began": began, "city": wanted.isoformat()})
        )
    except FileExistsError as error:
        if _read(folder)[0] != wanted:
            raise Malformed(
                "this city's clock was set to another instant; clear its data first"
            ) from error


def city_clock(folder: Path, clock: Clock) -> tuple[Clock, bool]:
    """The city's clock, and whether it was set. Raises Malformed or PermissionsTooOpen."""
    try:
        city, began = _read(folder)
    except FileNotFoundError:
        return clock, False
    return shifted_clock(clock, city - began), True


def _read(folder: Path) -> tuple[datetime, datetime]:
    data = read_private(folder / CLOCK_FILE, max_bytes=MAX_CLOCK_BYTES)
    fields = parse_object(data, max_bytes=MAX_CLOCK_BYTES, where=CLOCK_FILE)
    return parse_timestamp(fields.text("city")), parse_timestamp(fields.text("began"))
