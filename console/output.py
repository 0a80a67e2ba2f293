"""Prints what a command found: exactly one JSON document for programs, or lines for people."""

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeAlias, TypeVar

import click

Document: TypeAlias = "Mapping[str, Any] | Sequence[Any]"

_F = TypeVar("_F", bound=Callable[..., Any])


def json_option(command: _F) -> _F:
    """Give a command the option `--json`."""
    return click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")(command)


def emit(document: Document, lines: Sequence[str], *, as_json: bool) -> None:
    """Print the document, or the lines that say the same to a person."""
    if as_json:
        click.echo(json.dumps(document, ensure_ascii=False))
        return
    for line in lines:
        click.echo(line)
