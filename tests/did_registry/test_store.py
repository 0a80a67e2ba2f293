from datetime import timedelta

import pytest

from did_registry import store
from did_registry.tlog.merkle import EMPTY_FRONTIER
from did_registry.tlog.tiles import Tile
from storage.transaction import Database
from tests.simulators.registry import SimulatedRegistry


@pytest.fixture
def registry(sqlite_database: Database) -> SimulatedRegistry:
    return SimulatedRegistry(sqlite_database)


def test_the_head_of_an_empty_log_is_made_once(database: Database) -> None:
    with database.reading() as session:
        assert store.find_head(session) is None
    for _ in range(2):
        with database.writing() as session:
            head = store.lock_head(session)
            assert (head.size, head.last_leaf_hash) == (0, bytes(32))
            assert head.frontier == EMPTY_FRONTIER.encode()
    with database.reading() as session:
        assert store.find_head(session) is not None


def test_leaves_come_in_order_and_end_before_the_end(registry: SimulatedRegistry) -> None:
    registry.fill(5)
    every = registry.read(lambda session: store.leaves(session, 0, 5))
    assert len(every) == 5
    assert registry.read(lambda session: store.leaves(session, 1, 3)) == every[1:3]
    assert registry.read(lambda session: store.leaves(session, 4, 9)) == every[4:]
    assert registry.read(lambda session: [row.leaf for row in store.all_leaves(session)]) == every


def test_a_tile_is_read_in_every_width_it_has_had(registry: SimulatedRegistry) -> None:
    registry.fill(5)
    whole = registry.read(lambda session: store.read_tile(session, Tile(0, 0, 5)))
    assert len(whole) == 5 * 32
    for width in range(1, 5):
        with registry.database.reading() as session:
            assert store.read_tile(session, Tile(0, 0, width)) == whole[: 32 * width]
    assert registry.read(lambda session: store.read_tile(session, Tile(0, 0, 6))) == b""
    assert registry.read(lambda session: store.read_tile(session, Tile(0, 1, 1))) == b""
    assert registry.read(lambda session: store.read_tile(session, Tile(1, 0, 1))) == b""


def test_dids_are_found_by_scid_and_code(registry: SimulatedRegistry) -> None:
    did = registry.create("GU-11620")
    with registry.database.reading() as session:
        row = store.find_did(session, did.scid)
        assert row is not None
        assert (row.did, row.code) == (str(did), "GU-11620")
        assert store.find_did_by_code(session, "GU-11620") is row
        assert store.find_did(session, "Qm") is None
        assert store.find_did_by_code(session, "GU") is None
        assert {row.code for row in store.all_dids(session)} == {"SEL-DIG", "GU-11620"}


def test_a_did_log_is_its_lines_in_order(registry: SimulatedRegistry) -> None:
    other = registry.create("GU-11620")
    registry.clock.advance(days=1)
    registry.rotate(registry.root)
    with registry.database.reading() as session:
        lines = store.did_log(session, registry.root.scid).splitlines(keepends=True)
        assert [line[-1:] for line in lines] == [b"\n", b"\n"]
        versions = list(store.all_versions(session))
        assert [version.log_idx for version in versions] == [0, 1, 2]
        assert [versions[0].entry, versions[2].entry] == lines
        assert store.did_log(session, other.scid) == versions[1].entry
        assert store.did_log(session, "Qm") == b""


def test_the_latest_checkpoint_is_of_the_largest_tree(registry: SimulatedRegistry) -> None:
    assert registry.read(store.latest_checkpoint) is None
    first = registry.publish()
    registry.fill(3)
    second = registry.publish()
    latest = registry.read(store.latest_checkpoint)
    assert latest is not None
    assert (latest.size, latest.note) == (3, second)
    rows = registry.read(store.all_checkpoints)
    assert [(row.size, row.note) for row in rows] == [(1, first), (3, second)]


def test_a_leaf_has_its_time(registry: SimulatedRegistry) -> None:
    began = registry.clock()
    registry.clock.advance(days=1)
    registry.fill(2)
    assert registry.read(lambda session: store.leaf_time(session, 0)) == began
    assert registry.read(lambda session: store.leaf_time(session, 1)) == began + timedelta(days=1)
    assert registry.read(lambda session: store.leaf_time(session, 2)) is None


def test_a_schema_leaf_is_found_by_its_document(registry: SimulatedRegistry) -> None:
    registry.fill(3)
    every = registry.read(lambda session: store.leaves(session, 0, 3))
    find = store.find_schema
    assert registry.read(lambda session: find(session, "types/N2/v1")) == every[2]
    assert registry.read(lambda session: find(session, "types/N3/v1")) is None
    assert registry.read(lambda session: find(session, registry.root.scid)) is None
