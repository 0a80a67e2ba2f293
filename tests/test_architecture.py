"""What may depend on what, where no linter contract can say it. The rest is in pyproject.toml."""

import re
from pathlib import Path

import grimp
import pytest

ROOT = Path(__file__).parent.parent
ROLES = ("issuer", "verifier", "wallet", "did_registry", "staff")
PACKAGES = (
    *ROLES,
    "city_services",
    "console",
    "web",
    "storage",
    "openid4vc",
    "schemas",
    "credentials",
)
STORES = (
    *("store", "desk_store", "batch_store", "inbox_store"),
    *("witness_store", "application_store", "approval_store", "head_store"),
)
VERBS = frozenset({"actions", *STORES, "models", "web", "cli"})
WORLD = frozenset({"flask", "sqlalchemy", "httpx", "console", "storage", "web"})
TESTS = sorted((ROOT / "tests").rglob("*.py"))
SOURCES = [path for package in PACKAGES for path in sorted((ROOT / package).rglob("*.py"))]


@pytest.fixture(scope="module")
def graph() -> grimp.ImportGraph:
    return grimp.build_graph(*PACKAGES, include_external_packages=True, cache_dir=None)


def _is_noun(module: str) -> bool:
    package, _, rest = module.partition(".")
    name = rest.partition(".")[0]
    return package in ROLES and bool(name) and name not in VERBS and not name.startswith("cli_")


def test_nouns_are_pure(graph: grimp.ImportGraph) -> None:
    nouns = [module for module in graph.modules if _is_noun(module)]
    assert nouns
    impure = {
        module: sorted(touched)
        for module in nouns
        if (
            touched := {found.partition(".")[0] for found in graph.find_upstream_modules(module)}
            & WORLD
        )
    }
    assert impure == {}


def test_packages_hold_nothing_but_a_docstring_in_their_init() -> None:
    telling = ROOT / "credentials/securing/__init__.py"  # the one place that discovers files
    for path in SOURCES:
        if path.name == "__init__.py" and path != telling:
            body = path.read_text("utf-8").strip()
            assert re.fullmatch(r'"""(?:(?!""").)*"""', body, re.DOTALL), path


def test_no_file_is_beyond_four_hundred_lines() -> None:
    long = [path for path in SOURCES if len(path.read_text("utf-8").splitlines()) > 400]
    assert long == []


def test_korean_stands_in_data_files_and_never_in_code() -> None:
    hangul = re.compile("[\uac00-\ud7a3]")
    speaking = [path for path in SOURCES if hangul.search(path.read_text("utf-8"))]
    assert speaking == []


def test_no_test_starts_an_event_loop_beside_the_browsers() -> None:
    allowed = ROOT / "tests/simulators/event_loop.py"
    starting = re.compile(r"asyncio\.[rR]un")
    files = (*TESTS, *sorted((ROOT / "benchmarks").rglob("*.py")))
    beside = [path for path in files if starting.search(path.read_text("utf-8"))]
    assert beside == [allowed]
