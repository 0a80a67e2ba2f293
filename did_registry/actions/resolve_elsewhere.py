"""Resolves DIDs that stand elsewhere, did:webvh and did:web, by asking the host that they name.

A did:webvh log is verified as ours are, whoever serves it. A did:web document is what its host says
at this moment and nothing else; whoever relies on it relies on the host.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Final, Protocol

from credentials.errors import Error, Malformed
from credentials.json_object import parse_object
from did_registry.did_web import document_url
from did_registry.document import DidDocument, parse_document
from did_registry.errors import DidInvalid, LogWitnessMissing
from did_registry.webvh.did import Did, log_url, witness_url
from did_registry.webvh.entry import MAX_LOG_BYTES
from did_registry.webvh.history import Replayed, replay_prefix
from did_registry.webvh.resolution import Refusal, Resolution, refuse, resolve
from did_registry.webvh.witness import MAX_WITNESS_FILE_BYTES, WitnessFile, parse_witness_file
from web.errors import FetchFailed, FetchRefused
from web.fetched import Fetched

MAX_DOCUMENT_BYTES: Final = 256 * 1024

_JSON_TYPES: Final = ("application/json", "text/plain", "application/octet-stream")
_LOG_TYPES: Final = ("text/jsonl", "application/jsonl", "application/x-ndjson", *_JSON_TYPES)
_DOCUMENT_TYPES: Final = (
    "application/did",
    "application/did+json",
    "application/did+ld+json",
    "application/ld+json",
    "application/json",
)
_NONE_THERE: Final = "its host has no such DID"


class Getter(Protocol):
    """What is needed of the one outbound client."""

    def get(self, url: str, *, accept: Sequence[str], max_bytes: int) -> Fetched: ...


class Unreachable(Exception):
    """No answer of the host, and what a resolver says instead."""

    def __init__(self, answer: Resolution) -> None:
        super().__init__(answer.detail)
        self.answer = answer


def resolve_webvh_elsewhere(
    did: Did, options: Sequence[tuple[str, str]], getter: Getter, now: datetime
) -> Resolution:
    """Answer a request for a did:webvh of another host; never raises."""
    try:
        found = fetch_webvh(did, getter, now)
    except Unreachable as error:
        return error.answer
    return resolve(found.history, options, failure=found.failure)


def fetch_webvh(did: Did, getter: Getter, now: datetime) -> Replayed:
    """What the log of a did:webvh comes to, with its witnesses' proofs where it needs them.

    Raises Unreachable.
    """
    log = _fetch(getter, log_url(did, unsafe_http_loopback=True), _LOG_TYPES, MAX_LOG_BYTES)
    if log is None:
        raise Unreachable(refuse(Refusal.NOT_FOUND, _NONE_THERE))
    found = replay_prefix(log, did=did, now=now, witnesses=None)
    if isinstance(found.failure, LogWitnessMissing):
        return _with_witnesses(did, log, getter, now)
    return found


def resolve_web(did: str, options: Sequence[tuple[str, str]], getter: Getter) -> Resolution:
    """Answer a request for a did:web, which has no history; never raises. Spec: did:web §2.5.2."""
    if options:
        return refuse(Refusal.FEATURE_NOT_SUPPORTED, "a did:web has the present only")
    try:
        document = fetch_web(did, getter)
    except DidInvalid as error:
        return refuse(Refusal.INVALID_DID, error.detail)
    except Malformed as error:
        return refuse(Refusal.INVALID_DID_DOCUMENT, error.detail)
    except Unreachable as error:
        return error.answer
    return Resolution(document=document.members, metadata={}, refusal=None, detail="")


def fetch_web(did: str, getter: Getter) -> DidDocument:
    """The document of a did:web as its host shows it now.

    Raises DidInvalid, Malformed for what is no document of this DID, or Unreachable.
    """
    data = _fetch(getter, document_url(did), _DOCUMENT_TYPES, MAX_DOCUMENT_BYTES)
    if data is None:
        raise Unreachable(refuse(Refusal.NOT_FOUND, _NONE_THERE))
    document = parse_document(parse_object(data, max_bytes=MAX_DOCUMENT_BYTES))
    if document.id != did:
        raise Malformed("the document there is of another DID")
    return document


def _with_witnesses(did: Did, log: bytes, getter: Getter, now: datetime) -> Replayed:
    url = witness_url(did, unsafe_http_loopback=True)
    data = _fetch(getter, url, _JSON_TYPES, MAX_WITNESS_FILE_BYTES)
    return replay_prefix(log, did=did, now=now, witnesses=_read_witnesses(data))


def _read_witnesses(data: bytes | None) -> WitnessFile | None:
    """A file that can't be read approves of nothing."""
    try:
        return None if data is None else parse_witness_file(data)
    except Error:
        return None


def _fetch(getter: Getter, url: str, accept: Sequence[str], max_bytes: int) -> bytes | None:
    """The file; None if its host says that there is none. Raises Unreachable."""
    try:
        fetched = getter.get(url, accept=accept, max_bytes=max_bytes)
    except FetchRefused as error:
        raise Unreachable(refuse(Refusal.NOT_FOUND, "its host is none that is asked")) from error
    except FetchFailed as error:
        raise Unreachable(_away()) from error
    if fetched.status in {404, 410}:
        return None
    if fetched.status != 200:
        raise Unreachable(_away())
    return fetched.body


def _away() -> Resolution:
    return refuse(Refusal.INTERNAL_ERROR, "its host gave no usable answer")
