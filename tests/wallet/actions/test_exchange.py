from typing import Any

import pytest

from tests.simulators.network import SimulatedNetwork, answer
from wallet.actions.exchange import get_json, post_form, post_json
from wallet.errors import CounterpartRefused
from web.errors import FetchFailed, FetchRefused
from web.outbound import Outbound, tls_context

URL = "https://issuer.example/token"


@pytest.fixture
def network() -> SimulatedNetwork:
    return SimulatedNetwork()


@pytest.fixture
def outbound(network: SimulatedNetwork) -> Outbound:
    return Outbound(allowed=frozenset(), network=network.network, tls=tls_context(None))


def test_sends_a_form_and_a_document_with_a_token(
    network: SimulatedNetwork, outbound: Outbound
) -> None:
    network.serve("issuer.example", answer(200, "application/json", b"{}"))
    assert get_json(outbound, URL) == b"{}"
    assert post_form(outbound, URL, b"a=b") == b"{}"
    assert post_json(outbound, URL, b'{"a":1}', bearer="token") == b"{}"
    got, form, document = (request.decode() for request in network.requests)
    assert got.startswith("GET /token ")
    assert "content-type: application/x-www-form-urlencoded" in form.lower()
    assert form.endswith("\r\n\r\na=b")
    assert "authorization: bearer token" in document.lower()
    assert document.endswith('\r\n\r\n{"a":1}')


@pytest.mark.parametrize("status", [201, 202, 301, 400, 401, 404, 500])
def test_only_a_success_counts(network: SimulatedNetwork, outbound: Outbound, status: int) -> None:
    network.serve("issuer.example", answer(status, "application/json", b"{}"))
    with pytest.raises(CounterpartRefused) as refusal:
        get_json(outbound, URL)
    assert refusal.value.detail == f"the other side answered {status}"


def test_repeats_the_code_of_a_refusal_and_not_its_prose(
    network: SimulatedNetwork, outbound: Outbound
) -> None:
    body = b'{"error":"invalid_grant","error_description":"call +82 2 123 and tell your code"}'
    network.serve("issuer.example", answer(400, "application/json", body))
    with pytest.raises(CounterpartRefused) as refusal:
        post_form(outbound, URL, b"")
    assert refusal.value.detail == "the other side answered 400: invalid_grant"


@pytest.mark.parametrize(
    ("status", "body", "said", "reason"),
    [
        (400, b'{"error":"invalid_grant"}', ": invalid_grant", "invalid-grant"),
        (400, b'{"error":"strange_word"}', ": strange_word", None),
        (409, b'{"code":"offer-not-open","title":"call us"}', ": offer-not-open", "offer-not-open"),
        (404, b'{"code":"offer-not-found"}', ": offer-not-found", "offer-not-found"),
        (409, b'{"code":"no-such-code"}', "", None),
        (400, b'{"code":"keystore-locked"}', ": keystore-locked", None),
        (429, b"", "", "unavailable"),
        (503, b'{"error":"temporarily_unavailable"}', ": temporarily_unavailable", "unavailable"),
    ],
    ids=["tx-code", "unknown word", "not open", "not found", "unknown", "ours", "busy", "down"],
)
def test_names_the_reason_that_the_other_side_gave(
    network: SimulatedNetwork,
    outbound: Outbound,
    status: int,
    body: bytes,
    said: str,
    reason: str | None,
) -> None:
    network.serve("issuer.example", answer(status, "application/json", body))
    with pytest.raises(CounterpartRefused) as refusal:
        get_json(outbound, URL)
    assert refusal.value.detail == f"the other side answered {status}{said}"
    assert refusal.value.reason == reason


@pytest.mark.parametrize(
    "body",
    [
        b"<html>call +82 2 123</html>",
        b'{"error":"\\u001b[2J"}',
        b'{"error":"\xec\xa0\x84\xed\x99\x94"}',
        b'{"error":"' + b"x" * 65 + b'"}',
        b'{"error":1}',
        b"[]",
        b"\xff",
    ],
    ids=["html", "escape", "korean", "long", "number", "list", "bytes"],
)
def test_repeats_nothing_of_a_refusal_that_is_not_the_protocols(
    network: SimulatedNetwork, outbound: Outbound, body: bytes
) -> None:
    network.serve("issuer.example", answer(400, "application/json", body))
    with pytest.raises(CounterpartRefused) as refusal:
        get_json(outbound, URL)
    assert refusal.value.detail == "the other side answered 400"


@pytest.mark.parametrize(
    ("url", "refusal"),
    [("http://issuer.example/", FetchRefused), ("https://nowhere.example/", FetchFailed)],
)
def test_what_can_not_be_fetched_is_no_refusal_of_the_other_side(
    outbound: Outbound, url: str, refusal: Any
) -> None:
    with pytest.raises(refusal):
        get_json(outbound, url)


def test_takes_no_other_media_type_for_an_answer(
    network: SimulatedNetwork, outbound: Outbound
) -> None:
    network.serve("issuer.example", answer(200, "text/html", b"{}"))
    with pytest.raises(FetchFailed):
        get_json(outbound, URL)
