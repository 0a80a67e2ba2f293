"""One coroutine run to its end, in a thread of its own.

Playwright keeps an event loop in the thread of the tests for as long as a browser is open, and a
second one may not start there. Which tests share a process is the runner's choice.
"""

import asyncio
from collections.abc import Coroutine
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

Result = TypeVar("Result")


def run(coroutine: Coroutine[Any, Any, Result]) -> Result:
    with ThreadPoolExecutor(max_workers=1) as thread:
        return thread.submit(asyncio.run, coroutine).result()
