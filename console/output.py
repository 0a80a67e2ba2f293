"""Prints what a command found: exactly one JSON document for programs, or lines for people."""

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeAlias, TypeVar

import click

from console.commands import pipe_may_close

Document: TypeAlias = "Mapping[str, Any] | Sequence[Any]"

_F = TypeVar("_F", bound=Callable[..., Any])


def json_option(command: _F) -> _F:
    """Give a command the option `--json`."""
    return click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")(command)


def emit(document: Document, lines: Sequence[str], *, as_json: bool) -> None:
    """Print the document, or the lines that say the same to a person."""
    with pipe_may_close():
        for line in [json.dumps(document, ensure_ascii=False)] if as_json else lines:
            click.echo(line)


def member_lines(document: Mapping[str, Any]) -> list[str]:
    """A document's members for people, one a line: yes and no in words, a dash for nothing."""
    return [f"{name}: {_plain(value)}" for name, value in document.items()]


def _plain(value: Any) -> str:
    match value:
        case None:
            return "-"
        case bool():
            return "yes" if value else "no"
        case _:
            return str(value)
