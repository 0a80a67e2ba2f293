"""The QR code that a citizen shows: read from the screen's pixels, and verified by the commands."""

import io
import json
import re
from pathlib import Path

import pytest
import zxingcpp
from PIL import Image
from playwright.sync_api import Page, expect

from tests.simulators.browser import Visitor, assert_accessible, picture
from tests.simulators.web_wallet import CITIZEN_CARD, RESIDENCY, WebWallet

SECONDS = re.compile(r"\d\d:\d\d:\d\d")
RESIDENT = re.compile("서울시민$|Resident of Seoul")
NOT_CHOSEN = {"memberId", "memberSince", "facilityScopes", "member"}


@pytest.mark.parametrize(("language", "width"), [("ko", 360), ("en", 1280)])
def test_what_is_shown_can_be_scanned_and_says_no_more_than_was_chosen(
    visitor: Visitor, tmp_path: Path, language: str, width: int
) -> None:
    wallet = WebWallet(visitor, language=language, width=width)
    page = wallet.open("/wallet/show")
    expect(page.locator(".empty")).to_be_visible()
    wallet.receive(wallet.offer(CITIZEN_CARD, agency="SEL-CIVIL"))

    # Nothing is chosen beforehand.
    wallet.open("/wallet/show").locator("#view li button").click()
    assert page.locator("input:checked").count() == 0
    assert_accessible(page)
    picture(page, "wallet-show-choose")
    page.locator("[data-form] button").click()
    expect(page.locator("#claims-problem")).not_to_be_empty()
    page.get_by_label(RESIDENT).check()
    page.locator("[data-form] button").click()

    page.locator("canvas").wait_for()
    assert_accessible(page)
    picture(page, "wallet-show")
    text = _scanned(page)
    scanned = tmp_path / "scanned"
    scanned.write_text(text, "ascii")
    verdict = wallet.city.run_json(["gwanin-verify", str(scanned)])
    assert verdict["decision"] == "accepted"
    assert set(verdict["claims"]) & NOT_CHOSEN == set()
    assert verdict["claims"]["seoulResident"] is True

    # The same as text, for whoever can't be scanned; and a clock that runs.
    page.locator("summary").click()
    assert page.locator("#qr-text").input_value() == text
    first = page.locator("[data-clock]").inner_text()
    assert SECONDS.fullmatch(first)
    expect(page.locator("[data-clock]")).not_to_have_text(first)
    page.locator("[data-longer]").click()
    expect(page.locator("[data-told]")).not_to_be_empty()
    assert _scanned(page) != text

    wallet.open("/wallet/history")
    assert page.locator(".history > li").count() == 1


def _scanned(page: Page) -> str:
    """What a phone reads from the screen: the pixels as they are shown."""
    shot = Image.open(io.BytesIO(page.locator("canvas").screenshot()))
    (found,) = zxingcpp.read_barcodes(shot)
    return found.text


def test_what_no_code_can_hold_is_said_so(visitor: Visitor, tmp_path: Path) -> None:
    wallet = WebWallet(visitor)
    claims = json.loads((wallet.city.data_dir / "people" / f"P01.{RESIDENCY}.json").read_text())
    long = "".join(chr(0xAC00 + at * 7919 % 11172) for at in range(200))  # hardly compresses
    claims |= {"roadAddress": long[:100], "addressDetail": long[100:], "dongName": long[50:70]}
    file = tmp_path / "claims.json"
    file.write_text(json.dumps(claims))
    wallet.receive(wallet.offer(claims=file))
    page = wallet.open("/wallet/show#1")
    for box in page.locator("input[type=checkbox]").all():
        box.check()
    page.locator("[data-form] button").click()
    expect(page.locator("#claims-problem")).not_to_be_empty()
    wallet.open("/wallet/history")
    expect(page.locator(".empty")).to_be_visible()


def test_a_code_renews_itself_while_it_is_shown_and_ends_when_nobody_is_there(
    visitor: Visitor,
) -> None:
    wallet = WebWallet(visitor)
    page = wallet.page
    page.add_init_script(
        "const real = Date.now.bind(Date); window.shift = 0;Date.now = () => real() + window.shift;"
    )
    wallet.receive(wallet.offer(CITIZEN_CARD, agency="SEL-CIVIL"))
    wallet.open("/wallet/show#1")
    page.get_by_label(RESIDENT).check()
    page.locator("[data-form] button").click()
    text = page.locator("#qr-text")
    expect(text).not_to_have_value("")
    first = text.input_value()
    page.evaluate("window.shift = 118_000")
    expect(text).not_to_have_value(first)
    expect(page.locator("[data-told]")).not_to_be_empty()

    # Ten minutes later nobody has touched it: what is over is taken from the screen.
    page.evaluate("window.shift = 20 * 60_000")
    expect(text).to_have_value("")
    page.locator("[data-longer]").click()
    expect(text).not_to_have_value("")
    assert _scanned(page) == text.input_value()
