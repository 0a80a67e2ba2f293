"""The tests of our ES modules again, in a real Chromium: its WebCrypto, its streams, its URLs.

Node and browsers differ exactly where these modules touch the platform, such as in which Ed25519
signatures they take, so what passes in one is not proven for the other.
"""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from tests.simulators.js_pages import js_pages

HERE = Path(__file__).parents[1] / "js"
# What only node can say: how much memory is in use while a bomb is inflated.
ONLY_NODE = frozenset({"compression.test.js"})
FILES = sorted(file.name for file in HERE.glob("*.test.js") if file.name not in ONLY_NODE)


@pytest.fixture(scope="module")
def pages() -> Iterator[str]:
    """The address of a server that has the modules and their tests."""
    with js_pages() as url:
        yield url


@pytest.fixture(scope="module")
def page(browser: Browser) -> Iterator[Page]:
    """One tab for all files; each is a new document."""
    context = browser.new_context()
    yield context.new_page()
    context.close()


@pytest.mark.parametrize("file", FILES)
def test_chromium_passes(page: Page, pages: str, file: str) -> None:
    page.goto(f"{pages}/run?file={file}")
    results = page.evaluate("globalThis.gwaninResults")
    failures = [f"{one['name']}: {one['failure']}" for one in results if one["failure"]]
    assert failures == []
    assert results


def test_every_file_runs_in_one_of_them() -> None:
    assert {file.name for file in HERE.glob("*.test.js")} == {*FILES, *ONLY_NODE}


def test_a_test_that_fails_is_told(page: Page, pages: str) -> None:
    page.goto(f"{pages}/run?file=no-such.test.js")
    results = page.evaluate("globalThis.gwaninResults")
    assert [bool(one["failure"]) for one in results] == [True]
