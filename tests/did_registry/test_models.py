"""What the database itself refuses, on both databases."""

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, IntegrityError

from did_registry.models import LogHead
from storage.transaction import Database
from tests.simulators.registry import SimulatedRegistry


@pytest.fixture
def registry(database: Database) -> SimulatedRegistry:
    registry = SimulatedRegistry(database)
    registry.publish()
    return registry


def _dialect(registry: SimulatedRegistry) -> str:
    return registry.read(lambda session: session.get_bind().dialect.name)


@pytest.mark.parametrize("table", ["log_leaf", "log_checkpoint", "did_version"])
@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE {} SET {}",
        "DELETE FROM {}",
        "TRUNCATE {} CASCADE",
    ],
    ids=["update", "delete", "truncate"],
)
def test_rows_of_the_log_stay_as_they_were_written(
    registry: SimulatedRegistry, table: str, statement: str
) -> None:
    if statement.startswith("TRUNCATE") and _dialect(registry) == "sqlite":
        return  # SQLite has no such statement; its DELETE is refused.
    columns = {
        "log_leaf": "subject = subject",
        "log_checkpoint": "note = note",
        "did_version": "entry = entry",
    }
    with pytest.raises(DBAPIError, match="append-only"):
        registry.write(
            lambda session: session.execute(text(statement.format(table, columns[table])))
        )
    registry.replay()


def test_a_second_line_after_the_same_version_is_a_fork(registry: SimulatedRegistry) -> None:
    registry.clock.advance(days=1)
    registry.rotate(registry.root)
    registry.fill(3)
    with pytest.raises(IntegrityError, match="previous_version_id"):
        registry.write(
            lambda session: session.execute(
                text(
                    "INSERT INTO did_version SELECT scid, 3, 'x', previous_version_id,"
                    " version_time, entry, 2 FROM did_version WHERE number = 2"
                )
            )
        )


@pytest.mark.parametrize(
    ("statement", "name"),
    [
        ("UPDATE did_version SET version_id = 'x'", "version_id"),
        ("UPDATE did_version SET log_idx = 0", "log_idx"),
        ("UPDATE log_leaf SET dedup = (SELECT dedup FROM log_leaf WHERE idx = 0)", "dedup"),
        ("UPDATE did SET code = 'SEL-DIG'", "code"),
    ],
)
def test_names_are_unique(registry: SimulatedRegistry, statement: str, name: str) -> None:
    registry.create("GU-11620")
    with pytest.raises(IntegrityError, match=name):
        registry.tamper(statement)


def test_a_version_belongs_to_a_leaf(registry: SimulatedRegistry) -> None:
    with pytest.raises(IntegrityError):
        registry.tamper("UPDATE did_version SET log_idx = 7")


def test_there_is_one_head(registry: SimulatedRegistry) -> None:
    with pytest.raises(IntegrityError):
        registry.write(
            lambda session: session.add(
                LogHead(id=2, size=0, last_leaf_hash=bytes(32), frontier=bytes(8))
            )
        )
