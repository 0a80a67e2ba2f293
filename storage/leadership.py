"""One process at a time: a leader, which stops being one when it gives up, ends or is killed.

On SQLite it is whoever holds the lock on a file beside the database; on PostgreSQL, whoever holds
an advisory lock, for as long as its connection lives. Neither says that a leader who was stopped
and woken is one no more: what a leader writes must therefore also be guarded where it is written
(a term, by compare-and-swap).
"""

import hashlib
import os
from contextlib import suppress
from pathlib import Path
from typing import Any, Protocol

from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import SQLAlchemyError

from storage.errors import StorageUnavailable
from storage.file_lock import try_lock

_TRY = text("SELECT pg_try_advisory_lock(:key)")
_UNLOCK = text("SELECT pg_advisory_unlock(:key)")
_ALIVE = text("SELECT 1")


class Leadership(Protocol):
    """Whether this process leads. Used by one thread at a time."""

    def take(self) -> bool:
        """Become the leader, or stay it; False while another one is.

        Raises StorageUnavailable or StorageBusy.
        """
        ...

    def give_up(self) -> None:
        """Let others lead. Nothing happens to whoever does not."""
        ...


class FileLeadership:
    """The lock on a file, which the kernel ends with the process."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file: int | None = None

    def take(self) -> bool:
        """See Leadership."""
        if self._file is not None:
            return True
        self._file = try_lock(self._path)
        return self._file is not None

    def give_up(self) -> None:
        """See Leadership."""
        if self._file is not None:
            os.close(self._file)
        self._file = None


class AdvisoryLeadership:
    """An advisory lock of PostgreSQL. It belongs to a connection, which is kept while it is held or
    tried for."""

    def __init__(self, engine: Engine, name: str) -> None:
        self._engine = engine
        self._key = int.from_bytes(hashlib.sha256(name.encode()).digest()[:8], signed=True)
        self._connection: Connection | None = None
        self._session: Any = None  # the driver's own, for the pool may have let go of it
        self._leads = False

    def take(self) -> bool:
        """See Leadership. A lock whose connection was lost is lost, and can be taken anew."""
        try:
            connection = self._connect()
            if self._leads:
                connection.execute(_ALIVE)
            else:
                self._leads = connection.execute(_TRY, {"key": self._key}).scalar_one() is True
        except SQLAlchemyError as error:
            self.give_up()
            raise StorageUnavailable("the database cannot be used at present") from error
        return self._leads

    def give_up(self) -> None:
        """See Leadership. The session itself is closed: in the pool, it might keep the lock. The
        server may notice its end some time later, so the lock is let go of first."""
        connection, leads = self._connection, self._leads
        self._connection, self._leads = None, False
        if connection is not None:
            with suppress(SQLAlchemyError):  # a connection that was lost holds nothing
                if leads:
                    connection.execute(_UNLOCK, {"key": self._key})
            self._session.close()
            connection.invalidate()
            connection.close()

    def _connect(self) -> Connection:
        if self._connection is None:
            options = {"isolation_level": "AUTOCOMMIT"}
            self._connection = self._engine.connect().execution_options(**options)
            self._session = self._connection.connection.dbapi_connection
        return self._connection
