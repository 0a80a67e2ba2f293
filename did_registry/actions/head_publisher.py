"""Signs and publishes the log's head after it has grown: soon, and not for every leaf."""

import threading
from collections.abc import Callable
from typing import Final

PAUSE_SECONDS: Final = 0.2  # between two heads; whoever reads the log looks every few seconds


class HeadPublisher:
    """Calls `publish` in a thread of its own, again while it has been woken meanwhile.

    publish: signs what is not signed yet and asks the witnesses; it reports what fails by itself.
    """

    def __init__(
        self, publish: Callable[[], None], *, pause_seconds: float = PAUSE_SECONDS
    ) -> None:
        self._publish = publish
        self._pause_seconds = pause_seconds
        self._lock = threading.Lock()
        self._woken = False
        self._working = False
        self._closed = threading.Event()
        self._thread: threading.Thread | None = None

    def wake(self) -> None:
        """Have the head published that the log has by now."""
        with self._lock:
            self._woken = True
            if not self._working:
                self._working = True
                self._thread = threading.Thread(target=self._work, name="log-head", daemon=True)
                self._thread.start()

    def close(self) -> None:
        """Publish what is left to publish, and end."""
        self._closed.set()
        if self._thread is not None:
            self._thread.join()

    def __enter__(self) -> "HeadPublisher":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _work(self) -> None:
        try:
            while self._take():
                self._publish()
                self._closed.wait(self._pause_seconds)
        finally:
            with self._lock:
                self._working = False

    def _take(self) -> bool:
        with self._lock:
            woken, self._woken = self._woken, False
            self._working = woken
            return woken
