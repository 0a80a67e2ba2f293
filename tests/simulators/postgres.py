"""A PostgreSQL server of the suite's own, in a temporary folder, that nobody else can reach.

    cluster = PostgresCluster()
    with cluster.fresh_database(Base.metadata) as url:
        Database(build_engine(url))           # empty, with the tables of the metadata
    cluster.restart(mode="immediate")         # as if the machine had lost its power
    cluster.stop()

It listens on a socket in its own folder only, never on TCP, so that a server of the machine is
neither touched nor in the way. Durability is left on, as in a city. Each process of the suite has
one of its own: a test may restart it without disturbing the other processes. Should the suite be
killed, the kernel ends the server.
"""

import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from typing import Final, Literal

import psycopg
import pytest
from psycopg import sql
from sqlalchemy import MetaData

from storage.engine import build_engine
from storage.transaction import Database

_BINARIES: Final = Path("/usr/lib/postgresql")
_ACCOUNT: Final = "postgres"  # PostgreSQL refuses to run as root
_PORT: Final = 5432  # only the name of the socket in our own folder
_START_SECONDS: Final = 60
_SETTINGS: Final = {
    "listen_addresses": "",
    "log_min_messages": "warning",
    "max_connections": "100",
    "shared_buffers": "32MB",
}


class PostgresCluster:
    """A server and its folder, which holds its data, its socket and its log."""

    def __init__(self) -> None:
        """Make the cluster and start it; fails the test where PostgreSQL is not installed."""
        self._binaries = _find_binaries()
        self._folder = Path(tempfile.mkdtemp(prefix="gwanin-pg-"))
        self._numbers = count(1)
        self._templates: dict[tuple[MetaData, frozenset[str]], str] = {}
        if os.geteuid() == 0:
            shutil.chown(self._folder, _ACCOUNT, _ACCOUNT)
        # What initdb writes need not survive a crash; what the server writes later must.
        self._run("initdb", "--auth=trust", "--username=postgres", "--encoding=UTF8", "--locale=C",
                  "--no-sync")  # fmt: skip
        self._server = self._launch()

    def url(self, database: str) -> str:
        """The SQLAlchemy URL of one of its databases."""
        return f"postgresql+psycopg://postgres@/{database}?host={self._folder}&port={_PORT}"

    @contextmanager
    def fresh_database(self, metadata: MetaData) -> Iterator[str]:
        """The URL of a new database with these tables, all empty; it is dropped afterwards."""
        name = f"test_{next(self._numbers)}"
        self._administer("CREATE DATABASE {} TEMPLATE {}", name, self._template(metadata))
        try:
            yield self.url(name)
        finally:
            self._administer("DROP DATABASE {} WITH (FORCE)", name)

    def restart(self, mode: Literal["smart", "fast", "immediate"]) -> None:
        """Stop the server in one of PostgreSQL's ways, and start it again on the same data.

        The new server ends with the thread that calls this.
        """
        self._halt(mode)
        self._server = self._launch()

    def stop(self) -> None:
        """Stop the server and delete its data."""
        self._halt("immediate")
        shutil.rmtree(self._folder)

    def _template(self, metadata: MetaData) -> str:
        """A database with these tables: copying it is faster than creating them anew."""
        key = (metadata, frozenset(metadata.tables))
        if key not in self._templates:
            name = f"template_{next(self._numbers)}"
            self._administer("CREATE DATABASE {}", name)
            database = Database(build_engine(self.url(name)))
            database.create_tables(metadata)
            database.close()
            self._templates[key] = name
        return self._templates[key]

    def _administer(self, statement: str, *names: str) -> None:
        query = sql.SQL(statement).format(*map(sql.Identifier, names))
        with psycopg.connect(
            host=str(self._folder), port=_PORT, user=_ACCOUNT, dbname="postgres", autocommit=True
        ) as connection:
            connection.execute(query)

    def _launch(self) -> subprocess.Popen[bytes]:
        settings = [f"--{name}={value}" for name, value in _SETTINGS.items()]
        arguments = ("-k", str(self._folder), "-p", str(_PORT), *settings)
        with (self._folder / "server.log").open("ab") as log:
            server = subprocess.Popen(
                self._command("postgres", arguments), stdout=log, stderr=log, cwd=self._folder
            )
        self._await_start(server)
        return server

    def _await_start(self, server: subprocess.Popen[bytes]) -> None:
        deadline = time.monotonic() + _START_SECONDS
        while True:
            try:
                self._administer("SELECT 1")
            except psycopg.OperationalError:
                if server.poll() is not None or time.monotonic() > deadline:
                    log = (self._folder / "server.log").read_text()
                    pytest.fail(f"PostgreSQL did not start:\n{log}")
                time.sleep(0.02)
            else:
                return

    def _halt(self, mode: str) -> None:
        self._run("pg_ctl", "stop", f"--mode={mode}", "--wait")
        self._server.wait()

    def _run(self, program: str, *arguments: str) -> None:
        command = self._command(program, arguments)
        subprocess.run(command, check=True, capture_output=True, cwd=self._folder)

    def _command(self, program: str, arguments: tuple[str, ...]) -> list[str]:
        """As PostgreSQL's own account if we are root; ended by the kernel when we end."""
        account = ["--reuid", _ACCOUNT, "--regid", _ACCOUNT, "--clear-groups"]
        return [
            *("setpriv", "--pdeathsig", "INT", *(account if os.geteuid() == 0 else [])),
            *(str(self._binaries / program), "-D", str(self._folder / "data"), *arguments),
        ]


def _find_binaries() -> Path:
    found = sorted(_BINARIES.glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    if not found or shutil.which("setpriv") is None:
        pytest.fail("these tests need the Debian packages postgresql and util-linux")
    return found[-1].parent
