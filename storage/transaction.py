"""Transactions: one per action, with typed failures, and never two at a time.

Integrity errors, such as a name that is taken, are the action's to interpret: they pass through.
"""

import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from sqlalchemy import Engine, MetaData, func, select
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.orm import Session

from storage.engine import WRITES
from storage.errors import NestedTransaction, StorageBusy, StorageUnavailable
from storage.leadership import AdvisoryLeadership, FileLeadership, Leadership

_SQLITE_UNAVAILABLE: Final = frozenset(
    {
        sqlite3.SQLITE_CANTOPEN,
        sqlite3.SQLITE_CORRUPT,
        sqlite3.SQLITE_FULL,
        sqlite3.SQLITE_IOERR,
        sqlite3.SQLITE_NOTADB,
        sqlite3.SQLITE_READONLY,
    }
)
# SQLSTATEs, PostgreSQL appendix A: serialization failure, deadlock, lock and statement timeout.
_POSTGRESQL_BUSY: Final = frozenset({"40001", "40P01", "55P03", "57014"})
# Connection lost, insufficient resources, operator intervention, system error; a standby.
_POSTGRESQL_UNAVAILABLE: Final = ("08", "53", "57", "58", "25006")
SECONDS_TO_GIVE_WAY: Final = 0.12
_BEFORE: Final = "gwanin.before_commit"
_AFTER: Final = "gwanin.after_commit"
_CREATING_TABLES: Final = 0x6777616E696E  # the advisory lock of whoever creates tables


class Database:
    """One database, used by all threads of a process; the caller owns each transaction.

    with database.writing() as session: …   commits at the end, rolls back on any exception

    Both forms raise StorageBusy or StorageUnavailable where the database does, at the latest at
    the commit, and NestedTransaction inside another transaction of this database and thread.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._writer = engine.execution_options(**{WRITES: True})
        self._reader = engine
        if engine.dialect.name == "postgresql":
            self._reader = engine.execution_options(
                isolation_level="REPEATABLE READ", postgresql_readonly=True
            )
        self._thread = threading.local()

    @property
    def sqlite_file(self) -> Path | None:
        """The file of a SQLite database."""
        name = self._engine.url.database
        return Path(name) if self._engine.dialect.name == "sqlite" and name else None

    @contextmanager
    def writing(self) -> Iterator[Session]:
        """A transaction that may write.

        On SQLite it holds the one write lock from its beginning, so that nothing it reads can
        change; on PostgreSQL others write too, and rows are moved by compare-and-swap.
        """
        with self._transaction(self._writer) as session:
            yield session

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """A transaction that sees one state of the database throughout, and cannot write."""
        with self._transaction(self._reader) as session:
            yield session

    def give_way(self) -> None:
        """Let others write, between two transactions of a long work.

        Whoever waits for SQLite's lock looks again every tenth of a second at the latest, so a
        shorter gap may go by unseen for as long as the work lasts.
        """
        if self.sqlite_file is not None:
            time.sleep(SECONDS_TO_GIVE_WAY)  # noqa: TID251 - the one thing that has to wait

    def create_tables(self, metadata: MetaData) -> None:
        """Create the tables that are missing; several processes may do so at the same time."""
        with _typed_failures(), self._writer.begin() as connection:
            if connection.dialect.name == "postgresql":
                connection.execute(select(func.pg_advisory_xact_lock(_CREATING_TABLES)))
            metadata.create_all(connection)

    def leadership(self, name: str) -> Leadership:
        """The one place of a leader for some purpose, among all processes of this database."""
        if self.sqlite_file is None:
            return AdvisoryLeadership(self._engine, name)
        return FileLeadership(self.sqlite_file.with_name(f"{self.sqlite_file.name}.{name}-lock"))

    def close(self) -> None:
        """Close all connections that are not in use."""
        self._engine.dispose()

    @contextmanager
    def _transaction(self, engine: Engine) -> Iterator[Session]:
        if getattr(self._thread, "occupied", False):
            raise NestedTransaction("an action has one transaction; it is open already")
        self._thread.occupied = True
        try:
            with (
                _typed_failures(),
                Session(engine, expire_on_commit=False) as session,
                session.begin(),
            ):
                session.connection()  # A database that is away is noticed before any work.
                yield session
                for act in session.info.pop(_BEFORE, {}).values():
                    act()
        finally:
            self._thread.occupied = False
        for act in session.info.pop(_AFTER, {}).values():
            act()


def before_commit(session: Session, name: str, act: Callable[[], None]) -> None:
    """Do something as the last part of the transaction, once for a name; the first one counts."""
    session.info.setdefault(_BEFORE, {}).setdefault(name, act)


def after_commit(session: Session, name: str, act: Callable[[], None]) -> None:
    """Do something once the transaction is durable, outside of it, once for a name.

    Nothing is done if it is rolled back. What the act raises, the transaction's owner gets.
    """
    session.info.setdefault(_AFTER, {}).setdefault(name, act)


@contextmanager
def _typed_failures() -> Iterator[None]:
    try:
        yield
    except PoolTimeout as error:
        raise StorageBusy("all connections to the database are in use") from error
    except DBAPIError as error:
        if _is_busy(error):
            raise StorageBusy("the database is locked by others") from error
        if _is_unavailable(error):
            raise StorageUnavailable("the database cannot be used at present") from error
        raise


def _is_busy(error: DBAPIError) -> bool:
    return _sqlite_code(error) == sqlite3.SQLITE_BUSY or _sqlstate(error) in _POSTGRESQL_BUSY


def _is_unavailable(error: DBAPIError) -> bool:
    code, state = _sqlite_code(error), _sqlstate(error)
    if code is None and state is None:  # PostgreSQL's client reports, as no server answered.
        return isinstance(error, OperationalError)
    return code in _SQLITE_UNAVAILABLE or str(state).startswith(_POSTGRESQL_UNAVAILABLE)


def _sqlite_code(error: DBAPIError) -> int | None:
    """SQLite's primary result code; the upper bits only refine it."""
    code: int | None = getattr(error.orig, "sqlite_errorcode", None)
    return None if code is None else code & 0xFF


def _sqlstate(error: DBAPIError) -> str | None:
    state: str | None = getattr(error.orig, "sqlstate", None)
    return state
