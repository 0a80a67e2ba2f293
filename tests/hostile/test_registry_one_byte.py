"""One byte changed anywhere in what a registry stores or serves, and nobody believes it."""

import shutil
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Table, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from did_registry.actions.follow import Freshness, RegistryFollower
from did_registry.actions.replay import replay
from did_registry.errors import LeafRejected, LogInconsistent, RegistryUnavailable
from did_registry.models import (
    DidVersion,
    LogCheckpoint,
    LogHead,
    LogLeaf,
    LogTile,
    RegisteredDid,
)
from storage.base import Base
from storage.engine import build_engine
from storage.transaction import Database
from tests.simulators.log_files import LogFiles
from tests.simulators.registry import SimulatedRegistry, drop_triggers
from tests.simulators.registry_log import RegistryLog, log_key

MODELS = (LogLeaf, LogHead, LogTile, LogCheckpoint, RegisteredDid, DidVersion)
TABLES: list[Table] = [Base.metadata.tables[model.__tablename__] for model in MODELS]
# When a head was signed, and in whose term the log was written, is told to nobody and follows from
# nothing.
UNCHECKED = {("log_checkpoint", "published"), ("log_head", "term")}
COLUMNS = [
    (table.name, column.name)
    for table in TABLES
    for column in table.columns
    if (table.name, column.name) not in UNCHECKED
]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[SimulatedRegistry, Path]:
    """A registry of 300 leaves under two checkpoints; to be copied, not used."""
    file = tmp_path_factory.mktemp("made") / "made.sqlite"
    database = Database(build_engine(f"sqlite:///{file}"))
    database.create_tables(Base.metadata)
    registry = SimulatedRegistry(database)
    agency = registry.create("GU-11620")
    registry.accredit(agency, "SeoulResidencyCredential")
    registry.register(registry.create("VER-LIB"), "SeoulResidencyCredential.ageOver19")
    registry.publish()
    registry.clock.advance(days=1)
    registry.rotate(agency)
    registry.fill(300)
    registry.publish()
    database.close()
    return registry, file


@pytest.fixture
def registry(made: tuple[SimulatedRegistry, Path], tmp_path: Path) -> Iterator[SimulatedRegistry]:
    file = shutil.copy2(made[1], tmp_path / "registry.sqlite")
    database = Database(build_engine(f"sqlite:///{file}"))
    yield made[0].over(database)
    database.close()


def _changed(value: Any) -> Any:
    """The value with one bit, one letter or the whole number changed."""
    if isinstance(value, bytes):
        at = len(value) // 2
        return value[:at] + bytes([value[at] ^ 1]) + value[at + 1 :]
    if isinstance(value, str):
        return value[:-1] + chr(ord(value[-1]) ^ 1)
    return value + 1000


@pytest.mark.parametrize(("table", "column"), COLUMNS)
def test_a_stored_value_changed_is_refused_by_the_database_or_on_replay(
    registry: SimulatedRegistry, table: str, column: str
) -> None:
    select = text(f"SELECT rowid, {column} FROM {table} ORDER BY rowid")
    rows = registry.read(lambda session: session.execute(select).all())
    assert rows
    update = text(f"UPDATE {table} SET {column} = :value WHERE rowid = :row")

    def change_and_replay(row: int, value: Any, session: Session) -> None:
        drop_triggers(session)
        session.execute(update, {"value": _changed(value), "row": row})
        replay(session, root=registry.root, key=log_key(), now=registry.clock())

    for row, value in rows[:: max(1, len(rows) // 8)]:
        with pytest.raises((LeafRejected, LogInconsistent, IntegrityError)):
            registry.write(partial(change_and_replay, row, value))  # which is rolled back
    registry.replay()


def test_a_served_head_with_one_bit_changed_is_no_head() -> None:
    log = RegistryLog()
    files, note, now = LogFiles(log), log.note(), log.clock()
    outbound = files.outbound()
    follower = RegistryFollower(log.anchor, outbound, Freshness())
    for at in range(len(note)):
        files.served["/log/checkpoint"] = note[:at] + bytes([note[at] ^ 1]) + note[at + 1 :]
        with pytest.raises(RegistryUnavailable):
            follower.view(now)
    del files.served["/log/checkpoint"]
    assert follower.view(now) == log.view()
