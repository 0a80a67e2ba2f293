"""One served city and one browser for all browser tests of a process; a profile for each test."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from demo.city import Place, place, served
from tests.flows.test_demo import free_port
from tests.simulators.browser import Visitor, chromium


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Debian's Chromium."""
    with chromium() as running:
        yield running


@pytest.fixture(scope="session")
def served_city(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    """A seeded city that is served by two workers, shared by all browser tests of this process."""
    folder = tmp_path_factory.mktemp("served") / "var"
    city = place(port=free_port(), workers=2, data_dir=folder, database_url=None)
    city.run(["gwanin", "seed"])
    with served(city):
        yield city


@pytest.fixture
def visitor(browser: Browser, served_city: Place) -> Iterator[Visitor]:
    """Somebody with a browser; the test fails if a page of theirs complained."""
    somebody = Visitor(browser, served_city)
    yield somebody
    somebody.leave()
