"""What is issued once and must not be lost, and what a link says that can't be used any more."""

import json
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.simulators.browser import Visitor, assert_accessible, picture
from tests.simulators.web_wallet import RESIDENCY, WebWallet, command


@pytest.fixture
def wallet(visitor: Visitor) -> WebWallet:
    return WebWallet(visitor, width=360)


def _wrong(code: str) -> str:
    return "0" * len(code) if code != "0" * len(code) else "1" * len(code)


@pytest.mark.parametrize(("language", "width"), [("ko", 360), ("en", 1280)])
def test_a_credential_that_was_not_decided_on_is_found_again(
    visitor: Visitor, language: str, width: int
) -> None:
    wallet = WebWallet(visitor, language=language, width=width)
    page, offer = wallet.page, wallet.offer()
    wallet.fetch(offer)
    page.reload()
    expect(page.locator("[data-keep]")).to_be_visible()
    expect(page.locator("#view")).to_contain_text("김시범")
    assert_accessible(page)
    picture(page, "wallet-keep-again")

    # It waits on the other pages as well, and beside the link that it came by.
    page.locator("[data-later] a").click()
    expect(page.locator(".empty")).to_be_visible()
    assert_accessible(page)
    picture(page, "wallet-pending")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.goto(offer["link"])
    assert wallet.refusal() == "offer-not-open"
    page.locator("#notices a").click()
    page.locator("[data-keep]").click()
    page.locator("[data-card]").wait_for()
    assert wallet.kept() == {"keys": 1, "credentials": 1}
    wallet.open("/wallet/receive")
    expect(page.locator("#link")).to_be_visible()


def test_what_is_not_kept_is_gone_and_its_person_is_told_that_it_was_issued(
    wallet: WebWallet,
) -> None:
    wallet.fetch(wallet.offer())
    wallet.page.locator("[data-keep-not]").click()
    expect(wallet.page.locator("#view")).to_contain_text("발급된 것으로 남아 있어요")
    assert_accessible(wallet.page)
    picture(wallet.page, "wallet-kept-not")
    assert wallet.kept() == {"keys": 0, "credentials": 0}
    wallet.open("/wallet/receive")
    expect(wallet.page.locator("#link")).to_be_visible()


def test_what_could_not_be_laid_by_is_still_asked_about(wallet: WebWallet) -> None:
    offer = wallet.offer()
    wallet.paste(offer["link"])
    wallet.page.locator("#tx-code").wait_for()
    wallet.page.evaluate(
        "() => { const put = IDBObjectStore.prototype.put; IDBObjectStore.prototype.put = "
        "function once() { IDBObjectStore.prototype.put = put; "
        "throw new DOMException('', 'QuotaExceededError'); }; }"
    )
    wallet.type_code(offer["tx_code"])
    expect(wallet.page.locator("[data-keep]")).to_be_visible()
    expect(wallet.page.locator("[data-later]")).to_be_hidden()
    wallet.page.locator("[data-keep]").click()
    wallet.page.locator("[data-card]").wait_for()
    assert wallet.kept() == {"keys": 1, "credentials": 1}


def test_a_wallet_of_the_version_before_keeps_what_it_holds(wallet: WebWallet) -> None:
    wallet.page.goto(f"{wallet.url}/healthz")
    wallet.page.evaluate(MAKE_FIRST_VERSION)
    wallet.receive(wallet.offer())
    assert wallet.kept() == {"keys": 2, "credentials": 1}


def test_a_used_link_says_that_it_was_used(wallet: WebWallet) -> None:
    offer = wallet.offer()
    wallet.receive(offer)
    wallet.paste(offer["link"])
    assert wallet.refusal() == "offer-not-open"
    expect(wallet.page.locator("#view")).to_contain_text("창구에서 새 링크를 받아 주세요")
    assert_accessible(wallet.page)
    picture(wallet.page, "wallet-link-used")
    wallet.paste(offer["link"][:-1] + ("A" if offer["link"][-1] != "A" else "B"))
    assert wallet.refusal() == "offer-not-found"


def test_the_fifth_wrong_code_says_that_the_link_has_stopped(wallet: WebWallet) -> None:
    offer = wallet.offer()
    wallet.paste(offer["link"])
    wallet.page.locator("#tx-code").wait_for()
    for _ in range(4):
        wallet.type_code(_wrong(offer["tx_code"]))
        expect(wallet.page.locator("#tx-code-problem")).not_to_be_empty()
    wallet.type_code(_wrong(offer["tx_code"]))
    assert wallet.refusal() == "offer-not-open"
    assert wallet.kept() == {"keys": 0, "credentials": 0}


def test_an_answered_request_says_that_it_is_over(wallet: WebWallet, tmp_path: Path) -> None:
    wallet.receive(wallet.offer())
    request = wallet.request([["ageOver19"]], tmp_path)
    wallet.open_request(request)
    wallet.agree()
    wallet.page.goto("about:blank")
    wallet.page.goto(request["link"])
    assert wallet.refusal() == "request-over"


def test_what_another_side_says_of_its_own_server_is_not_said_of_ours(wallet: WebWallet) -> None:
    offer = wallet.offer()
    answers = {
        "counterpart-refused": (400, "storage-unavailable"),
        "unavailable": (503, "no-code-of-ours"),
        "offer-expired": (410, "offer-expired"),
    }
    for said, (status, code) in answers.items():
        _answer_offers(wallet, status, code)
        wallet.paste(offer["link"])
        assert wallet.refusal() == said
        wallet.context.unroute("**/offers/**")


def _answer_offers(wallet: WebWallet, status: int, code: str) -> None:
    problem = json.dumps({"code": code})
    kind = "application/problem+json"
    wallet.context.route(
        "**/offers/**",
        lambda route: route.fulfill(status=status, content_type=kind, body=problem),
    )


def test_a_revoked_credential_is_marked_wherever_it_could_be_used(
    wallet: WebWallet, tmp_path: Path
) -> None:
    offer = wallet.offer()
    wallet.receive(offer)
    page = wallet.open()
    expect(page.locator("[data-marks]")).to_be_hidden()
    command(wallet.city, ["issuer", "revoke", offer["entitlement_id"], "--reason", "R02"])
    page = wallet.open("/wallet/card#1")
    page.locator("[data-check]").click()
    expect(page.locator("[data-status]")).to_contain_text("폐기된 증명입니다")
    for path in ("/wallet", "/wallet/card#1", "/wallet/show", "/wallet/show#1"):
        page.goto("about:blank")
        wallet.open(path)
        expect(page.locator("#view")).to_contain_text("폐기된 증명입니다")
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        assert_accessible(page)
    picture(page, "wallet-show-revoked")
    wallet.open()
    picture(page, "wallet-cards-revoked")
    wallet.open_request(wallet.request([["ageOver19"]], tmp_path))
    expect(page.locator("[data-cards] .message.danger")).to_contain_text("폐기된 증명입니다")
    assert_accessible(page)
    picture(page, "wallet-consent-revoked")


def test_whose_credential_is_taken_is_said_and_a_revoked_one_comes_last(
    wallet: WebWallet, tmp_path: Path
) -> None:
    claims = json.loads((wallet.city.data_dir / "people" / f"P01.{RESIDENCY}.json").read_text())
    file = tmp_path / "claims.json"
    file.write_text(json.dumps({**claims, "nameKo": "김다른"}))
    wallet.receive(wallet.offer())
    other = wallet.offer(claims=file)
    wallet.receive(other)
    page = wallet.open("/wallet/show")
    expect(page.locator("#view li").first).to_contain_text("김다른")
    expect(page.locator("#view li").last).to_contain_text("김시범")
    request = wallet.request([["ageOver19"]], tmp_path)
    wallet.open_request(request)
    expect(page.locator("[data-cards]")).to_contain_text("김다른")
    assert_accessible(page)
    picture(page, "wallet-consent-whose")

    command(wallet.city, ["issuer", "revoke", other["entitlement_id"], "--reason", "R02"])
    wallet.open("/wallet/card#2").locator("[data-check]").click()
    expect(page.locator("[data-status]")).to_contain_text("폐기된 증명입니다")
    wallet.open_request(request)
    expect(page.locator("[data-cards]")).to_contain_text("김시범")
    expect(page.locator("[data-cards] .message.danger")).to_have_count(0)
    wallet.agree()
    assert wallet.verdict(request)["decision"] == "accepted"


def test_what_opens_has_the_triangle_that_says_so(wallet: WebWallet) -> None:
    wallet.receive(wallet.offer())
    page = wallet.open("/wallet/show#1")
    page.locator("[data-form] input").first.check()
    page.locator("[data-form] button").click()
    page.locator("summary").wait_for()
    style = page.locator("summary").evaluate("(one) => getComputedStyle(one).display")
    assert style == "list-item"


# What a wallet's first version made, with one key that stands for what was kept.
MAKE_FIRST_VERSION = """() => new Promise((resolve, reject) => {
  const opening = indexedDB.open('gwanin-wallet', 1);
  opening.onerror = () => reject(opening.error);
  opening.onupgradeneeded = () => {
    opening.result.createObjectStore('meta');
    opening.result.createObjectStore('keys', { autoIncrement: true }).add('a key');
    opening.result.createObjectStore('credentials');
    opening.result.createObjectStore('history', { autoIncrement: true });
  };
  opening.onsuccess = () => { opening.result.close(); resolve(); };
})"""
