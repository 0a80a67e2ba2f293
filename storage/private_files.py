"""Files that nobody else may read: written whole or not at all, refused if they stand open.

A private file gives no permission to group and others, and neither does its folder; otherwise
another user could read it, or put a file of his own in its place. Links are never followed.
What the machine refuses (no space, read-only, input and output errors) is `StorageUnavailable`.
"""

import errno
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from secrets import token_hex
from typing import Final

from credentials.errors import Malformed, TooLarge
from storage.errors import PermissionsTooOpen, StorageUnavailable

_FILE_MODE: Final = 0o600
_FOLDER_MODE: Final = 0o700
_OPEN_TO_OTHERS: Final = 0o077
_WRITABLE_BY_OTHERS: Final = 0o022


def make_private_folder(folder: Path) -> None:
    """Make a folder that only this user can enter, or check that an existing one is such.

    Raises PermissionsTooOpen; FileNotFoundError when its own folder is missing.
    """
    with _typed_faults(folder):
        folder.mkdir(mode=_FOLDER_MODE, exist_ok=True)
        check_private(folder)


def check_private(path: Path) -> None:
    """Refuse a file or folder that group or others have any permission for.

    Raises PermissionsTooOpen, or FileNotFoundError.
    """
    with _typed_faults(path):
        _check_mode(path.stat(follow_symlinks=False), path)


def check_not_writable(path: Path) -> None:
    """Refuse a file that group or others can change, though they may read it.

    Raises PermissionsTooOpen, or FileNotFoundError.
    """
    with _typed_faults(path):
        if path.stat(follow_symlinks=False).st_mode & _WRITABLE_BY_OTHERS:
            raise PermissionsTooOpen(f"{path.name} must not be writable for group and others")


def replace_private(path: Path, data: bytes) -> None:
    """Write a file in one step: after a crash it has its old content or this one.

    Raises PermissionsTooOpen when its folder is not private.
    """
    with _typed_faults(path), _temporary(path, data) as temporary:
        temporary.rename(path)
        _sync_folder(path.parent)


def create_private(path: Path, data: bytes) -> None:
    """Write a new file in one step; of several processes that try, one succeeds.

    Raises FileExistsError when it is there already, PermissionsTooOpen as above.
    """
    with _typed_faults(path), _temporary(path, data) as temporary:
        # Unlike a rename, a link never replaces; unlike O_EXCL, it appears with its whole content.
        path.hardlink_to(temporary)
        _sync_folder(path.parent)


def read_private(path: Path, *, max_bytes: int) -> bytes:
    """Read a private file of at most `max_bytes` in a private folder.

    Raises FileNotFoundError, PermissionsTooOpen, TooLarge, or Malformed for what is no plain file.
    """
    check_private(path.parent)
    with _typed_faults(path):
        # Opening a pipe would wait for its writer without O_NONBLOCK.
        flags = os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC | os.O_NONBLOCK
        descriptor = os.open(path, flags)
        try:
            status = os.fstat(descriptor)
            _check_mode(status, path)
            if not stat.S_ISREG(status.st_mode):
                raise Malformed(f"{path.name} is not a plain file")
            data = _read(descriptor, max_bytes + 1)
        finally:
            os.close(descriptor)
    if len(data) > max_bytes:
        raise TooLarge(f"{path.name} is longer than {max_bytes} bytes")
    return data


@contextmanager
def _temporary(path: Path, data: bytes) -> Iterator[Path]:
    """A synced file with this content beside `path`; gone afterwards unless it was renamed."""
    check_private(path.parent)
    temporary = path.with_name(f".{path.name}.{token_hex(8)}")
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
    descriptor = os.open(temporary, flags, _FILE_MODE)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(descriptor)
        yield temporary
    finally:
        temporary.unlink(missing_ok=True)


def _read(descriptor: int, count: int) -> bytes:
    with os.fdopen(descriptor, "rb", closefd=False) as file:
        return file.read(count)


def _sync_folder(folder: Path) -> None:
    """Make a new name in a folder survive a power loss."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _check_mode(status: os.stat_result, path: Path) -> None:
    if status.st_mode & _OPEN_TO_OTHERS:
        raise PermissionsTooOpen(f"{path.name} must have no permissions for group and others")


@contextmanager
def _typed_faults(path: Path) -> Iterator[None]:
    try:
        yield
    except (FileExistsError, FileNotFoundError):
        raise
    except OSError as error:
        if error.errno == errno.ELOOP:
            raise Malformed(f"{path.name} is a link") from error
        raise StorageUnavailable(f"{path.name}: {error.strerror}") from error
