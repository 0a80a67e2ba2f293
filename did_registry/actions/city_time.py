"""The time of a demo city whose clock was set: asked for once, by command lines on one machine.

Only a registry on this very machine is asked: a stranger's idea of the time would let it decide
what has expired.
"""

from datetime import datetime, timedelta
from typing import Final

from credentials.data_integrity import parse_timestamp
from credentials.errors import Error
from credentials.json_object import parse_object
from web.origin import Origin
from web.outbound import Outbound

MAX_TIME_BYTES: Final = 1024
_NO_OFFSET: Final = timedelta(0)


def city_offset(registry: Origin, outbound: Outbound, now: datetime) -> timedelta:
    """How far the city's clock is from ours; nothing for a city that is not on this machine, does
    not answer, or keeps the ordinary time."""
    if not registry.is_loopback:
        return _NO_OFFSET
    try:
        fetched = outbound.get(
            f"{registry}/time", accept=("application/json",), max_bytes=MAX_TIME_BYTES
        )
        clock = parse_object(fetched.body)
        is_set = fetched.status == 200 and clock.boolean_or_none("set")
        return parse_timestamp(clock.text("now")) - now if is_set else _NO_OFFSET
    except Error:
        return _NO_OFFSET
