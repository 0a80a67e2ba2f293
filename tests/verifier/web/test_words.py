"""The words of the verifier's pages: both languages, each used, each that is used there."""

import re
from pathlib import Path

import pytest

from verifier.decision import CheckName, Result
from verifier.decision_count import Way
from web.words import read_words

WEB = Path(__file__).parents[3] / "verifier/web"
WORDS = read_words("verifier.web", "templates/verifier/words.toml")
PAGES = "\n".join(
    path.read_text("utf-8")
    for path in sorted(WEB.rglob("*"))
    if path.suffix in {".html", ".js", ".py"}
)
HANGUL = re.compile("[\uac00-\ud7a3]")


@pytest.mark.parametrize("key", WORDS)
def test_says_it_in_both_languages(key: str) -> None:
    row = WORDS[key]
    assert set(row) == {"ko", "en"}
    assert HANGUL.search(row["ko"])
    assert not HANGUL.search(row["en"])
    gaps = [set(re.findall(r"\{[a-z]+\}", text)) for text in row.values()]
    assert gaps[0] == gaps[1]


def test_every_key_that_is_written_out_is_there() -> None:
    written = set(re.findall(r"""\bt\(["']([a-z-]+\.[a-z_-]+)["'][,)]""", PAGES))
    written |= set(re.findall(r"""translate\("([a-z-]+\.[a-z_-]+)"\)""", PAGES))
    assert written
    assert written <= WORDS.keys()


def test_no_key_is_left_over() -> None:
    closed = {f"check.{name.value}" for name in CheckName} | {f"result.{one}" for one in Result}
    closed |= {f"verifier-today.{way.value}" for way in Way}
    assert closed <= WORDS.keys()
    unused = {
        key
        for key in WORDS.keys() - closed
        if not re.search(rf"""["'.-]{_literal(key)}["'-]""", PAGES)
    }
    assert unused == set()


def _literal(key: str) -> str:
    """How a template writes a key's name; what is said beside a word has `-why` put to it."""
    return re.escape(key.partition(".")[2].removesuffix("-why"))
