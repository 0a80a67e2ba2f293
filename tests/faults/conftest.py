"""At full size, what ran and how long it took is written to docs/soak.md.

A test says more with pytest's `record_property(name, figure)`.
"""

import os
import platform
from collections.abc import Iterator
from dataclasses import fields
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.faults import sizes
from tests.faults.sizes import IS_SOAK, Size

PAGE = Path(__file__).parents[2] / "docs" / "soak.md"
HEAD = """# Faults and loads at full size

Written by `make soak`. Every one passed, or this page would not have been written.

{machine}

## Sizes
| what | in the suite | here |
|---|---|---|
{sizes}

## Runs
| test | seconds | figures |
|---|---|---|
{runs}
"""


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, exitstatus: int) -> None:
    """Write the page of a full-size run in which everything passed."""
    passed = terminalreporter.getreports("passed")
    if IS_SOAK and exitstatus == 0 and passed:
        PAGE.write_text(render(passed), encoding="utf-8")


def render(reports: list[pytest.TestReport]) -> str:
    """The page for these reports of passed tests."""
    return HEAD.format(
        machine=_machine(), sizes="\n".join(_sizes()), runs="\n".join(map(_run, reports))
    )


def _machine() -> str:
    day = datetime.now(UTC).date().isoformat()
    return f"{day}, {os.cpu_count()} CPUs, {platform.machine()}, Python {platform.python_version()}"


def _sizes() -> Iterator[str]:
    """The table of sizes.py, which stays the one place where they are said."""
    assert [field.name for field in fields(Size)] == ["suite", "soak"]
    for name, size in sorted(vars(sizes).items()):
        if isinstance(size, Size):
            yield f"| {name.lower().replace('_', ' ')} | {size.suite:,} | {size.soak:,} |"


def _run(report: pytest.TestReport) -> str:
    name = report.nodeid.removeprefix("tests/faults/").replace("|", "\\|")
    figures = ", ".join(f"{key} {value}" for key, value in report.user_properties)
    return f"| {name} | {report.duration:.1f} | {figures} |"
