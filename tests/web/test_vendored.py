"""What others wrote is here as its README says, with its licences, and talks to nobody."""

import hashlib
import re
from pathlib import Path

FOLDER = Path(__file__).parents[2] / "web/static/vendor/zxing"
FILES = ("reader/index.js", "share.js", "reader/zxing_reader.wasm")


def test_every_file_is_the_one_that_the_readme_names() -> None:
    readme = (FOLDER / "README.md").read_text("utf-8")
    for name in FILES:
        assert hashlib.sha256((FOLDER / name).read_bytes()).hexdigest() in readme, name
    code = {path for path in FOLDER.rglob("*") if path.suffix in {".js", ".wasm"}}
    assert code == {FOLDER / name for name in FILES}


def test_the_licences_are_beside_it() -> None:
    assert "MIT License" in (FOLDER / "LICENSE-zxing-wasm.txt").read_text("utf-8")
    assert "Apache License" in (FOLDER / "LICENSE-zxing-cpp.txt").read_text("utf-8")


def test_nothing_in_it_is_fetched_from_elsewhere_or_evaluated() -> None:
    for path in FOLDER.rglob("*.js"):
        text = path.read_text("utf-8")
        assert not re.search(r"https?://", text), path.name
        assert not re.search(r"\bnew Function\b|\beval\(", text), path.name
