"""DIDs of other hosts: fetched through one guard, and believed no further than they are proven."""

import json
from datetime import UTC, datetime

import pytest

from did_registry.actions.resolve_elsewhere import (
    MAX_DOCUMENT_BYTES,
    resolve_web,
    resolve_webvh_elsewhere,
)
from did_registry.webvh.did import Did
from did_registry.webvh.entry import parse_entry
from did_registry.webvh.history import begin
from did_registry.webvh.resolution import Refusal
from tests.simulators.did_host import DidHost as Host
from tests.simulators.registry_log import RegistryLog, genesis, next_line
from web.errors import FetchFailed, FetchRefused

NOW = datetime(2026, 3, 13, 3, tzinfo=UTC)
WEB = "did:web:agency.example:dids:X"
WEB_URL = "https://agency.example/dids/X/did.json"


def _log() -> tuple[Did, str, bytes]:
    """A DID of two versions, the address of its log, and the log."""
    log = RegistryLog(NOW)
    member = log.member("GU-11620")
    first = genesis("GU-11620", member.number, NOW)
    assert begin(parse_entry(first[:-1], number=1), NOW).did == member.did
    log.clock.advance(days=1)
    second = next_line(member, log.clock())
    did = member.did
    return did, f"https://{did.host}/dids/GU-11620/did.jsonl", first + second


DID, URL, LOG = _log()
LATER = datetime(2026, 3, 15, tzinfo=UTC)


def test_a_log_of_another_host_is_verified_as_ours_are() -> None:
    host = Host(**{URL: LOG})
    answer = resolve_webvh_elsewhere(DID, [], host, LATER)
    assert answer.status == 200
    assert answer.document is not None
    assert answer.document["id"] == str(DID)
    assert str(answer.metadata["versionId"]).startswith("2-")
    assert host.asked == [URL]
    first = resolve_webvh_elsewhere(DID, [("versionNumber", "1")], host, LATER)
    assert str(first.metadata["versionId"]).startswith("1-")


@pytest.mark.parametrize(
    ("log", "refusal"),
    [
        (LOG.replace(b'"created":"2026', b'"created":"2025'), Refusal.INVALID_DID),
        (LOG.replace(b"2-Qm", b"3-Qm"), Refusal.INVALID_DID),
        (b"", Refusal.INVALID_DID),
        (b"<html>", Refusal.INVALID_DID),
        (404, Refusal.NOT_FOUND),
        (410, Refusal.NOT_FOUND),
        (302, Refusal.INTERNAL_ERROR),
        (500, Refusal.INTERNAL_ERROR),
        (FetchFailed("nobody there"), Refusal.INTERNAL_ERROR),
        (FetchRefused("a private address"), Refusal.NOT_FOUND),
    ],
    ids=[
        "signature", "number", "empty", "html", "404", "410", "redirect", "500", "away", "private",
    ],
)  # fmt: skip
def test_a_log_that_is_none_is_refused(log: bytes | int | Exception, refusal: Refusal) -> None:
    answer = resolve_webvh_elsewhere(DID, [], Host(**{URL: log}), LATER)
    assert (answer.refusal, answer.document) == (refusal, None)


def test_what_a_host_says_of_another_did_is_refused() -> None:
    other = RegistryLog(NOW).member("OTHER").did
    url = URL.replace("GU-11620", "OTHER")
    answer = resolve_webvh_elsewhere(other, [], Host(**{url: LOG}), LATER)
    assert answer.refusal is Refusal.INVALID_DID


def _document(**changes: object) -> bytes:
    return json.dumps({"id": WEB} | changes).encode()


def test_a_did_web_is_what_its_host_says() -> None:
    host = Host(**{WEB_URL: _document(alsoKnownAs=["https://agency.example"])})
    answer = resolve_web(WEB, [], host)
    assert answer.status == 200
    assert answer.document == {"id": WEB, "alsoKnownAs": ["https://agency.example"]}
    assert host.asked == [WEB_URL]


@pytest.mark.parametrize(
    ("did", "url"),
    [
        ("did:web:agency.example", "https://agency.example/.well-known/did.json"),
        ("did:web:agency.example%3A8443:x", "https://agency.example:8443/x/did.json"),
        ("did:web:localhost%3A8000:x", "http://localhost:8000/x/did.json"),
    ],
)
def test_a_did_web_names_its_address(did: str, url: str) -> None:
    host = Host(**{url: _document(id=did)})
    assert resolve_web(did, [], host).status == 200


@pytest.mark.parametrize(
    "did",
    [
        "did:web:", "did:web:a", "did:web:127.0.0.1", "did:web:Agency.example", "did:web:a.b/c",
        "did:web:a.b:..", "did:web:a.b?x", "did:web:a.b#k", "did:web:a.b%2Fc", "did:web:세금.kr",
        "did:web:user@a.b", "did:web:a.b::c",
    ],
)  # fmt: skip
def test_what_is_no_did_web_is_asked_of_nobody(did: str) -> None:
    host = Host()
    assert resolve_web(did, [], host).refusal is Refusal.INVALID_DID
    assert host.asked == []


@pytest.mark.parametrize(
    ("body", "refusal"),
    [
        (_document(id="did:web:agency.example:dids:Y"), Refusal.INVALID_DID_DOCUMENT),
        (b'{"id":"%b","id":"x"}' % WEB.encode(), Refusal.INVALID_DID_DOCUMENT),
        (b"[]", Refusal.INVALID_DID_DOCUMENT),
        (b"\xff", Refusal.INVALID_DID_DOCUMENT),
        (b" " * (MAX_DOCUMENT_BYTES + 1), Refusal.INTERNAL_ERROR),
        (404, Refusal.NOT_FOUND),
        (503, Refusal.INTERNAL_ERROR),
        (FetchRefused("a private address"), Refusal.NOT_FOUND),
    ],
    ids=["another", "twice", "list", "no text", "too long", "404", "503", "private"],
)
def test_a_document_that_is_none_is_refused(
    body: bytes | int | Exception, refusal: Refusal
) -> None:
    answer = resolve_web(WEB, [], Host(**{WEB_URL: body}))
    assert (answer.refusal, answer.document) == (refusal, None)


def test_a_did_web_has_no_past() -> None:
    host = Host(**{WEB_URL: _document()})
    answer = resolve_web(WEB, [("versionId", "1")], host)
    assert answer.refusal is Refusal.FEATURE_NOT_SUPPORTED
    assert host.asked == []
