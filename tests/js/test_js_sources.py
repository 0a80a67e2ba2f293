"""What our ES modules say of themselves, and what the core of them may not touch.

The core decides what is genuine and what is shown; it runs in pages, in workers, in node and in a
file on somebody's disk. Whatever draws, stores or fetches is a page's module, and named here.
"""

import re
from pathlib import Path

import pytest

MODULES = Path(__file__).parents[2] / "web" / "static" / "js"
FILES = sorted(MODULES.glob("*.js"))
# Modules that belong to pages; the core may not import them. Add a new one here.
PAGE_MODULES = frozenset({"camera_reader.js", "picture_reader.js", "qr_reader.js"})
CORE = [file for file in FILES if file.name not in PAGE_MODULES]
WORLD = (
    "document", "window", "self", "navigator", "location", "fetch", "XMLHttpRequest", "WebSocket",
    "EventSource", "importScripts", "localStorage", "sessionStorage", "indexedDB", "caches",
    "setTimeout", "setInterval", "performance", "process", "require", "eval",
    "console",
)  # fmt: skip
CLOCK = re.compile(r"\bDate\.now\b|\bnew Date\(\)|\bMath\.random\b")
IMPORT = re.compile(r"""(?:^|\s)(?:import|export)\b[^;]*?from\s+'([^']+)'""")
# What is neither code nor a name: comments, texts, and regular expressions after `=` or `(`.
QUIET = re.compile(
    r"""/\*.*?\*/|//[^\n]*|'(?:\\.|[^'\\\n])*'|"(?:\\.|[^"\\\n])*"|`(?:\\.|[^`\\])*`""", re.DOTALL
)


@pytest.mark.parametrize("file", FILES, ids=[file.name for file in FILES])
def test_says_at_its_head_what_it_owns(file: Path) -> None:
    head = re.match(r"/\*\*\s*(.*?)\*/\n", file.read_text("utf-8"), re.DOTALL)
    assert head is not None, "a module begins with a comment that says what it owns"
    assert re.search(r"\w[^.]{10,}[.:]", head[1].replace("\n", " ")), "a sentence, with its period"


@pytest.mark.parametrize("file", CORE, ids=[file.name for file in CORE])
def test_the_core_touches_no_page_no_network_and_no_clock(file: Path) -> None:
    text = QUIET.sub("", file.read_text("utf-8"))
    found = [name for name in WORLD if _uses(text, name)] + CLOCK.findall(text)
    assert found == [], f"{file.name} is in the core; a page's module is named in PAGE_MODULES"


@pytest.mark.parametrize("file", CORE, ids=[file.name for file in CORE])
def test_the_core_imports_nothing_but_the_core(file: Path) -> None:
    core = {f"./{one.name}" for one in CORE}
    assert set(IMPORT.findall(file.read_text("utf-8"))) <= core


@pytest.mark.parametrize("file", FILES, ids=[file.name for file in FILES])
def test_is_no_longer_than_it_should_be(file: Path) -> None:
    assert len(file.read_text("utf-8").splitlines()) <= 400


def test_every_page_module_exists() -> None:
    assert {file.name for file in FILES} >= PAGE_MODULES


@pytest.mark.parametrize(
    ("source", "uses"),
    [
        ("const a = document.body;", True),
        ("await fetch(url);", True),
        ("if (!('x' in window)) go();", True),
        ("// the window of the document\nconst a = 1;", False),
        ("const a = 'document';", False),
        ("new JsonObject(members, `window`);", False),
        ("view.document(path);", False),
        ("const { document: members } = entry;", False),
        ("type.documents.get(path);", False),
    ],
)
def test_tells_a_use_of_the_world_from_a_word(source: str, uses: bool) -> None:
    text = QUIET.sub("", source)
    assert any(_uses(text, name) for name in WORLD) is uses


def _uses(text: str, name: str) -> bool:
    """Whether the name stands for itself: not a member of something, not a property's name."""
    return re.search(rf"(?<![\w.#$]){name}\b(?!\s*:)(?!\w)", text) is not None
