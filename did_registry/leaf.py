"""The leaves of the registry's log: the closed list of what may be said there, and its bytes.

Never personal data: a log cannot forget. A leaf is canonical JSON, hashed and served verbatim; it
names the hash of its predecessor, so that the chain can be audited with `sha256sum` alone. What a
DID entry or a credential inside a body means, and who signed it, is checked by its own parser.
"""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from functools import partial
from typing import Final, TypeAlias

from credentials.claims import Claims
from credentials.data_integrity import format_timestamp, parse_timestamp
from credentials.encoding import decode_base64url
from credentials.errors import Malformed, TooLarge, Unsupported
from credentials.jcs import canonicalize
from credentials.json_object import JsonObject, parse_object
from did_registry.tlog.base64_standard import decode_digest, encode_base64
from did_registry.tlog.checkpoint import parse_checkpoint
from did_registry.tlog.errors import LeafChainBroken
from did_registry.tlog.merkle import DIGEST_BYTES, leaf_hash
from did_registry.tlog.note import parse_note

MAX_LEAF_BYTES: Final = 16 * 1024  # bounds a bundle of 256 leaves to 4 MiB

_VERSION: Final = 1
_SUBJECT: Final = re.compile(r"[!-~]{1,256}")
_NO_TIME: Final = timedelta(0)


class LeafKind(StrEnum):
    """What a leaf is about. Closed from the first leaf on: another kind needs another log."""

    DID = "did"
    ACCREDITATION = "accreditation"
    VERIFIER = "verifier"
    SCHEMA = "schema"
    STATUS = "status"
    DIRECTORY = "directory"
    BATCH = "batch"
    AUDIT = "audit"
    NOTICE = "notice"
    SERVICE = "service"
    ORIGIN = "origin"


@dataclass(frozen=True, slots=True, kw_only=True)
class Leaf:
    """One leaf, well-formed in itself; its place in the chain is `verify_next`'s concern.

    index: from 0; previous: the predecessor's leaf hash, 32 zero bytes for the first leaf.
    subject: the SCID, list, type, agency or service it is about, visible ASCII; never a person.
    time: aware UTC, whole seconds, by the log's clock; body: the members of its kind.
    """

    index: int
    previous: bytes
    kind: LeafKind
    subject: str
    time: datetime
    body: Claims


@dataclass(frozen=True, slots=True, kw_only=True)
class ChainHead:
    """Where a chain of leaves ends: how many there are, and the last one's leaf hash."""

    size: int
    last: bytes


EMPTY_CHAIN: Final = ChainHead(size=0, last=bytes(DIGEST_BYTES))


def build_leaf(leaf: Leaf) -> bytes:
    """Write a leaf in its one spelling, at most 16 KiB.

    Raises what `parse_leaf` raises, and Malformed for a time that is not UTC in whole seconds.
    """
    if leaf.time.utcoffset() != _NO_TIME:
        raise Malformed("a leaf's time is aware UTC")
    members: Claims = {
        "body": leaf.body,
        "i": leaf.index,
        "kind": leaf.kind.value,
        "prev": encode_base64(leaf.previous),
        "sub": leaf.subject,
        "t": format_timestamp(leaf.time),
        "v": _VERSION,
    }
    data = canonicalize(members)
    if len(data) > MAX_LEAF_BYTES:
        raise TooLarge(f"a leaf has at most {MAX_LEAF_BYTES} bytes")
    if _read(JsonObject(members)) != leaf:
        raise Malformed("a leaf cannot carry these values, such as fractions of a second")
    return data


def parse_leaf(data: bytes) -> Leaf:
    """Read a leaf.

    Raises TooLarge beyond 16 KiB; Unsupported for an unknown version or kind; Malformed for bytes
    that are not canonical JSON, and for any member that is missing, unknown or mistyped.
    """
    members = parse_object(data, max_bytes=MAX_LEAF_BYTES)
    if canonicalize(members.members) != data:
        raise Malformed("a leaf is canonical JSON")
    return _read(members)


def _read(members: JsonObject) -> Leaf:
    if members.integer("v") != _VERSION:
        raise Unsupported("a leaf of another version")
    members.only("body", "i", "kind", "prev", "sub", "t", "v")
    body = members.object("body")
    leaf = Leaf(
        index=_count(members, "i"),
        previous=decode_digest(members.text("prev")),
        kind=_kind(members.text("kind")),
        subject=_subject(members.text("sub")),
        time=_time(members, "t"),
        body=body.members,
    )
    _check_body(leaf.kind, leaf.subject, body)
    return leaf


def verify_next(data: bytes, head: ChainHead) -> tuple[Leaf, ChainHead]:
    """Return the leaf and the new head, if the leaf continues the chain from here.

    Raises what `parse_leaf` raises, and LeafChainBroken for another index or predecessor.
    """
    leaf = parse_leaf(data)
    if leaf.index != head.size:
        raise LeafChainBroken(f"leaf {leaf.index} stands where leaf {head.size} belongs")
    if leaf.previous != head.last:
        raise LeafChainBroken(f"leaf {leaf.index} does not name the leaf before it")
    return leaf, ChainHead(size=head.size + 1, last=leaf_hash(data))


def verify_chain(leaves: Iterable[bytes], head: ChainHead) -> ChainHead:
    """Return the head after these leaves, each of which continues the chain. See `verify_next`."""
    for data in leaves:
        _, head = verify_next(data, head)
    return head


# Reads a member of a body and refuses one that is not what its kind demands.
_Reader: TypeAlias = Callable[[JsonObject, str], object]


def _check_body(kind: LeafKind, subject: str, body: JsonObject) -> None:
    shape = _shape(kind, subject)
    body.only(*shape)
    for name, read in shape.items():
        read(body, name)
    if "until" in shape and _time(body, "from") >= _time(body, "until"):
        raise Malformed("the leaf's period ends before it begins")


def _shape(kind: LeafKind, subject: str) -> dict[str, _Reader]:
    """The members of a kind's body; all are required, and there are no others."""
    named = partial(_named, subject=subject)
    period: dict[str, _Reader] = {"from": _time, "until": _time}
    match kind:
        case LeafKind.DID:
            return {"entry": _object}
        case LeafKind.ACCREDITATION | LeafKind.VERIFIER:
            return {"credential": _object}
        case LeafKind.SCHEMA:
            return {"h": _digest}
        case LeafKind.STATUS:
            return {"list": named, "h": _digest, "seq": _count, **period}
        case LeafKind.DIRECTORY:
            return {"root": _digest, "n": _count, "upto": _count}
        case LeafKind.BATCH:
            return {"agency": named, "root": _digest, "n": _count, **period}
        case LeafKind.AUDIT:
            return {"agency": named, "head": _digest, "n": _count}
        case LeafKind.NOTICE:
            return {"statement": _object}
        case LeafKind.SERVICE:
            return {"service": named, "root": _digest, "seq": _count}
        case LeafKind.ORIGIN:
            return {"checkpoint": partial(_checkpoint, subject=subject)}


def _object(body: JsonObject, name: str) -> None:
    if not body.object(name).members:
        raise Malformed(f"the leaf's {name} is empty")


def _named(body: JsonObject, name: str, *, subject: str) -> None:
    if body.text(name) != subject:
        raise Malformed(f"the leaf's {name} is not its subject")


def _digest(body: JsonObject, name: str) -> None:
    if len(decode_base64url(body.text(name))) != DIGEST_BYTES:
        raise Malformed(f"the leaf's {name} is not a SHA-256 value in base64url")


def _checkpoint(body: JsonObject, name: str, *, subject: str) -> None:
    """The last head of the log before, whose name is the subject. Its signatures are not checked
    here, as only a reader who knows that log's key can."""
    note = parse_note(body.text(name, max_chars=MAX_LEAF_BYTES).encode())
    if parse_checkpoint(note.text).origin != subject:
        raise Malformed(f"the leaf's {name} is of another log than its subject")


def _kind(text: str) -> LeafKind:
    try:
        return LeafKind(text)
    except ValueError as error:
        raise Unsupported("a leaf of an unknown kind") from error


def _subject(text: str) -> str:
    if not _SUBJECT.fullmatch(text):
        raise Malformed("a leaf's subject is 1 to 256 visible ASCII characters")
    return text


def _time(members: JsonObject, name: str) -> datetime:
    text = members.text(name)
    moment = parse_timestamp(text)
    if format_timestamp(moment) != text:
        raise Malformed("a time in a leaf is written as 2026-03-13T03:04:05Z")
    return moment


def _count(members: JsonObject, name: str) -> int:
    value = members.integer(name)  # Canonical JSON has carried it, so it is below 2^53.
    if value < 0:
        raise Malformed(f"the leaf's {name} is not a count")
    return value
