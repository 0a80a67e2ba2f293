"""Whether the database is whole and has room, asked before anybody relies on it."""

import os
from pathlib import Path
from typing import Final

from sqlalchemy import select, text

from storage.errors import DatabaseDamaged, StorageUnavailable
from storage.transaction import Database

# Every index is compared with its table: 4.5 s a GiB, on the machine where it was measured. Beyond
# the bound a start would take too long, and only the pages are looked at (0.7 s a GiB).
MAX_COMPARED_BYTES: Final = 4 * 1024**3

# Less, and a transaction or the write-ahead log may not fit any more: a CSV file's rows, twice.
MIN_FREE_BYTES: Final = 32 * 1024 * 1024


def check_integrity(database: Database, *, max_compared: int = MAX_COMPARED_BYTES) -> None:
    """Refuse a SQLite file in which a bit was flipped, in a table or an index.

    PostgreSQL is its own server's to check (`data_checksums`, amcheck).
    Raises DatabaseDamaged, or StorageUnavailable if it cannot even be opened.
    """
    path = database.sqlite_file
    if path is None:
        return
    check = "integrity_check" if path.stat().st_size <= max_compared else "quick_check"
    with database.reading() as session:
        found = session.execute(text(f"PRAGMA {check}(1)")).scalar()
    if found != "ok":
        raise DatabaseDamaged(f"{path.name} was changed by something other than this program")


def check_ready(database: Database) -> None:
    """Raises StorageUnavailable or StorageBusy while nothing can be read, or written for want of
    room."""
    with database.reading() as session:
        session.execute(select(1))
    if database.sqlite_file is not None:
        check_room(database.sqlite_file.parent, os.statvfs(database.sqlite_file.parent))


def check_room(folder: Path, status: os.statvfs_result) -> None:
    """Raises StorageUnavailable where a file system is nearly full or read-only."""
    if status.f_flag & os.ST_RDONLY:
        raise StorageUnavailable(f"{folder.name}: the file system is read-only")
    if status.f_bavail * status.f_frsize < MIN_FREE_BYTES:
        raise StorageUnavailable(f"{folder.name}: the file system is nearly full")
