"""What the log says of the latest version of a status list."""

from dataclasses import dataclass
from datetime import datetime

from credentials.data_integrity import parse_timestamp
from credentials.encoding import decode_base64url
from credentials.json_object import JsonObject
from did_registry.leaf import Leaf


@dataclass(frozen=True, slots=True, kw_only=True)
class LoggedList:
    """sequence: of the latest version; digest: SHA-256 of its bytes; since: when it was issued, so
    that whatever was issued before is an older one."""

    sequence: int
    digest: bytes
    since: datetime


def read_logged_list(leaf: Leaf) -> LoggedList:
    """Read the body of a `status` leaf."""
    body = JsonObject(leaf.body)
    return LoggedList(
        sequence=body.integer("seq"),
        digest=decode_base64url(body.text("h")),
        since=parse_timestamp(body.text("from")),
    )
