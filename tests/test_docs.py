"""Documentation that can't rot: pages are compared with the code, names with what there is."""

import re
from pathlib import Path

import pytest

from schemas.status_reasons import status_reasons
from tools.render_docs import commands_page, problems_page
from web.environment import NAMES

ROOT = Path(__file__).parent.parent
PAGES = [ROOT / "README.md", ROOT / "CHANGELOG.md", *sorted((ROOT / "docs").rglob("*.md"))]
PACKAGES = [path.parent for path in ROOT.glob("*/py.typed")]


def _settings_in_code() -> set[str]:
    sources = [ROOT / "app.py", *(path for package in PACKAGES for path in package.rglob("*.py"))]
    return {
        name
        for path in sources
        for name in re.findall(r"\bGWANIN_[A-Z_]+\b", path.read_text("utf-8"))
    }


def test_problems_page_is_what_the_table_says() -> None:
    assert (ROOT / "docs/problems.md").read_text("utf-8") == problems_page(), "run `make docs`"


def test_commands_page_is_what_the_commands_print() -> None:
    assert (ROOT / "docs/commands.md").read_text("utf-8") == commands_page(), "run `make docs`"


def test_reference_has_every_setting_and_no_other() -> None:
    reference = (ROOT / "docs/reference.md").read_text("utf-8")
    documented = set(re.findall(r"^\| `(GWANIN_[A-Z_]+)`", reference, re.MULTILINE))
    assert documented == _settings_in_code() == set(NAMES)


def test_reference_has_every_reason() -> None:
    reference = (ROOT / "docs/reference.md").read_text("utf-8")
    for row in status_reasons().values():
        assert f"| `{row.code}` | {row.ko} | {row.en} |\n" in reference


def test_reference_has_every_address() -> None:
    reference = (ROOT / "docs/reference.md").read_text("utf-8")
    routes = {
        rule
        for package in PACKAGES
        for path in package.rglob("*.py")
        for rule in re.findall(
            r'^ *@(?:bp|app)\.(?:get|post|route)\("([^"]+)"', path.read_text(), re.M
        )
    }
    words = {word for rule in routes for word in re.findall(r"(?<![<\w:])[a-z][a-z-]+", rule)}
    assert routes
    assert [word for word in sorted(words) if word not in reference] == []


def test_readme_names_every_folder_and_every_package() -> None:
    readme = (ROOT / "README.md").read_text("utf-8")
    assert [str(path.name) for path in PACKAGES if f"`{path.name}/`" not in readme] == []


def test_make_targets_of_the_readme_exist() -> None:
    makefile = (ROOT / "Makefile").read_text("utf-8")
    named = set(re.findall(r"\bmake ([a-z]+)\b", (ROOT / "README.md").read_text("utf-8")))
    assert {name for name in named if not re.search(rf"^{name}:", makefile, re.MULTILINE)} == set()


@pytest.mark.parametrize("page", PAGES, ids=lambda path: str(path.relative_to(ROOT)))
def test_links_between_pages_lead_somewhere(page: Path) -> None:
    targets = re.findall(r"\]\(([^)#]+)(?:#[^)]*)?\)", page.read_text("utf-8"))
    local = [target for target in targets if not target.startswith("http")]
    assert [target for target in local if not (page.parent / target).exists()] == []


def test_no_page_or_comment_leans_on_a_file_that_is_not_here() -> None:
    absent = re.compile(
        r"\b(?:security|contracts|product|architecture|protocols|performance|"
        r"libraries|features|anchors|personas|dossier)\.md\b"
    )
    sources = [*PAGES, *(path for package in PACKAGES for path in package.rglob("*.py"))]
    assert [str(path) for path in sources if absent.search(path.read_text("utf-8"))] == []
