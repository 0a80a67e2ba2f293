"""An event loop in a thread of its own.

Playwright keeps a loop in the thread of the tests for as long as a browser is open, and a second
one may not start there. Which tests share a process is the runner's choice.
"""

import asyncio
from collections.abc import Coroutine
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

Result = TypeVar("Result")


class EventLoop:
    """A loop that runs one coroutine after the other until it is closed."""

    def __init__(self) -> None:
        self._thread = ThreadPoolExecutor(max_workers=1)
        self._runner = asyncio.Runner()

    def run(self, coroutine: Coroutine[Any, Any, Result]) -> Result:
        """Wait for its end, and return its result or raise its error."""
        return self._thread.submit(self._runner.run, coroutine).result()

    def __enter__(self) -> "EventLoop":
        return self

    def __exit__(self, *_: object) -> None:
        self._thread.submit(self._runner.close).result()
        self._thread.shutdown()


def run(coroutine: Coroutine[Any, Any, Result]) -> Result:
    """Run one coroutine in a loop of its own."""
    with EventLoop() as loop:
        return loop.run(coroutine)
