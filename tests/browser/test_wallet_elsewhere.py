"""The web wallet before a verifier of another city: its DID stands at a host of its own."""

import base64
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from playwright.sync_api import Route

from city_services.seoul.city import City
from city_services.seoul.settings import Settings
from credentials.claims import Claims
from credentials.jws import sign_claims
from did_registry.admission import Asking
from did_registry.document import Purpose
from did_registry.root_act import Admit
from openid4vc.authorization_request import client_id_of_did
from tests.simulators.browser import Visitor
from tests.simulators.clock import SimulatedClock
from tests.simulators.did_host import Abroad, DidHost
from tests.simulators.web_wallet import RESIDENCY, WebWallet

REQUEST = "https://busan.example/request"
RESPONSE = "https://busan.example/response"
FIRST, SECOND = "SEL-DIG-01", "SEL-DIG-02"


class Neighbour:
    """Busan's library, behind our relay: what it would serve, and what was sent to it."""

    def __init__(self, wallet: WebWallet, method: Any) -> None:
        self.wallet, self.host = wallet, DidHost()
        clock = SimulatedClock(datetime(2026, 1, 1, tzinfo=UTC))
        self.abroad = Abroad(self.host, clock, method, purposes=(Purpose.AUTHENTICATION,))
        self.answered: list[str] = []
        wallet.context.route("**/wallet/relay", self._relay)

    def admit(self) -> None:
        city = City(Settings.from_env(self.wallet.city.environment))
        asking = Asking(
            attributes=(f"{RESIDENCY}.ageOver19",), purpose_ko="회원 확인", purpose_en="Members",
            legal_basis="조례", retention_days=1,
        )  # fmt: skip
        terms = Admit(
            did=self.abroad.did, name_ko="부산도서관", name_en="Busan Library", types=(),
            asking=asking,
        )  # fmt: skip
        try:
            act = city.root_office.propose(terms, by=FIRST)
            city.root_office.approve(act.id, by=SECOND)
        finally:
            city.database.close()

    def link(self) -> str:
        client_id = quote(client_id_of_did(self.abroad.did), safe="")
        query = f"client_id={client_id}&request_uri={quote(REQUEST, safe='')}"
        return f"{self.wallet.city.url}/wallet#{query}"

    def _relay(self, route: Route) -> None:
        message = json.loads(route.request.post_data or "{}")
        url, kind, status = message["url"], "application/json", 200
        if url == self.abroad.url:
            served = self.host.served[url]
            status, body = (served, b"") if isinstance(served, int) else (200, served)
            kind = message["accept"][0]
        elif url == REQUEST:
            body, kind = self._request(), "application/oauth-authz-req+jwt"
        else:
            assert url == RESPONSE
            self.answered.append(message["body"])
            body = b"{}"
        assert isinstance(body, bytes)
        headers = {"X-Relayed-Status": str(status), "X-Relayed-Type": kind}
        route.fulfill(status=200, headers=headers, body=body,
                      content_type="application/octet-stream")  # fmt: skip

    def _request(self) -> bytes:
        client_id, now = client_id_of_did(self.abroad.did), datetime.now(UTC).timestamp()
        vct = f"{self.wallet.city.url}/types/{RESIDENCY}/v1"
        request: Claims = {
            "iss": client_id,
            "aud": "https://self-issued.me/v2",
            "client_id": client_id,
            "response_type": "vp_token",
            "response_mode": "direct_post",
            "response_uri": RESPONSE,
            "nonce": base64.b64encode(b"n" * 24).decode(),
            "state": base64.b64encode(b"s" * 24).decode(),
            "dcql_query": {
                "credentials": [
                    {
                        "id": "asked", "format": "dc+sd-jwt", "meta": {"vct_values": [vct]},
                        "claims": [{"path": ["ageOver19"]}],
                    }
                ]
            },
            "client_metadata": {"vp_formats_supported": {"dc+sd-jwt": {}}},
            "iat": int(now),
            "exp": int(now) + 300,
        }  # fmt: skip
        header = {"typ": "oauth-authz-req+jwt", "kid": self.abroad.key_id}
        return sign_claims(header, request, self.abroad.signer).encode()


@pytest.mark.parametrize("method", ["web", "webvh"])
def test_an_admitted_verifier_of_another_city_is_answered(
    visitor: Visitor, method: str, tmp_path: Path
) -> None:
    wallet = WebWallet(visitor)
    wallet.receive(wallet.offer())
    neighbour = Neighbour(wallet, method)
    wallet.page.goto(neighbour.link())
    assert wallet.refusal() == "verifier-not-trusted"
    neighbour.admit()
    wallet.open()
    wallet.open_request({"link": neighbour.link()})
    assert "부산도서관" in wallet.page.locator("#view").inner_text()
    wallet.agree()
    assert len(neighbour.answered) == 1
    neighbour.host.served[neighbour.abroad.url] = 503
    wallet.open()
    wallet.page.goto(neighbour.link())
    assert wallet.refusal() == "did-unavailable"
    assert len(neighbour.answered) == 1
