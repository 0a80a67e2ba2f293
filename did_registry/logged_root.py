"""What the log says, in one leaf, of things that stay off the log: a root over them, and when."""

from dataclasses import dataclass
from datetime import datetime

from credentials.data_integrity import parse_timestamp
from credentials.encoding import decode_base64url
from credentials.json_object import JsonObject
from did_registry.leaf import Leaf


@dataclass(frozen=True, slots=True, kw_only=True)
class LoggedRoot:
    """Of a `service` or `audit` leaf. root: over the first `count` events or lines; index: of the
    leaf; logged_at: by the log's clock."""

    root: bytes
    count: int
    index: int
    logged_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class LoggedBatch:
    """Of a `batch` leaf: what an agency issued from `begins` up to, not including, `ends`.

    size: of the padded tree; index: of the leaf; logged_at: by the log's clock.
    """

    size: int
    begins: datetime
    ends: datetime
    index: int
    logged_at: datetime


def read_service_root(leaf: Leaf) -> LoggedRoot:
    """Read the body of a `service` leaf."""
    return _read(leaf, "root", "seq")


def read_audit_head(leaf: Leaf) -> LoggedRoot:
    """Read the body of an `audit` leaf: the hash of an agency's `count`-th line of acts."""
    return _read(leaf, "head", "n")


def read_batch(leaf: Leaf) -> tuple[bytes, LoggedBatch]:
    """Read the body of a `batch` leaf: its root, and the rest."""
    body = JsonObject(leaf.body)
    batch = LoggedBatch(
        size=body.integer("n"),
        begins=parse_timestamp(body.text("from")),
        ends=parse_timestamp(body.text("until")),
        index=leaf.index,
        logged_at=leaf.time,
    )
    return decode_base64url(body.text("root")), batch


def _read(leaf: Leaf, root: str, count: str) -> LoggedRoot:
    body = JsonObject(leaf.body)
    return LoggedRoot(
        root=decode_base64url(body.text(root)),
        count=body.integer(count),
        index=leaf.index,
        logged_at=leaf.time,
    )
