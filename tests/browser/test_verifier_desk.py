"""The desk and the public check page, in both languages, on a phone and on a desk."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from demo.city import Place
from tests.simulators.browser import Visitor, another, assert_accessible, picture
from tests.simulators.served_citizen import ServedCitizen, camera_flags, film, qr_picture

VIEWS = [("ko", 1280), ("en", 360)]


@pytest.fixture(scope="module")
def citizen(served_city: Place) -> ServedCitizen:
    """P01 with a citizen card."""
    return ServedCitizen(served_city)


def _looked_at(page: Page, name: str) -> None:
    assert_accessible(page)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    picture(page, name)


@pytest.mark.parametrize(("language", "width"), VIEWS)
def test_asks_waits_and_reads_the_word_by_the_keyboard(
    visitor: Visitor, citizen: ServedCitizen, language: str, width: int
) -> None:
    page = visitor.profile(language=language, width=width).new_page()
    visitor.sign_in(page, "VER-LIB-01")
    page.wait_for_url("**/verifier")
    _looked_at(page, "verifier-desk")
    tick = page.locator('[name="SeoulCitizenCardCredential.member"]')
    tick.focus()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_url("**/verifier/results/**")
    _looked_at(page, "verifier-waiting")
    citizen.answer(page.locator("#link").input_value())
    word = {"ko": "확인됨", "en": "Verified"}[language]
    expect(page.locator(".verdict .big")).to_have_text(word, timeout=10_000)  # by itself
    page.locator("summary").press("Enter")
    expect(page.locator(".checks li")).to_have_count(12)
    _looked_at(page, "verifier-result")
    for address, name in (("today", "verifier-today"), ("lists", "verifier-lists")):
        page.goto(f"{visitor.city.url}/verifier/{address}")
        _looked_at(page, name)


@pytest.mark.parametrize(("language", "width"), VIEWS)
def test_anybody_checks_what_was_pasted_or_photographed(
    visitor: Visitor, citizen: ServedCitizen, tmp_path: Path, language: str, width: int
) -> None:
    page = visitor.open("/verify", language=language, width=width)
    _looked_at(page, "verify")
    photograph = tmp_path / "code.png"
    qr_picture(citizen.qr("member")).save(photograph)
    page.locator("#file").set_input_files(photograph)
    expect(page.locator("#text")).to_have_value(re.compile("^GWN1:"))
    page.locator("form#check button").click()
    word = {"ko": "진본입니다", "en": "Genuine"}[language]
    expect(page.locator(".verdict .big")).to_contain_text(word)
    _looked_at(page, "verify-ok")
    page.goto(f"{visitor.city.url}/verify")
    page.locator("#text").fill(str(citizen.credential())[:-40] + "~")
    page.locator("form#check button").click()
    _looked_at(page, "verify-tampered")


def test_anybody_checks_with_the_camera(
    browser: Browser, served_city: Place, citizen: ServedCitizen, tmp_path: Path
) -> None:
    path = film(qr_picture(citizen.qr("member")), tmp_path / "camera.y4m")
    with another(browser, *camera_flags(path)) as seeing:
        visitor = Visitor(seeing, served_city)
        page = visitor.open("/verify")
        page.get_by_role("button", name="카메라로 읽기").click()
        expect(page.locator(".verdict .big")).to_contain_text("진본입니다", timeout=5_000)
        visitor.leave()
