"""Each test file of our ES modules, as one test: `node --test` runs it, and its words are ours."""

import shutil
import subprocess
from pathlib import Path

import pytest

HERE = Path(__file__).parent
FILES = sorted(HERE.glob("*.test.js"))
TIMEOUT = 120  # seconds; the slowest takes two


def node() -> str:
    """The program that runs JavaScript outside of browsers; the test fails without it."""
    found = shutil.which("node")
    if found is None:
        pytest.fail("`node` is missing: install Node.js 20 or later, which runs tests/js")
    return found


@pytest.mark.parametrize("file", FILES, ids=[file.name for file in FILES])
def test_node_passes(file: Path) -> None:
    ran = subprocess.run(
        [node(), "--test", str(file)],
        capture_output=True,
        text=True,
        timeout=TIMEOUT,
        check=False,
    )
    assert ran.returncode == 0, _failures(ran.stdout) + ran.stderr


def test_the_files_hold_tests() -> None:
    """A file that no longer imports `node:test` would pass whatever it says."""
    for file in FILES:
        assert "from 'node:test'" in file.read_text("utf-8"), file.name


def _failures(report: str) -> str:
    """The parts of a TAP report that are about failures; all of it if none can be told apart."""
    lines = report.splitlines()
    starts = [number for number, line in enumerate(lines) if line.lstrip().startswith("not ok")]
    told = ["\n".join(lines[start : start + 30]) for start in starts[:5]]
    return "\n…\n".join(told) or report
