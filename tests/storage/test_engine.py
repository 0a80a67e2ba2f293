"""Engines: durable settings on every connection, private files, and no surprises in the URL."""

import sqlite3
import stat
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import text

from credentials.errors import Error, Malformed, Unsupported
from storage.engine import build_engine, prepare_sqlite
from storage.errors import PermissionsTooOpen, StorageUnavailable
from storage.transaction import Database
from tests.simulators.postgres import PostgresCluster


@pytest.mark.parametrize(
    ("setting", "value"),
    [
        ("journal_mode", "wal"),
        ("synchronous", 2),  # FULL
        ("foreign_keys", 1),
        ("busy_timeout", 5000),
        ("trusted_schema", 0),
    ],
)
def test_sqlite_is_durable_and_strict(
    sqlite_database: Database, setting: str, value: object
) -> None:
    with sqlite_database.reading() as session:
        assert session.execute(text(f"PRAGMA {setting}")).scalar() == value


@pytest.mark.parametrize(
    ("setting", "value"),
    [
        ("statement_timeout", "10s"),
        ("lock_timeout", "5s"),
        ("idle_in_transaction_session_timeout", "1min"),
        ("synchronous_commit", "on"),
        ("application_name", "gwanin"),
    ],
)
def test_postgresql_is_durable_and_never_waits_for_ever(
    postgres_cluster: PostgresCluster, setting: str, value: str
) -> None:
    database = Database(build_engine(postgres_cluster.url("postgres")))
    with database.reading() as session:
        assert session.execute(text(f"SHOW {setting}")).scalar() == value
    database.close()


def test_sqlites_files_are_private(sqlite_database: Database, tmp_path: Path) -> None:
    with sqlite_database.writing() as session:
        session.execute(text("CREATE TABLE example (id INTEGER)"))
        modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in tmp_path.iterdir()}
    assert modes == dict.fromkeys(
        ("gwanin.sqlite", "gwanin.sqlite-wal", "gwanin.sqlite-shm"), 0o600
    )


def test_an_existing_database_is_opened_again(sqlite_url: str) -> None:
    for _ in range(2):
        database = Database(build_engine(sqlite_url))
        with database.writing() as session:
            session.execute(text("CREATE TABLE IF NOT EXISTS example (id INTEGER)"))
            session.execute(text("INSERT INTO example VALUES (1)"))
        database.close()
    database = Database(build_engine(sqlite_url))
    with database.reading() as session:
        assert session.execute(text("SELECT count(*) FROM example")).scalar() == 2
    database.close()


def test_refuses_a_database_file_that_others_can_read(sqlite_url: str, tmp_path: Path) -> None:
    file = tmp_path / "gwanin.sqlite"
    file.touch()
    file.chmod(0o640)
    with pytest.raises(PermissionsTooOpen):
        build_engine(sqlite_url)


def test_refuses_a_database_file_in_a_missing_folder(tmp_path: Path) -> None:
    with pytest.raises(StorageUnavailable):
        build_engine(f"sqlite:///{tmp_path}/missing/gwanin.sqlite")


def test_refuses_a_database_file_where_no_folder_can_be(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(StorageUnavailable):
        build_engine(f"sqlite:///{tmp_path}/file/gwanin.sqlite")


@pytest.mark.parametrize(
    "url",
    [
        "sqlite://",
        "sqlite:///:memory:",
        "sqlite:///file.sqlite?mode=ro",
        "mysql://gwanin:secret@db.example/gwanin",
        "postgresql://gwanin:secret@db.example/gwanin",
        "postgresql+psycopg://gwanin:secret@db.example/gwanin?options=-cfsync%3Doff",
    ],
)
def test_refuses_every_other_database(url: str) -> None:
    with pytest.raises(Unsupported) as caught:
        build_engine(url)
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize("url", ["", "gwanin.sqlite", "postgresql+psycopg://gwanin:secret@db:x/y"])
def test_refuses_what_is_no_url(url: str) -> None:
    with pytest.raises(Malformed) as caught:
        build_engine(url)
    assert "secret" not in str(caught.value)


def test_sqlites_driver_begins_no_transactions_of_its_own(tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / "example.sqlite")) as connection:
        prepare_sqlite(connection)
        connection.execute("CREATE TABLE example (id INTEGER)")
        connection.execute("INSERT INTO example VALUES (1)")
        assert not connection.in_transaction


def test_refuses_a_place_without_a_write_ahead_log() -> None:
    with closing(sqlite3.connect(":memory:")) as connection, pytest.raises(StorageUnavailable):
        prepare_sqlite(connection)


def test_no_error_repeats_a_parameter(sqlite_database: Database) -> None:
    with pytest.raises(Exception, match="no such table") as caught, sqlite_database.reading() as s:
        s.execute(text("SELECT * FROM missing WHERE name = :name"), {"name": "강감찬"})
    assert not isinstance(caught.value, Error)
    assert "강감찬" not in str(caught.value)
