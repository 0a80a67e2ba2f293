"""What the web wallet refuses, and how it says so: nothing that is refused is kept or sent."""

import json
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from playwright.sync_api import Route, expect

from city_services.seoul.city import City
from city_services.seoul.settings import Settings
from credentials.jws import peek_claims, sign_claims
from tests.simulators.browser import Visitor, assert_accessible, picture
from tests.simulators.web_wallet import CITIZEN_CARD, RESIDENCY, WebWallet
from web.qr import draw_png

JSON = "application/json"
REQUEST_OBJECT = "application/oauth-authz-req+jwt"


@pytest.fixture
def wallet(visitor: Visitor) -> WebWallet:
    return WebWallet(visitor, width=360)


def _inline_offer(wallet: WebWallet, issuer: str) -> str:
    offer = {
        "credential_issuer": issuer,
        "credential_configuration_ids": [f"{RESIDENCY}.dc+sd-jwt"],
        "grants": {
            "urn:ietf:params:oauth:grant-type:pre-authorized_code": {
                "pre-authorized_code": "code",
                "tx_code": {"length": 6},
            }
        },
    }
    return f"{wallet.city.url}/wallet#credential_offer={quote(json.dumps(offer))}"


def test_an_issuer_that_the_registry_does_not_know_is_asked_nothing(wallet: WebWallet) -> None:
    asked: list[str] = []
    wallet.page.on("request", lambda request: asked.append(request.url))
    for issuer in (f"{wallet.city.url}/issuers/NOBODY", "https://issuer.example"):
        wallet.paste(_inline_offer(wallet, issuer))
        assert wallet.refusal() == "issuer-not-trusted"
    assert not [url for url in asked if "NOBODY" in url or "issuer.example" in url]
    assert wallet.kept() == {"keys": 0, "credentials": 0}
    assert_accessible(wallet.page)
    picture(wallet.page, "wallet-refused")


def test_an_offer_at_a_strangers_address_is_not_fetched(wallet: WebWallet) -> None:
    uri = quote("https://stranger.example/offer", safe="")
    wallet.paste(f"{wallet.city.url}/wallet#credential_offer_uri={uri}")
    assert wallet.refusal() == "relay-refused"


def _tampered(token: str) -> str:
    """The issuer's signature with one bit of it changed."""
    head, _, rest = token.partition("~")
    at = len(head) - 10
    return head[:at] + ("A" if head[at] != "A" else "B") + head[at + 1 :] + "~" + rest


def test_a_credential_that_was_altered_or_is_somebody_elses_is_not_kept(wallet: WebWallet) -> None:
    issued: list[str] = []

    def alter(route: Route) -> None:
        answer = route.fetch()
        body = answer.json()
        issued.append(body["credentials"][0]["credential"])
        body["credentials"][0]["credential"] = (
            _tampered(issued[0]) if len(issued) == 1 else issued[0]
        )
        route.fulfill(response=answer, json=body)

    wallet.context.route("**/credential", alter)
    for code in ("signature-invalid", "not-as-offered"):
        offer = wallet.offer()
        wallet.paste(offer["link"])
        wallet.page.locator("#tx-code").wait_for()
        wallet.type_code(offer["tx_code"])
        assert wallet.refusal() == code
    assert wallet.kept() == {"keys": 0, "credentials": 0}


def test_a_browser_inside_another_app_makes_no_key(visitor: Visitor) -> None:
    agent = "Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 Chrome/120 KAKAOTALK 10.4.5"
    wallet = WebWallet(visitor, width=360, user_agent=agent)
    page = wallet.page
    page.goto(wallet.offer()["link"])
    opener = page.locator("[data-open]")
    opener.wait_for()
    assert (opener.get_attribute("href") or "").startswith("kakaotalk://web/openExternal?url=")
    assert page.evaluate("indexedDB.databases()") == []
    assert_accessible(page)
    picture(page, "wallet-in-app")


def test_storage_that_is_blocked_is_said_before_the_offer_is_used(wallet: WebWallet) -> None:
    asked: list[str] = []
    wallet.page.on("request", lambda request: asked.append(request.url))
    wallet.page.add_init_script(
        "Object.defineProperty(window, 'indexedDB', "
        "{ get() { throw new DOMException('blocked', 'SecurityError'); } })"
    )
    offer = wallet.offer()
    wallet.page.goto(offer["link"])
    assert wallet.refusal() == "storage-blocked"
    assert not [url for url in asked if "/offers/" in url]
    assert_accessible(wallet.page)

    # The same link works in a browser that keeps things.
    WebWallet(wallet.visitor).receive(offer)


def test_storage_that_is_full_is_said_before_the_offer_is_used(wallet: WebWallet) -> None:
    wallet.open()
    offer = wallet.offer()
    wallet.page.goto(offer["link"])
    wallet.page.locator("#tx-code").wait_for()
    wallet.page.evaluate(
        "() => { IDBObjectStore.prototype.add = "
        "() => { throw new DOMException('', 'QuotaExceededError'); }; }"
    )
    wallet.type_code(offer["tx_code"])
    assert wallet.refusal() == "storage-full"
    wallet.paste(offer["link"])
    wallet.page.locator("#tx-code").wait_for()
    wallet.type_code(offer["tx_code"])
    wallet.page.locator("[data-keep]").wait_for()

    # What was issued already is not lost when there is no room for it either.
    wallet.page.evaluate(
        "() => { const put = IDBObjectStore.prototype.put; IDBObjectStore.prototype.put = "
        "function once() { IDBObjectStore.prototype.put = put; "
        "throw new DOMException('', 'QuotaExceededError'); }; }"
    )
    wallet.page.locator("[data-keep]").click()
    assert wallet.refusal() == "storage-full"
    wallet.page.locator("[data-again]").click()
    wallet.page.locator("[data-card]").wait_for()
    assert wallet.kept() == {"keys": 1, "credentials": 1}


def test_a_clock_that_is_twenty_minutes_off_is_explained_and_does_not_break_anything(
    wallet: WebWallet, tmp_path: Path
) -> None:
    wallet.page.add_init_script(
        "const real = Date.now.bind(Date); Date.now = () => real() + 20 * 60 * 1000;"
    )
    wallet.receive(wallet.offer())
    expect(wallet.page.locator("#notices")).to_contain_text("20분")
    assert_accessible(wallet.page)
    request = wallet.request([["ageOver19"]], tmp_path)
    wallet.open_request(request)
    wallet.agree()
    assert wallet.verdict(request)["decision"] == "accepted"


def test_what_failed_on_the_way_can_be_tried_again(wallet: WebWallet) -> None:
    offer = wallet.offer()
    wallet.context.route("**/log/checkpoint", lambda route: route.abort())
    wallet.page.goto(offer["link"])
    assert wallet.refusal() == "fetch-failed"
    assert_accessible(wallet.page)
    picture(wallet.page, "wallet-failed")
    wallet.context.unroute("**/log/checkpoint")
    wallet.page.locator("[data-again]").click()
    wallet.page.locator("#tx-code").wait_for()
    wallet.context.route("**/nonce", lambda route: route.abort())
    wallet.type_code(offer["tx_code"])
    assert wallet.refusal() == "fetch-failed"
    assert wallet.kept() == {"keys": 0, "credentials": 0}
    wallet.context.unroute("**/nonce")
    wallet.page.locator("[data-again]").click()  # with the token that the code has become
    wallet.page.locator("[data-keep]").click()
    wallet.page.locator("[data-card]").wait_for()


def test_markup_in_a_claim_is_shown_as_text(wallet: WebWallet, tmp_path: Path) -> None:
    markup = '<img src=x onerror="document.title=1">{{7*7}}</script><b>'
    claims = json.loads((wallet.city.data_dir / "people" / f"P01.{RESIDENCY}.json").read_text())
    file = tmp_path / "claims.json"
    file.write_text(json.dumps({**claims, "addressDetail": markup, "nameKo": "<b>김</b>"}))
    wallet.receive(wallet.offer(claims=file))
    page = wallet.open()
    expect(page.locator(".wallet-card")).to_contain_text("<b>김</b>")
    page.locator(".wallet-card").click()
    expect(page.locator("#view")).to_contain_text(markup)
    assert page.locator("#view img, #view b, #view script").count() == 0


def test_what_is_no_link_of_ours_is_said_at_the_field(wallet: WebWallet, tmp_path: Path) -> None:
    page = wallet.open("/wallet/receive")
    problem = page.locator("#link-problem")
    for text in ("", "https://example.com/", "안녕하세요", "javascript:alert(1)", "GWN1:ABC"):
        page.locator("#link").fill(text)
        page.locator("[data-form] button").click()
        expect(problem).not_to_be_empty()
    assert_accessible(page)
    page.locator("[data-camera]").click()  # this browser has none, or may not use it
    expect(problem).to_contain_text("카메라")
    for content, said in ((b"no picture", "사진이 아니에요"), (draw_png("HELLO"), "링크도")):
        file = tmp_path / "picture.png"
        file.write_bytes(content)
        page.locator("[data-picture]").set_input_files(file)
        expect(problem).to_contain_text(said)
    offer = wallet.offer()
    file.write_bytes(draw_png(offer["link"]))
    page.locator("[data-picture]").set_input_files(file)
    page.locator("#tx-code").wait_for()


def test_a_verifier_gets_no_more_than_it_is_registered_for(
    wallet: WebWallet, tmp_path: Path
) -> None:
    wallet.receive(wallet.offer())
    made = wallet.request([["ageOver19"]], tmp_path)
    methods: list[str] = []
    wallet.page.on("request", lambda request: methods.append(request.method))

    def ask_more(route: Route) -> None:
        signed = _signed_again(wallet, route.fetch().text(), "birthDate")
        route.fulfill(status=200, content_type=REQUEST_OBJECT, body=signed)

    wallet.context.route(made["request_uri"], ask_more)
    wallet.page.goto(made["link"])
    assert wallet.refusal() == "over-asking"
    assert set(methods) == {"GET"}
    assert_accessible(wallet.page)


def _signed_again(wallet: WebWallet, request_object: str, claim: str) -> str:
    """The verifier's own signature on a question for another claim."""
    claims: dict[str, Any] = dict(peek_claims(request_object).members)
    claims["dcql_query"]["credentials"][0]["claims"] = [{"path": [claim]}]
    did = claims["client_id"].removeprefix("decentralized_identifier:")
    city = City(Settings.from_env(wallet.city.environment))
    try:
        signer = city.verifier.signer("VER-LIB")
        header = {"typ": "oauth-authz-req+jwt", "kid": f"{did}#request-1"}
        return sign_claims(header, claims, signer)
    finally:
        city.database.close()


def test_a_wallet_without_what_is_asked_says_so(wallet: WebWallet, tmp_path: Path) -> None:
    wallet.receive(wallet.offer(CITIZEN_CARD, agency="SEL-CIVIL"))
    wallet.page.goto(wallet.request([["ageOver19"]], tmp_path)["link"])
    assert wallet.refusal() == "nothing-to-show"


def test_who_refuses_sends_nothing_but_that(wallet: WebWallet, tmp_path: Path) -> None:
    wallet.receive(wallet.offer())
    request = wallet.request([["ageOver19"]], tmp_path)
    wallet.open_request(request)
    wallet.page.locator("[data-refuse]").click()
    wallet.page.get_by_role("heading", name="보내지 않았어요").wait_for()
    assert wallet.verdict(request)["error"] == "access_denied"
    wallet.open("/wallet/history")
    expect(wallet.page.locator(".history")).to_contain_text("보내지 않음")
