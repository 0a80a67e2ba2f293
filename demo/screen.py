"""What the demo prints: each step with its time, the verdicts side by side, the addresses."""

import time
import tomllib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

WORDS: Mapping[str, Mapping[str, str]] = tomllib.loads(
    (Path(__file__).parent / "words.toml").read_text("utf-8")
)
MARKS = {
    "passed": "[green]✓[/]",
    "failed": "[red]✗[/]",
    "unknown": "[yellow]?[/]",
    "not_applicable": "–",
}


class Screen:
    """Prints to a terminal or a file; a spinner turns on a terminal while something is slow."""

    def __init__(self) -> None:
        self._console = Console(highlight=False, soft_wrap=True)
        self._number = 0

    def title(self) -> None:
        """The banner."""
        self._console.rule(WORDS["title"]["ko"])
        self._console.print(WORDS["title"]["en"], justify="center")

    @contextmanager
    def step(self, name: str) -> Iterator[None]:
        """Announce a step, and say how long it took."""
        self._number += 1
        words = WORDS[name]
        self._console.print(f"\n[bold]{self._number}. {words['ko']}[/]")
        began = time.monotonic()
        with self._console.status(words["en"]):
            yield
        self._console.print(f"   {words['en']} ({time.monotonic() - began:.1f} s)")

    def fact(self, text: str) -> None:
        """One line of what happened."""
        self._console.print(f"   {text}", markup=False)

    def checks(self, first: Mapping[str, Any], second: Mapping[str, Any]) -> None:
        """Both verdicts, check by check."""
        table = Table(title=_both("checks"), title_justify="left")
        for heading in ("", _both("first"), _both("second")):
            table.add_column(heading)
        for before, after in zip(first["checks"], second["checks"], strict=True):
            table.add_row(before["name"], _result(before), _result(after))
        table.add_row("[bold]code[/]", f"[bold]{first['code']}[/]", f"[bold]{second['code']}[/]")
        self._console.print()
        self._console.print(table)

    def addresses(self, rows: Mapping[str, str]) -> None:
        """Where to look next."""
        self._console.print(f"\n[bold]{_both('serving')}[/]")
        for name, address in rows.items():
            self._console.print(f"   {name:<12} {address}", markup=False)


def _both(name: str) -> str:
    return f"{WORDS[name]['ko']} / {WORDS[name]['en']}"


def _result(check: Mapping[str, Any]) -> str:
    mark = MARKS[check["result"]]
    return mark if check["result"] == "passed" else f"{mark} {check['code']}"
