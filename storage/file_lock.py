"""The lock on a file, which the kernel ends with the process that holds it."""

import fcntl
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from storage.errors import StorageBusy, StorageUnavailable

TRIES: Final = 100
PAUSE_SECONDS: Final = 0.05  # five seconds in all, as for the locks of a database


def try_lock(path: Path) -> int | None:
    """The descriptor that holds the lock, until it is closed; None while another one holds it.

    The file is made if it is missing. Raises StorageUnavailable.
    """
    try:
        flags = os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC
        descriptor = os.open(path, flags, 0o600)
    except OSError as error:
        raise StorageUnavailable(f"{path.name}: {error.strerror}") from error
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(descriptor)
        return None
    return descriptor


@contextmanager
def exclusive(path: Path) -> Iterator[None]:
    """Hold the lock on a file; among threads of one process as well.

    Raises StorageBusy after five seconds, StorageUnavailable.
    """
    pause = threading.Event()
    for _ in range(TRIES):
        descriptor = try_lock(path)
        if descriptor is not None:
            break
        pause.wait(PAUSE_SECONDS)
    else:
        raise StorageBusy(f"{path.name} is held by another process")
    try:
        yield
    finally:
        os.close(descriptor)
