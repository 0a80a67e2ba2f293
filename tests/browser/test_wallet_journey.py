"""The citizen's journey in the web wallet: receive, look, send, read back, remove."""

from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.simulators.browser import Visitor, assert_accessible, picture
from tests.simulators.web_wallet import WebWallet


@pytest.mark.parametrize(("language", "width"), [("ko", 360), ("en", 1280)])
def test_a_citizen_receives_shows_and_removes(
    visitor: Visitor, tmp_path: Path, language: str, width: int
) -> None:
    wallet = WebWallet(visitor, language=language, width=width)
    page = wallet.open()
    _looked_at(wallet, "wallet-empty")
    offer = wallet.offer()

    # A link that any phone camera opens leads to the page that reads it, and out of the address.
    page.goto(offer["link"])
    page.locator("#tx-code").wait_for()
    assert page.url == f"{wallet.city.url}/wallet/receive"
    _looked_at(wallet, "wallet-offer")
    wrong = "0" * len(offer["tx_code"])
    wallet.type_code(wrong if wrong != offer["tx_code"] else "1" * len(wrong))
    expect(page.locator("#tx-code-problem")).not_to_be_empty()
    _looked_at(wallet, "wallet-wrong-code")
    wallet.type_code(offer["tx_code"])

    # Whose it is stands there before it is kept.
    page.locator("[data-keep]").wait_for()
    expect(page.locator("#view")).to_contain_text("김시범")
    _looked_at(wallet, "wallet-keep")
    page.locator("[data-keep]").click()
    page.locator("[data-card]").click()
    expect(page.locator("#view h2")).to_have_text(
        {"ko": "서울시 거주확인증", "en": "Seoul Residency"}[language]
    )
    _looked_at(wallet, "wallet-card")
    wallet.open()
    _looked_at(wallet, "wallet-cards")

    # A library asks, and is sent what it asked for and no more.
    request = wallet.request([["residentOfSeoul"], ["ageOver19"]], tmp_path)
    wallet.open_request(request)
    assert page.locator("input:checked").count() == 0
    sizes = [box.bounding_box() for box in page.locator(".buttons.equal .button").all()]
    assert sizes[0]
    assert sizes[1]
    assert sizes[0]["width"] == sizes[1]["width"]
    _looked_at(wallet, "wallet-consent")
    page.locator("[data-form] button:not([data-refuse])").click()
    expect(page.locator("#required-problem")).not_to_be_empty()
    wallet.agree()
    _looked_at(wallet, "wallet-sent")
    verdict = wallet.verdict(request)
    assert verdict["decision"] == "accepted"
    assert verdict["claims"] == {"residentOfSeoul": True, "ageOver19": True}

    # What was sent is remembered here, and what is removed is gone.
    wallet.open("/wallet/history")
    assert page.locator(".history > li").count() == 1
    _looked_at(wallet, "wallet-history")
    wallet.open().locator(".wallet-card").click()
    page.locator("[data-remove] button").click()
    expect(page.locator("#remove-problem")).not_to_be_empty()
    page.locator("[data-remove] input").check()
    page.locator("[data-remove] button").click()
    page.locator(".empty").wait_for()


def _looked_at(wallet: WebWallet, name: str) -> None:
    assert wallet.page.evaluate("document.documentElement.scrollWidth <= innerWidth"), name
    assert_accessible(wallet.page)
    picture(wallet.page, name)
