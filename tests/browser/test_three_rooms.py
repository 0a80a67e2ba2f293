"""The whole way: the clerk's desk, the citizen's phone, the library's scanner.

Each camera is fed with the pixels of the other page, as it would be on a table.
"""

import io
import re
import time
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Browser, Locator, Page, expect

from demo.city import Place
from tests.simulators.browser import Visitor, another
from tests.simulators.served_citizen import ServedCitizen, camera_flags, film, qr_picture
from tests.simulators.web_wallet import WebWallet

RESIDENCY = "SeoulResidencyCredential"
WAYS = [("ko", 360), ("en", 1280)]
WORDS = {
    "OK": {"ko": "확인됨", "en": "Verified"},
    "REVOKED": {"ko": "폐기된 증명입니다", "en": "Revoked"},
    "REPLAYED": {"ko": "이미 사용되었거나 시간이 지난 QR입니다", "en": "Used or timed-out code"},
}
FIVE_SECONDS = 5_000
RESIDENT = re.compile("서울시 거주$|Resident of Seoul$")


class Camera:
    """A browser whose camera sees whatever was shown to it last."""

    def __init__(self, stack: ExitStack, browser: Browser, city: Place, path: Path) -> None:
        self.path = film(Image.new("RGB", (400, 400), "white"), path)
        seeing = stack.enter_context(another(browser, *camera_flags(path)))
        self.visitor = Visitor(seeing, city)

    def see(self, shown: Locator) -> None:
        """Point it at a part of another page: the pixels, as they are on that screen."""
        self.see_picture(Image.open(io.BytesIO(shown.screenshot())).convert("RGB"))

    def see_picture(self, picture: Image.Image) -> None:
        """Point it at a picture."""
        size = (3 * picture.width, 3 * picture.height)  # held close
        film(picture.resize(size, Image.Resampling.NEAREST), self.path)


@pytest.fixture
def cameras(
    browser: Browser, served_city: Place, tmp_path: Path
) -> Iterator[tuple[Camera, Camera]]:
    """The citizen's and the library's."""
    with ExitStack() as stack:
        phone = Camera(stack, browser, served_city, tmp_path / "phone.y4m")
        scanner = Camera(stack, browser, served_city, tmp_path / "scanner.y4m")
        yield phone, scanner
        phone.visitor.leave()
        scanner.visitor.leave()


class Desk:
    """Two clerks of Gwanak District: one drafts, the other approves and revokes."""

    def __init__(self, visitor: Visitor, language: str) -> None:
        self.url = visitor.city.url
        self.drafter = self._clerk(visitor, "GU-11620-01", language)
        self.approver = self._clerk(visitor, "GU-11620-02", language)

    def approve(self, name: str) -> None:
        """A residency of somebody with this name, drafted by one and approved by the other."""
        page = self.drafter
        page.goto(f"{self.url}/desk/new-draft?type={RESIDENCY}")
        for field, text in (
            ("nameKo", name), ("birthDate", "1999-05-17"), ("registeredSince", "2019-03-02"),
        ):  # fmt: skip
            page.locator(f"#field-{field}").fill(text)
        page.locator("#field-guCode").select_option("11620")
        page.locator("#field-residentType").select_option("citizen")
        page.locator("button[value='submit']").click()
        page = self.approver
        page.goto(f"{self.url}/desk/approvals")
        page.locator("tr", has_text=name).locator("input[name^='pick.']").check()
        page.locator("main form button.button").click()
        page.goto(f"{self.url}/desk/issued")
        page.locator("a[href^='/desk/issued/e_']").first.click()
        expect(page.locator("main")).to_contain_text(name)

    def offer(self) -> tuple[Locator, str]:
        """The QR code of the offer on the clerk's screen, and the tx_code."""
        page = self.approver
        page.locator("button[value='letter']").click()
        page.locator("a[href$='/offer/code']").click()
        code = page.locator(".big-code").inner_text()
        page.locator("main a[href$='/offer']").click()
        return page.locator(".qr img"), code

    def revoke(self) -> None:
        """Revoke what was issued; it is published before the page answers."""
        page = self.approver
        page.locator("main > p > a[href^='/desk/issued/e_']").click()
        page.locator("#revoke-reason").select_option("R01")
        page.locator("input[name='confirmed']").check()
        page.locator("button[value='revoke']").click()
        page.get_by_role("status").wait_for()

    def _clerk(self, visitor: Visitor, reference: str, language: str) -> Page:
        page = visitor.profile(language=language).new_page()
        visitor.sign_in(page, reference)
        page.wait_for_url("**/desk")
        return page


class Library:
    """The scan page of VER-LIB, asking whether somebody lives in Seoul."""

    def __init__(self, camera: Camera, language: str, width: int) -> None:
        self.camera, self.language = camera, language
        self.page = camera.visitor.profile(language=language, width=width).new_page()
        camera.visitor.sign_in(self.page, "VER-LIB-01")
        self.page.wait_for_url("**/verifier")

    def reads(self, word: str) -> None:
        """What it sees now gives this word, full screen, within five seconds."""
        url = f"{self.camera.visitor.city.url}/verifier/scan"
        self.page.goto(f"{url}?{RESIDENCY}.residentOfSeoul=1&clear=0")
        began = time.monotonic()
        big = self.page.locator("#result .big")
        expect(big).to_have_text(WORDS[word][self.language], timeout=FIVE_SECONDS)
        assert time.monotonic() - began < 5


@pytest.mark.parametrize(("language", "width"), WAYS)
def test_from_the_desk_to_the_phone_to_the_scanner_and_back(
    visitor: Visitor, cameras: tuple[Camera, Camera], language: str, width: int
) -> None:
    phone, scanner = cameras
    name = {"ko": "이한결다섯글자", "en": "SPECIMEN JOURNEY"}[language]
    desk = Desk(visitor, language)
    desk.approve(name)
    code, tx_code = desk.offer()
    phone.see(code)
    wallet = WebWallet(phone.visitor, language=language, width=width)
    page = wallet.open("/wallet/receive")
    page.locator("[data-camera]").click()
    page.locator("#tx-code").wait_for()
    wallet.type_code(tx_code)
    expect(page.locator("[data-slot='name']")).to_have_text(name)
    page.locator("[data-keep]").click()
    page.locator("[data-card]").wait_for()

    library = Library(scanner, language, width)
    scanner.see(_shown(wallet))
    library.reads("OK")
    library.reads("REPLAYED")  # the same picture once more

    desk.revoke()
    page.wait_for_timeout(5_500)  # how long a copy of the status list may be used in the demo
    scanner.see(_shown(wallet))
    library.reads("REVOKED")


@pytest.mark.parametrize(("language", "width"), WAYS)
def test_a_screenshot_is_of_no_use_after_its_window(
    cameras: tuple[Camera, Camera], served_city: Place, language: str, width: int
) -> None:
    citizen = ServedCitizen(served_city, agency="GU-11620", type_name=RESIDENCY)
    made = citizen.connection.clock() - timedelta(minutes=4)
    cameras[1].see_picture(qr_picture(citizen.qr("residentOfSeoul", now=made)))
    Library(cameras[1], language, width).reads("REPLAYED")


@pytest.mark.parametrize(("language", "width"), WAYS)
def test_the_librarys_own_code_is_scanned_by_the_phone(
    visitor: Visitor, cameras: tuple[Camera, Camera], language: str, width: int
) -> None:
    phone, _ = cameras
    wallet = WebWallet(phone.visitor, language=language, width=width)
    wallet.receive(wallet.offer())
    desk = visitor.profile(language=language).new_page()
    visitor.sign_in(desk, "VER-LIB-01")
    desk.wait_for_url("**/verifier")
    desk.locator(f'[name="{RESIDENCY}.residentOfSeoul"]').check()
    desk.locator("main form button").first.click()
    desk.wait_for_url("**/verifier/results/**")
    phone.see(desk.locator(".qr[role=img]"))
    page = wallet.open("/wallet/requests")
    page.locator("[data-camera]").click()
    page.locator("[data-required]").wait_for()
    wallet.agree()
    expect(desk.locator(".verdict .big")).to_have_text(WORDS["OK"][language], timeout=10_000)


def _shown(wallet: WebWallet) -> Locator:
    """The citizen's code of now: that the holder lives in Seoul, and nothing else."""
    wallet.open()
    page = wallet.open("/wallet/show#1")
    page.get_by_label(RESIDENT).check()
    page.locator("[data-form] button").click()
    page.locator("canvas").wait_for()
    return page.locator("canvas")
