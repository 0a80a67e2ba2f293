"""The directory is logged once for each state, and the stored rows are checked by a replay."""

import pytest

from did_registry import store
from did_registry.actions.log_directory import log_directory
from did_registry.directory import Directory
from did_registry.errors import LogInconsistent
from did_registry.leaf import LeafKind, parse_leaf
from storage.base import Base
from storage.engine import build_engine
from storage.transaction import Database
from tests.simulators.clock import SimulatedClock
from tests.simulators.registry import SimulatedRegistry


@pytest.fixture
def registry(database: Database) -> SimulatedRegistry:
    registry = SimulatedRegistry(database)
    registry.create("GU-11620")
    return registry


def _log(registry: SimulatedRegistry) -> None:
    registry.write(lambda session: log_directory(session, now=registry.clock()))


def test_the_directory_covers_all_leaves_before_it(registry: SimulatedRegistry) -> None:
    _log(registry)
    (leaf,) = registry.read(lambda session: store.leaves(session, 2, 3))
    assert parse_leaf(leaf).kind is LeafKind.DIRECTORY
    registry.publish()
    view = registry.replay()
    assert parse_leaf(leaf).body == Directory(view.latest.values()).leaf_body(2)


def test_it_is_not_logged_twice_in_a_row(registry: SimulatedRegistry) -> None:
    _log(registry)
    _log(registry)
    registry.publish()
    assert registry.replay().checkpoint.size == 3
    registry.clock.advance(days=1)
    registry.rotate(registry.root)
    _log(registry)
    registry.publish()
    assert registry.replay().checkpoint.size == 5


def test_an_empty_log_has_no_directory(sqlite_url: str) -> None:
    database = Database(build_engine(sqlite_url))
    database.create_tables(Base.metadata)
    with database.writing() as session:
        log_directory(session, now=SimulatedClock()())
        head = store.find_head(session)
        assert head is not None
        assert head.size == 0
    database.close()


@pytest.mark.parametrize(
    "change",
    ["idx = 0", "latest_version = '9-x'", "deactivated = NOT deactivated", "key = key || 'x'"],
)
def test_a_changed_row_is_found(registry: SimulatedRegistry, change: str) -> None:
    registry.publish()
    registry.replay()
    registry.tamper(f"UPDATE log_directory_row SET {change} WHERE idx = 1")
    with pytest.raises(LogInconsistent, match="directory"):
        registry.replay()
