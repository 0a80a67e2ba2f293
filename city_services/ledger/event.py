"""One event of a city service: canonical JSON that names the hash of the event before it.

    {"at":"2026-03-13T03:04:05Z","data":{…},"event":"donation-received","n":7,
     "prev":"<base64>","service":"donations","v":1}

Built like a leaf of the log, so that the same tools check both: hashes are those of RFC 6962.
"""

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from credentials.claims import Claims
from credentials.data_integrity import format_timestamp, parse_timestamp
from credentials.errors import Malformed, Unsupported
from credentials.jcs import canonicalize
from credentials.json_object import parse_object
from did_registry.tlog.base64_standard import decode_digest, encode_base64
from did_registry.tlog.merkle import DIGEST_BYTES

MAX_EVENT_BYTES: Final = 16 * 1024
NO_EVENT: Final = bytes(DIGEST_BYTES)  # what the first event names as its predecessor

_VERSION: Final = 1
_NAME: Final = re.compile(r"[a-z][a-z0-9-]{0,39}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """What happened. service, name: lower-case words with hyphens; number: from 1, without gaps;
    previous: the hash of the event before; at: aware UTC, whole seconds; data: what the service
    needs to apply it."""

    service: str
    number: int
    previous: bytes
    at: datetime
    name: str
    data: Claims


def build_event(event: Event) -> bytes:
    """Write an event in its one spelling, at most 16 KiB.

    Raises Malformed or TooLarge for what could not be read again as the same event.
    """
    data = canonicalize(
        {
            "at": format_timestamp(event.at),
            "data": event.data,
            "event": event.name,
            "n": event.number,
            "prev": encode_base64(event.previous),
            "service": event.service,
            "v": _VERSION,
        }
    )
    if parse_event(data) != event:
        raise Malformed("an event cannot carry these values, such as fractions of a second")
    return data


def parse_event(data: bytes) -> Event:
    """Read an event. Raises TooLarge, Unsupported for another version, or Malformed."""
    members = parse_object(data, max_bytes=MAX_EVENT_BYTES, where="event")
    if canonicalize(members.members) != data:
        raise Malformed("an event is canonical JSON")
    if members.integer("v") != _VERSION:
        raise Unsupported("an event of another version")
    members.only("at", "data", "event", "n", "prev", "service", "v")
    number = members.integer("n")
    if number < 1:
        raise Malformed("events are numbered from 1")
    return Event(
        service=parse_name(members.text("service")),
        number=number,
        previous=decode_digest(members.text("prev")),
        at=_time(members.text("at")),
        name=parse_name(members.text("event")),
        data=members.object("data").members,
    )


def parse_name(text: str) -> str:
    """The name of a service or of a kind of event. Raises Malformed."""
    if not _NAME.fullmatch(text):
        raise Malformed("a name is a lower-case word with hyphens, of at most 40 characters")
    return text


def _time(text: str) -> datetime:
    moment = parse_timestamp(text)
    if format_timestamp(moment) != text:
        raise Malformed("a time in an event is written as 2026-03-13T03:04:05Z")
    return moment
