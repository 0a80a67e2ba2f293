"""A progress bar for long work, on a terminal only: output that is read by programs stays clean."""

import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import TypeAlias, TypeVar

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    SpinnerColumn,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)

_T = TypeVar("_T")

# Told how many of how many are done; the second number may grow meanwhile.
OnProgress: TypeAlias = Callable[[int, int], None]


def with_progress(items: Iterable[_T], what: str) -> Iterator[_T]:
    """Pass items through, showing how many have gone by; `what` names them."""
    if not sys.stderr.isatty():
        yield from items
        return
    columns = (SpinnerColumn(), TextColumn("{task.completed} " + what), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task(what, total=None)
        for item in items:
            yield item
            progress.advance(task)


@contextmanager
def progress_bars(*names: str) -> Iterator[tuple[OnProgress, ...]]:
    """Bars for work of several parts, one for each name, with the time that is left.

    A bar appears when its part begins, and all of them go when the work ends.
    """
    if not sys.stderr.isatty():
        yield tuple(_nobody_looks for _ in names)
        return
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        yield tuple(_bar(progress, name) for name in names)


def _bar(progress: Progress, name: str) -> OnProgress:
    task = progress.add_task(name, total=None, start=False, visible=False)

    def on_progress(done: int, total: int) -> None:
        progress.start_task(task)
        progress.update(task, completed=done, total=total, visible=True)

    return on_progress


def _nobody_looks(done: int, total: int) -> None:
    """Output that is read by programs has no bars."""
