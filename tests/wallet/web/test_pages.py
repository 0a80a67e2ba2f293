"""The wallet's pages: the same for everybody, in two languages, with nothing inline."""

import json
import re
from pathlib import Path

import pytest

import wallet.web
from did_registry.trust import encode_trust_anchor
from tests.simulators.city import URL, SimulatedCity
from web.words import read_words

PATHS = (
    "/wallet", "/wallet/card", "/wallet/receive", "/wallet/requests", "/wallet/show",
    "/wallet/history", "/wallet/settings",
)  # fmt: skip
FOLDER = Path(wallet.web.__file__).parent
TEMPLATES = {path: path.read_text("utf-8") for path in sorted(FOLDER.rglob("*.html"))}
SCRIPTS = {path: path.read_text("utf-8") for path in sorted((FOLDER / "static").rglob("*.js"))}
WORDS = read_words("wallet.web", "templates/wallet/words.toml")


def _page(city: SimulatedCity, path: str, language: str = "ko") -> tuple[str, str]:
    answer = city.http().get(path, headers={"Accept-Language": language, "Accept": "text/html"})
    assert answer.status_code == 200
    return answer.get_data(as_text=True), answer.headers["Content-Security-Policy"]


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("language", ["ko", "en"])
def test_a_page_has_nothing_inline_and_is_not_kept_by_anybody(
    still_city: SimulatedCity, path: str, language: str
) -> None:
    page, policy = _page(still_city, path, language)
    assert f'<html lang="{language}"' in page
    assert not re.search(r"\son[a-z]+=|style=|javascript:", page)
    nonces = re.findall(r'<script type="module" nonce="([^"]+)"', page)
    assert len(nonces) == 1
    assert f"'nonce-{nonces[0]}'" in policy
    assert "require-trusted-types-for 'script'" in policy
    assert ("'wasm-unsafe-eval'" in policy) == (path in {"/wallet/receive", "/wallet/requests"})


def test_a_page_says_what_to_pin(still_city: SimulatedCity) -> None:
    page, _ = _page(still_city, "/wallet")
    block = re.search(r'<script type="application/json" id="page-data">(.*?)</script>', page)
    assert block
    data = json.loads(block[1])
    assert data["origin"] == URL
    assert data["anchor"] == json.loads(encode_trust_anchor(still_city.city.anchor))
    assert data["problems"]["over-asking"]


def test_scripts_are_served_and_cached_for_a_while(still_city: SimulatedCity) -> None:
    with still_city.http().get("/wallet/static/store.js") as answer:
        assert answer.mimetype == "text/javascript"
        assert answer.headers["Cache-Control"] == "public, max-age=300"
    assert still_city.http().get("/wallet/static/../pages.py").status_code == 404


def test_every_word_is_said_somewhere_and_nothing_else_is_said() -> None:
    said = {
        *(
            key
            for text in TEMPLATES.values()
            for key in re.findall(r"""t\(["'](wallet\.[a-z-]+)["']\)""", text)
        ),
        *(f"wallet.{name}" for name in ("cards", "show", "history", "settings", "requests")),
        *(f"wallet.link-{name}{end}" for name in ("receive", "requests") for end in ("", "-hint")),
        *(f"wallet-say.{key}" for key in _said_by_scripts()),
    }
    assert {key for key in WORDS if key not in said} == set()
    consent = {"heading", "holds", "kept", "not-kept", "refusal"}
    assert {key for key in said if key not in WORDS} == {f"wallet-say.{key}" for key in consent}


def _said_by_scripts() -> set[str]:
    scripts = "".join(SCRIPTS.values())
    found = set(re.findall(r"say\('([a-z-]+)'", scripts))
    # One of two, by a condition.
    found |= {one for pair in re.findall(r"\? '([a-z-]+)' : '([a-z-]+)'", scripts) for one in pair}
    found |= {f"did-{one}" for one in re.findall(r"did: '([a-z]+)'", scripts)}
    codes = re.findall(r"static code = '([a-z-]+)'", SCRIPTS[FOLDER / "static/problems.js"])
    found |= {key for code in codes for key in (code, f"{code}-advice")}
    for path in (Path("web/static/js/camera_reader.js"), Path("web/static/js/picture_reader.js")):
        text = (FOLDER.parents[1] / path).read_text("utf-8")
        found |= set(re.findall(r"^  [A-Z_]+: '([a-z-]+)'", text, re.MULTILINE))
    return found


def test_no_script_makes_markup_of_a_text() -> None:
    dangerous = re.compile(
        r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|new Function|DOMParser"
        r"|createContextualFragment|createPolicy"
    )
    assert [path.name for path, text in SCRIPTS.items() if dangerous.search(text)] == []


def test_no_script_speaks_a_language() -> None:
    hangul = re.compile("[\uac00-\ud7a3]")
    assert [path.name for path, text in SCRIPTS.items() if hangul.search(text)] == []
