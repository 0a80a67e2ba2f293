"""Database engines that keep what they acknowledged: SQLite in one file, or PostgreSQL.

How a transaction begins (`BEGIN IMMEDIATE`, read-only) is decided by `transaction.py`; here it is
only carried out, as SQLite's own driver would begin transactions late and break them silently.
"""

import os
import sqlite3
from contextlib import closing, suppress
from pathlib import Path
from secrets import token_hex
from typing import Final

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError

from credentials.errors import Malformed, Unsupported
from storage.errors import StorageUnavailable
from storage.private_files import check_private

# The execution option that says whether a connection may write.
WRITES: Final = "gwanin_writes"

LOCK_WAIT_MS: Final = 5_000  # longer, and whoever waits on the other side has given up
POOL_WAIT_S: Final = 5
POOL_SIZE: Final = 16  # of a process's threads, few are in the database at one time

_SQLITE_SETTINGS: Final = {
    "busy_timeout": LOCK_WAIT_MS,
    "synchronous": "FULL",  # in WAL mode, anything less forgets acknowledged commits at power loss
    "foreign_keys": "ON",
    "trusted_schema": "OFF",  # a changed database file must not call functions through its schema
}
_POSTGRESQL_SETTINGS: Final = {
    "statement_timeout": 10_000,
    "lock_timeout": LOCK_WAIT_MS,
    "idle_in_transaction_session_timeout": 60_000,
    "synchronous_commit": "on",
}
_POSTGRESQL_CONNECTION: Final = {
    "application_name": "gwanin",
    "connect_timeout": 5,  # seconds
    "tcp_user_timeout": 15_000,  # milliseconds without an answer from a host that vanished
}


def build_engine(url: str) -> Engine:
    """An engine for `sqlite:///FILE` or `postgresql+psycopg://…`; nothing is connected yet.

    SQLite's file is made with mode 0600 if it is missing.
    Raises Malformed or Unsupported for the URL, PermissionsTooOpen for the file; no error repeats
    the URL, which may hold a password.
    """
    parsed = _parse(url)
    return _build_sqlite(parsed) if _is_sqlite(parsed) else _build_postgresql(parsed)


def check_url(url: str) -> str:
    """The same URL, if `build_engine` takes its like. Raises Malformed or Unsupported."""
    _parse(url)
    return url


def prepare_sqlite(connection: sqlite3.Connection) -> None:
    """Make a new connection durable, checked and free of the driver's own transactions.

    Raises StorageUnavailable where no write-ahead log can be kept, such as on network drives.
    """
    connection.isolation_level = None
    with closing(connection.cursor()) as cursor:
        for name, value in _SQLITE_SETTINGS.items():
            cursor.execute(f"PRAGMA {name} = {value}")
        if cursor.execute("PRAGMA journal_mode = WAL").fetchone() != ("wal",):
            raise StorageUnavailable("SQLite cannot keep a write-ahead log here")


def _parse(url: str) -> URL:
    try:
        parsed = make_url(url)
    except (ArgumentError, ValueError) as error:
        raise Malformed("not the URL of a database") from error
    if _is_sqlite(parsed):
        if not parsed.database or parsed.database == ":memory:" or parsed.query:
            raise Unsupported("SQLite is kept in a file: sqlite:///FILE, without options")
    elif parsed.drivername != "postgresql+psycopg":
        raise Unsupported("the database is sqlite:///FILE or postgresql+psycopg://…")
    elif "options" in parsed.query:
        raise Unsupported("the options of PostgreSQL sessions are set here")
    return parsed


def _is_sqlite(url: URL) -> bool:
    return url.drivername in {"sqlite", "sqlite+pysqlite"}


def _build_sqlite(url: URL) -> Engine:
    assert url.database
    _make_file(Path(url.database))
    engine = create_engine(url, hide_parameters=True, **_pool())
    event.listen(engine, "connect", lambda connection, _: prepare_sqlite(connection))
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _build_postgresql(url: URL) -> Engine:
    options = " ".join(f"-c {name}={value}" for name, value in _POSTGRESQL_SETTINGS.items())
    return create_engine(
        url,
        hide_parameters=True,
        pool_pre_ping=True,
        connect_args={**_POSTGRESQL_CONNECTION, "options": options},
        **_pool(),
    )


def _pool() -> dict[str, int]:
    return {"pool_size": POOL_SIZE, "max_overflow": 0, "pool_timeout": POOL_WAIT_S}


def _make_file(path: Path) -> None:
    """Make the database file if there is none, private and in write-ahead mode from the first.

    Switching an empty file that others have open fails with "locked" whatever the busy timeout, so
    the file gets its mode under another name and then appears whole; of several makers, one wins.
    """
    try:
        if not path.exists():
            _make_new_file(path)
        check_private(path)
    except OSError as error:
        raise StorageUnavailable(f"{path.name}: {error.strerror}") from error


def _make_new_file(path: Path) -> None:
    draft = path.with_name(f".{path.name}.{token_hex(8)}")
    os.close(os.open(draft, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600))
    try:
        with closing(sqlite3.connect(draft)) as connection:
            prepare_sqlite(connection)
        with suppress(FileExistsError):
            path.hardlink_to(draft)
    finally:
        draft.unlink(missing_ok=True)


def _begin_sqlite(connection: Connection) -> None:
    writes = connection.get_execution_options().get(WRITES, False)
    connection.exec_driver_sql(f"PRAGMA query_only = {'OFF' if writes else 'ON'}")
    # A transaction that reads first and writes later fails at once when another one wrote between,
    # whatever the busy timeout; so those that may write take the lock before they read.
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
