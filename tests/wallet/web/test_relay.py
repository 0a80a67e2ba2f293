"""The relay over HTTP: what it passes on, to whom, and what it never does."""

import json
import logging
from typing import Any

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from app import create_app
from tests.simulators.city import URL, SimulatedCity, city_settings
from tests.simulators.network import SimulatedNetwork, answer
from tests.simulators.stranger import stranger
from wallet.web import relay
from wallet.web.service import EXTENSION, WalletService
from web.origin import parse_origin
from web.outbound import Outbound, tls_context

WALLET = "https://wallet.example"
TOKEN = f"{URL}/issuers/GU-11620/token"
SAME_ORIGIN = {"Sec-Fetch-Site": "same-origin"}


class Relay:
    """A wallet's server alone, between its pages and a city whose answers are simulated."""

    def __init__(self, city: SimulatedCity) -> None:
        settings = city_settings(
            city.city.settings.data_dir,
            GWANIN_ROLES="wallet",
            GWANIN_PUBLIC_URL=WALLET,
            GWANIN_REGISTRY_URL=URL,
        )
        self.network = SimulatedNetwork()
        self.app: Flask = create_app(settings, clock=city.clock)
        self.app.testing = False
        self.app.extensions[EXTENSION] = WalletService(
            own_origin=parse_origin(WALLET),
            anchor=city.city.anchor,
            registry=city.city.follower,
            outbound=Outbound(
                allowed=frozenset(), network=self.network.network, tls=tls_context(None)
            ),
            clock=city.clock,
        )

    def serve(self, body: bytes = b"{}", status: int = 200, *headers: str) -> None:
        self.network.serve("gwanin.example", answer(status, "application/json", body, *headers))

    def post(self, *, headers: dict[str, str] = SAME_ORIGIN, **message: Any) -> TestResponse:
        whole = {"method": "GET", "url": TOKEN, "accept": ["application/json"], **message}
        return self.raw(json.dumps(whole).encode(), headers=headers)

    def raw(self, body: bytes, *, headers: dict[str, str] = SAME_ORIGIN) -> TestResponse:
        client = stranger(self.app, WALLET)
        return client.post(
            "/wallet/relay", data=body, content_type="application/json", headers=headers
        )


@pytest.fixture(scope="module")
def relayed(still_city: SimulatedCity) -> Relay:
    return Relay(still_city)


def test_passes_a_form_on_and_gives_back_what_was_answered(relayed: Relay) -> None:
    relayed.serve(b'{"error":"invalid_grant"}', 400, "Set-Cookie: a=b", "X-Other: c")
    answered = relayed.post(
        method="POST", content_type="application/x-www-form-urlencoded", body="a=1", bearer="T"
    )
    assert answered.status_code == 200
    assert answered.data == b'{"error":"invalid_grant"}'
    assert answered.mimetype == "application/octet-stream"
    assert answered.headers[relay.STATUS_HEADER] == "400"
    assert answered.headers[relay.TYPE_HEADER] == "application/json"
    assert answered.headers["Cache-Control"] == "no-store"
    assert not {"Set-Cookie", "X-Other"} & set(answered.headers.keys())
    head, _, body = relayed.network.requests[-1].partition(b"\r\n\r\n")
    assert body == b"a=1"
    lines = {line.split(b":")[0].lower() for line in head.split(b"\r\n")[1:]}
    assert lines == {
        b"host", b"accept", b"accept-encoding", b"user-agent", b"authorization", b"content-type",
        b"content-length",
    }  # fmt: skip
    assert b"authorization: bearer t" in head.lower()


def test_passes_none_of_a_visitors_own_headers_on(relayed: Relay) -> None:
    relayed.serve()
    mine = {"Cookie": "__Host-session=secret", "X-Forwarded-For": "192.0.2.1", "DPoP": "proof"}
    assert relayed.post(headers={**SAME_ORIGIN, **mine}).status_code == 200
    sent = relayed.network.requests[-1].lower()
    assert not any(part in sent for part in (b"secret", b"192.0.2.1", b"dpop"))


@pytest.mark.parametrize(
    "url",
    [
        "https://stranger.example/",
        "https://169.254.169.254/latest/meta-data",
        "http://localhost:5432/",
        "https://gwanin.example:8443/",
        f"{WALLET}/wallet/relay",
        f"{WALLET}/time",
    ],
    ids=["stranger", "cloud", "loopback", "other-port", "itself", "own-origin"],
)
def test_refuses_every_other_address(relayed: Relay, url: str) -> None:
    before = list(relayed.network.connected)
    answered = relayed.post(url=url)
    assert (answered.status_code, answered.get_json()["code"]) == (403, "relay-refused")
    assert relayed.network.connected == before


@pytest.mark.parametrize(
    ("message", "code"),
    [
        ({"url": ""}, "malformed"),
        ({"url": "javascript:alert(1)"}, "malformed"),
        ({"url": "https://user@gwanin.example/"}, "malformed"),
        ({"method": "DELETE"}, "unsupported"),
        ({"method": "CONNECT"}, "unsupported"),
        ({"accept": []}, "malformed"),
        ({"accept": ["a/b"] * 5}, "malformed"),
        ({"accept": ["a/" + "b" * 100]}, "malformed"),
        ({"accept": ["a/b\r\nX: y"]}, "fetch-refused"),
        ({"bearer": "t\r\nX: y"}, "fetch-refused"),
        ({"bearer": "t" * 9000}, "malformed"),
        ({"method": "POST", "body": "a"}, "malformed"),
        ({"method": "POST", "content_type": "text/html", "body": "a"}, "unsupported"),
        ({"headers": {"X": "y"}}, "malformed"),
    ],
    ids=[
        "no-url", "script", "user", "delete", "connect", "no-accept", "many-accept", "long-accept",
        "split-accept", "split-bearer", "long-bearer", "no-type", "html", "more-members",
    ],
)  # fmt: skip
def test_refuses_a_message_that_is_none_of_a_wallets(
    relayed: Relay, message: dict[str, Any], code: str
) -> None:
    relayed.serve()
    whole = {"method": "GET", "url": TOKEN, "accept": ["application/json"], **message}
    answered = relayed.raw(json.dumps(whole).encode())
    assert answered.status_code >= 400
    assert answered.get_json()["code"] == code
    assert answered.status_code != 500


def test_refuses_what_does_not_come_from_a_page_of_ours(relayed: Relay) -> None:
    relayed.serve()
    for headers in ({"Sec-Fetch-Site": "cross-site"}, {"Origin": "https://evil.example"}, {}):
        answered = relayed.post(headers=headers)
        assert (answered.status_code, answered.get_json()["code"]) == (403, "cross-site-refused")
    assert relayed.post(headers={"Origin": WALLET}).status_code == 200


def test_a_message_and_an_answer_have_their_bounds(relayed: Relay) -> None:
    relayed.serve(b"x" * (relay.MAX_ANSWER_BYTES + 1))
    assert relayed.post().get_json()["code"] == "fetch-failed"
    assert relayed.raw(b" " * (relay.MAX_MESSAGE_BYTES + 1)).status_code == 413
    long: dict[str, Any] = {"method": "POST", "content_type": "application/json"}
    assert (
        relayed.post(**long, body="x" * (relay.MAX_BODY_CHARS + 1)).get_json()["code"]
        == "malformed"
    )
    relayed.serve()
    assert relayed.post(**long, body="x" * relay.MAX_BODY_CHARS).status_code == 200


def test_says_nothing_in_the_log_of_what_it_passed_on(
    relayed: Relay, caplog: pytest.LogCaptureFixture
) -> None:
    relayed.serve(b'{"access_token":"canary-token"}')
    with caplog.at_level(logging.DEBUG):
        relayed.post(url=f"{TOKEN}?canary-query", bearer="canary-bearer")
        relayed.post(url="https://canary-host.example/")
    said = json.dumps(
        [{**vars(record), "exc_info": None} for record in caplog.records], default=str
    )
    assert "/wallet/relay" in said
    assert "canary" not in said
