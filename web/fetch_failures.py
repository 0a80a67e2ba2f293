"""Servers that just failed: asking them again at once would only cost five seconds more."""

import threading
from typing import Final

from web.errors import FetchFailed
from web.fetch_guard import Authority, Destination, authority
from web.guarded_connection import Monotonic

FORGET_SECONDS: Final = 60.0
MAX_REMEMBERED: Final = 1024  # hosts; the oldest failure is forgotten first


class FailureMemory:
    """Which host and port failed less than a minute ago; safe to share between threads."""

    def __init__(self, monotonic: Monotonic) -> None:
        self._monotonic = monotonic
        self._until: dict[Authority, float] = {}
        self._lock = threading.Lock()

    def check(self, destination: Destination) -> None:
        """Refuse to wait again for a server that just failed. Raises FetchFailed."""
        until = self._until.get(authority(destination.host, destination.port))
        if until is not None and self._monotonic() < until:
            raise FetchFailed("the other server failed less than a minute ago")

    def remember(self, destination: Destination) -> None:
        """Note a failure, except of a host that the operator named: it is near, and may restart."""
        if destination.is_allowed:
            return
        name = authority(destination.host, destination.port)
        with self._lock:
            self._until.pop(name, None)
            self._until[name] = self._monotonic() + FORGET_SECONDS
            if len(self._until) > MAX_REMEMBERED:
                del self._until[next(iter(self._until))]
