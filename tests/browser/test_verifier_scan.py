"""The scan page in a browser: camera, USB scanner, keyboard alone, and a camera that is refused."""

import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from demo.city import Place
from tests.simulators.browser import Visitor, another, assert_accessible, picture
from tests.simulators.served_citizen import ServedCitizen, camera_flags, film, qr_picture

MEMBER = "SeoulCitizenCardCredential.member"
FIVE_SECONDS = 5_000


@pytest.fixture(scope="module")
def citizen(served_city: Place) -> ServedCitizen:
    """P01 with a citizen card."""
    return ServedCitizen(served_city)


@pytest.fixture(scope="module")
def seen(citizen: ServedCitizen, tmp_path_factory: pytest.TempPathFactory) -> tuple[str, Path]:
    """A code in its window, and the film of it."""
    text = citizen.qr("member", "memberId")
    return text, film(qr_picture(text), tmp_path_factory.mktemp("film") / "camera.y4m")


@pytest.fixture
def with_camera(browser: Browser, served_city: Place, seen: tuple[str, Path]) -> Iterator[Visitor]:
    """Somebody whose camera sees the code."""
    with another(browser, *camera_flags(seen[1])) as seeing:
        somebody = Visitor(seeing, served_city)
        yield somebody
        somebody.leave()


@pytest.fixture
def refused_camera(browser: Browser, served_city: Place) -> Iterator[Visitor]:
    """Somebody who has a camera and does not allow it."""
    with another(browser, "--use-fake-device-for-media-stream") as blind:
        somebody = Visitor(blind, served_city)
        yield somebody
        somebody.leave()


def _signed_in(visitor: Visitor, language: str, width: int) -> Page:
    page = visitor.profile(language=language, width=width).new_page()
    visitor.sign_in(page, "VER-LIB-01")
    page.goto(f"{visitor.city.url}/verifier/scan")
    return page


def _no_wider_than_the_screen(page: Page) -> None:
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_the_camera_reads_one_word_fills_the_screen_and_clears(
    with_camera: Visitor, seen: tuple[str, Path]
) -> None:
    page = _signed_in(with_camera, "ko", 1280)
    assert_accessible(page)
    picture(page, "verifier-scan-choice")
    card = page.locator("form.card").filter(has=page.locator(f'[name="{MEMBER}"]'))
    card.locator("select").select_option("5")
    card.get_by_role("button", name="스캔 시작").click()
    began = time.monotonic()
    result = page.locator("#result")
    expect(result.locator(".big")).to_have_text("확인됨", timeout=FIVE_SECONDS)
    assert time.monotonic() - began < 5
    assert result.locator("dt").all_inner_texts() == ["회원"]
    assert result.locator("dd").all_inner_texts() == ["예"]
    assert result.bounding_box() == {"x": 0, "y": 0, "width": 1280, "height": 800}
    assert_accessible(page)
    picture(page, "verifier-scan-ok")
    expect(result).to_be_hidden(timeout=7_000)  # by itself, though the code is still in view
    page.wait_for_timeout(1_500)
    expect(result).to_be_hidden()
    expect(page.locator("#camera")).to_be_visible()
    picture(page, "verifier-scan-camera")

    # The same code once more, from a USB scanner, which types and presses Enter.
    page.locator("h1").click()
    page.keyboard.type(seen[0])
    page.keyboard.press("Enter")
    expect(result.locator(".big")).to_have_text("이미 사용되었거나 시간이 지난 QR입니다")
    page.keyboard.press("Tab")  # from "next" round to "keep showing", and not behind the screen
    page.keyboard.press("Enter")
    page.wait_for_timeout(5_500)
    expect(result).to_be_visible()
    picture(page, "verifier-scan-replayed")
    page.get_by_role("button", name="다음 스캔").click()
    expect(result).to_be_hidden()


def test_a_scanner_or_the_keyboard_alone_do_where_the_camera_is_refused(
    refused_camera: Visitor, citizen: ServedCitizen
) -> None:
    page = _signed_in(refused_camera, "en", 360)
    _no_wider_than_the_screen(page)
    page.goto(f"{refused_camera.city.url}/verifier/scan?{MEMBER}=1&clear=0")
    expect(page.locator("#camera-state")).to_contain_text("The camera was not allowed")
    assert_accessible(page)
    _no_wider_than_the_screen(page)
    picture(page, "verifier-scan-no-camera")
    page.keyboard.type(citizen.qr("member"))  # the field has the focus already
    page.keyboard.press("Enter")
    result = page.locator("#result")
    expect(result.locator(".big")).to_have_text("Verified", timeout=FIVE_SECONDS)
    assert_accessible(page)
    _no_wider_than_the_screen(page)
    picture(page, "verifier-scan-ok")
    page.keyboard.type("https://gwanin.example/")  # the next code, over the result
    page.keyboard.press("Enter")
    expect(result.locator(".big")).to_have_text("Not a code that can be checked")
    page.keyboard.press("Escape")
    expect(result).to_be_hidden()
    assert page.evaluate("document.activeElement.id") == "text"
