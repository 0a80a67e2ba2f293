"""How many passwords are hashed at one time: each takes 64 MiB, and a processor for a while."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from staff.errors import SignInBusy

AT_ONCE: Final = 2  # of one worker: 128 MiB
IN_ALL: Final = 8  # with those who wait for their turn; each of them occupies a thread


class HashingPlaces:
    """A few places for hashing, and few to wait for one; whoever comes then is turned away."""

    def __init__(self, *, at_once: int = AT_ONCE, in_all: int = IN_ALL) -> None:
        self._hashing = threading.BoundedSemaphore(at_once)
        self._in_all = threading.BoundedSemaphore(in_all)

    @contextmanager
    def admitted(self) -> Iterator[None]:
        """Stay among those who hash or wait. Raises SignInBusy when all places are taken."""
        if not self._in_all.acquire(blocking=False):
            raise SignInBusy("too many sign in at this moment")
        try:
            yield
        finally:
            self._in_all.release()

    @contextmanager
    def hashing(self) -> Iterator[None]:
        """Hash one password, when it is one's turn."""
        with self._hashing:
            yield
