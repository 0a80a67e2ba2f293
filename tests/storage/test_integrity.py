"""A flipped bit is found at the start, in a table or in an index; a full disk before it matters."""

import os
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import text

from storage.engine import build_engine
from storage.errors import DatabaseDamaged, StorageUnavailable
from storage.integrity import MIN_FREE_BYTES, check_integrity, check_ready, check_room
from storage.transaction import Database

NAMES = tuple(f"GU-{number:05}" for number in range(50))


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A database of names, with an index over them, closed."""
    path = tmp_path / "gwanin.sqlite"
    database = Database(build_engine(f"sqlite:///{path}"))
    with database.writing() as session:
        session.execute(text("CREATE TABLE agency (code TEXT UNIQUE)"))
        for name in NAMES:
            session.execute(text("INSERT INTO agency VALUES (:name)"), {"name": name})
    database.close()
    return path


def check(path: Path, max_compared: int = 1024**2) -> None:
    database = Database(build_engine(f"sqlite:///{path}"))
    try:
        check_integrity(database, max_compared=max_compared)
    finally:
        database.close()


def flip(path: Path, place: int) -> None:
    data = bytearray(path.read_bytes())
    data[place] ^= 1
    path.write_bytes(data)


def places(path: Path) -> tuple[int, int]:
    """Where a name stands, in the table and in the index: the file has both, in one order."""
    data, name = path.read_bytes(), NAMES[7].encode()
    first = data.index(name)
    return first, data.index(name, first + 1)


def test_a_whole_database_passes(file: Path) -> None:
    check(file)
    check(file, max_compared=0)


@pytest.mark.parametrize("which", [0, 1], ids=["table", "index"])
def test_a_flipped_bit_is_found(file: Path, which: int) -> None:
    flip(file, places(file)[which] + 4)
    with pytest.raises(DatabaseDamaged) as refused:
        check(file)
    assert "gwanin.sqlite" in refused.value.detail


def test_what_quick_check_leaves_out_is_known(file: Path) -> None:
    flip(file, places(file)[1] + 4)
    check(file, max_compared=0)


def test_a_file_that_is_no_database_is_refused(file: Path) -> None:
    file.write_bytes(b"x" * 4096)
    with pytest.raises(StorageUnavailable):
        check(file)


def test_postgresql_checks_itself(postgresql_url: str) -> None:
    database = Database(build_engine(postgresql_url))
    check_integrity(database)
    check_ready(database)
    database.close()


def test_a_database_that_can_be_written_is_ready(sqlite_database: Database) -> None:
    check_ready(sqlite_database)


def test_a_database_that_is_away_is_not_ready(file: Path) -> None:
    database = Database(build_engine(f"sqlite:///{file}"))
    file.write_bytes(b"x" * 4096)
    with pytest.raises(StorageUnavailable):
        check_ready(database)
    database.close()


def status(*, free: int, flags: int = 0) -> os.statvfs_result:
    """Of a file system with blocks of one byte."""
    return os.statvfs_result((1, 1, 2**40, free, free, 1, 1, 1, flags, 255))


def test_a_file_system_needs_room_and_must_be_writable(tmp_path: Path) -> None:
    check_room(tmp_path, status(free=MIN_FREE_BYTES))
    with pytest.raises(StorageUnavailable, match="nearly full"):
        check_room(tmp_path, status(free=MIN_FREE_BYTES - 1))
    with pytest.raises(StorageUnavailable, match="read-only"):
        check_room(tmp_path, status(free=MIN_FREE_BYTES, flags=os.ST_RDONLY))


def test_sqlite_itself_does_not_notice_a_damaged_index(file: Path) -> None:
    """Why the check is needed: a query through the index finds nothing, and says nothing."""
    flip(file, places(file)[1] + 4)
    with closing(sqlite3.connect(file)) as connection:
        found = connection.execute("SELECT count(*) FROM agency WHERE code = ?", (NAMES[7],))
        assert found.fetchone() == (0,)
