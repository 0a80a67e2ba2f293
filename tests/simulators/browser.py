"""A real browser (Debian's Chromium) before a really served city.

def test_x(visitor: Visitor) -> None:
    page = visitor.open("/desk", language="ko", width=360)
    assert_accessible(page)
    picture(page, "desk-today")          # docs/screens/desk-today.ko.360.png, when asked for

Every page fails its test if it broke the content security policy, threw, or logged an error.
"""

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page, Playwright, sync_playwright

from demo.city import Place

CHROMIUM = Path("/usr/bin/chromium")
SCREENS = Path(__file__).parents[2] / "docs" / "screens"
FLAGS = (
    "--headless=new",
    "--no-sandbox",  # the suite may run as root, in a container
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
LANGUAGES = {"ko": "ko-KR", "en": "en-US"}
WIDTHS = (360, 1280)


@contextmanager
def chromium(*more: str) -> Iterator[Browser]:
    """A running browser; `more` are further flags, such as those for a camera that plays a file."""
    if not CHROMIUM.exists():
        raise FileNotFoundError("Debian's package `chromium` is missing")
    with sync_playwright() as playwright:
        browser = _launch(playwright, more)
        try:
            yield browser
        finally:
            browser.close()


@contextmanager
def another(browser: Browser, *more: str) -> Iterator[Browser]:
    """A second browser beside the first, with further flags: Playwright runs once in a process."""
    second = browser.browser_type.launch(executable_path=str(CHROMIUM), args=[*FLAGS, *more])
    try:
        yield second
    finally:
        second.close()


class Visitor:
    """One person with a browser profile of their own at one city."""

    def __init__(self, browser: Browser, city: Place) -> None:
        self._browser = browser
        self.city = city
        self._contexts: list[BrowserContext] = []
        self.complaints: list[str] = []

    def profile(self, *, language: str = "ko", width: int = 1280, **options: Any) -> BrowserContext:
        """A new profile: no cookies, no storage."""
        context = self._browser.new_context(
            locale=LANGUAGES[language],
            viewport={"width": width, "height": 800},
            reduced_motion="reduce",
            **options,
        )
        context.on("console", lambda message: self._note(message.type, message.text))
        context.on("weberror", lambda error: self.complaints.append(str(error.error)))
        self._contexts.append(context)
        return context

    def open(self, path: str, *, language: str = "ko", width: int = 1280) -> Page:
        """A page of the city in a new profile."""
        page = self.profile(language=language, width=width).new_page()
        page.goto(self.city.url + path)
        return page

    def sign_in(self, page: Page, reference: str) -> None:
        """Sign in as a member of staff, with the password that the seed wrote down."""
        logins = json.loads((self.city.data_dir / "logins.json").read_text("utf-8"))
        page.goto(f"{self.city.url}/sign-in")
        page.locator("#name").fill(reference)
        page.locator("#password").fill(logins[reference]["password"])
        page.locator("main form button").click()

    def leave(self) -> None:
        """Close every profile; raises AssertionError if a page complained."""
        for context in self._contexts:
            context.close()
        assert self.complaints == []

    def _note(self, kind: str, text: str) -> None:
        # A refused request is logged by the browser as well; the page is what shows it.
        if kind == "error" and "Failed to load resource" not in text:
            self.complaints.append(text)


def assert_accessible(page: Page) -> None:
    """No violation that axe can find (WCAG 2.2 A and AA, best practices)."""
    found = Axe().run(page).response["violations"]
    lines = [f"{one['id']}: {one['help']}: {one['nodes'][0]['html'][:200]}" for one in found]
    assert lines == []


def picture(page: Page, name: str) -> None:
    """Keep a picture of the whole page under docs/screens/ when GWANIN_SCREENS is set."""
    if "GWANIN_SCREENS" not in os.environ:
        return
    size = page.viewport_size or {"width": 0}
    language = page.locator("html").get_attribute("lang")
    page.screenshot(path=SCREENS / f"{name}.{language}.{size['width']}.png", full_page=True)


def _launch(playwright: Playwright, more: tuple[str, ...]) -> Browser:
    return playwright.chromium.launch(executable_path=str(CHROMIUM), args=[*FLAGS, *more])
