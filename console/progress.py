"""A progress bar for long work, on a terminal only: output that is read by programs stays clean."""

import sys
from collections.abc import Iterable, Iterator
from typing import TypeVar

from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

_T = TypeVar("_T")


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
