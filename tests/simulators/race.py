"""Many threads that do the same thing at the same moment.

outcomes = race([act, act, act])          # in order: what each returned, or the Error it raised
Counter(map(type, outcomes))

Who is told that the storage is busy, and that nothing has happened, tries again as a person would.
"""

import threading
from collections.abc import Callable, Sequence
from typing import TypeVar

from credentials.errors import Error
from storage.errors import StorageBusy

TRIES = 20

T = TypeVar("T")


def race(acts: Sequence[Callable[[], T]]) -> list[T | Error]:
    """Let each act run in a thread of its own, all from one moment on; any bug is raised here."""
    outcomes: dict[int, T | Error] = {}
    bugs: list[BaseException] = []
    start = threading.Barrier(len(acts))

    def run(number: int, act: Callable[[], T]) -> None:
        start.wait()
        try:
            outcomes[number] = _persist(act)
        except Error as refusal:
            outcomes[number] = refusal
        except BaseException as bug:  # noqa: BLE001 - it is raised again where it is seen
            bugs.append(bug)

    threads = [threading.Thread(target=run, args=it) for it in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if bugs:
        raise bugs[0]
    return [outcomes[number] for number in range(len(acts))]


def _persist(act: Callable[[], T]) -> T:
    for _ in range(TRIES - 1):
        try:
            return act()
        except StorageBusy:
            continue
    return act()
