"""Commands whose refusals are told on stderr, in Korean and English, with a code and a status.

Exit statuses: 0 done or accepted, 1 refused or rejected, 2 usage, 3 indeterminate: whoever had to
be asked could not be reached or was busy, so nothing was decided, and asking again makes sense.
"""

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from enum import IntEnum
from functools import wraps
from typing import Any, Concatenate, Final, ParamSpec, TypeVar

import click

from credentials.errors import Error
from web.problem_rows import Problem, problems

DISTRIBUTION: Final = "gwanin"

_C = TypeVar("_C", bound=click.Command)
_T = TypeVar("_T")
_R = TypeVar("_R")
_P = ParamSpec("_P")


class Exit(IntEnum):
    """What a command's end means."""

    OK = 0
    REFUSED = 1
    USAGE = 2
    INDETERMINATE = 3


class RefusingGroup(click.Group):
    """Commands that may raise `Error`. With `--lang en`, where a group has it, English is first."""

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except Error as error:
            report(error, english_first=ctx.params.get("lang") == "en")
            sys.exit(exit_status_of(error))


def pass_opened(command: Callable[Concatenate[_T, _P], _R]) -> Callable[_P, _R]:
    """Hand a command what its group's `obj` opens, and only when it runs: help needs nothing."""

    @click.pass_obj
    @wraps(command)
    def run(open_it: Callable[[], _T], /, *args: _P.args, **kwargs: _P.kwargs) -> _R:
        return command(open_it(), *args, **kwargs)

    return run


def with_version(command: _C) -> _C:
    """Give an installed command the option `--version`."""
    return click.version_option(package_name=DISTRIBUTION, message="%(prog)s %(version)s")(command)


def report(error: Error, *, english_first: bool = False) -> None:
    """Say on stderr what was refused, why, and what to do; the detail names no personal data."""
    row = _row(error)
    click.echo(f"{error.code}: {error.detail}", err=True)
    if row is not None:
        sentences = [f"{row.title_ko}. {row.advice_ko}", f"{row.title_en}. {row.advice_en}"]
        for sentence in reversed(sentences) if english_first else sentences:
            click.echo(f"  {sentence}", err=True)


def exit_status_of(error: Error) -> Exit:
    """3 where asking again makes sense, else 1: unknown is neither valid nor invalid."""
    row = _row(error)
    if row is None:
        return Exit.REFUSED
    may_be_asked_again = row.retry_after is not None or row.code == "fetch-failed"
    return Exit.INDETERMINATE if may_be_asked_again else Exit.REFUSED


@contextmanager
def pipe_may_close() -> Iterator[None]:
    """Let whoever reads the output stop reading, as `head` does, without changing the status."""
    try:
        yield
    except BrokenPipeError:
        # What is still in the buffer goes nowhere as well, or the interpreter would complain of it.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _row(error: Error) -> Problem | None:
    """The sentences of an error; where it repeats somebody else's `reason`, those of the reason."""
    reason = getattr(error, "reason", None)
    return problems().get(str(reason)) or problems().get(error.code)
