"""Every column of every table, changed behind everybody's back, is noticed and named."""

import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from credentials.encoding import encode_base64url
from did_registry import store
from did_registry.actions.replay import replay
from did_registry.errors import LeafRejected, LogInconsistent
from did_registry.tlog.merkle import leaf_hash
from did_registry.tlog.note import verifier_key
from storage.base import Base
from storage.engine import build_engine
from storage.transaction import Database
from tests.simulators.registry import SimulatedRegistry, draft
from tests.simulators.registry_log import ORIGIN, RegistryLog, log_key, signing_key

ZERO = "x'" + "00" * 32 + "'"


def make(database: Database) -> SimulatedRegistry:
    """Eight leaves under three checkpoints: two DIDs, one with two versions, a right, documents."""
    registry = SimulatedRegistry(database)
    agency = registry.create("GU-11620")
    registry.publish()
    registry.accredit(agency, "SeoulResidencyCredential")
    registry.clock.advance(days=1)
    registry.rotate(agency)
    registry.publish()
    registry.fill(8)
    registry.publish()
    return registry


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[SimulatedRegistry, Path]:
    """A registry whose database was closed; to be copied, not used."""
    file = tmp_path_factory.mktemp("made") / "made.sqlite"
    database = Database(build_engine(f"sqlite:///{file}"))
    database.create_tables(Base.metadata)
    registry = make(database)
    database.close()
    return registry, file


@pytest.fixture
def registry(made: tuple[SimulatedRegistry, Path], tmp_path: Path) -> Iterator[SimulatedRegistry]:
    file = shutil.copy2(made[1], tmp_path / "registry.sqlite")
    database = Database(build_engine(f"sqlite:///{file}"))
    yield made[0].over(database)
    database.close()


def test_a_whole_registry_is_replayed(database: Database) -> None:
    registry = make(database)
    view = registry.replay()
    assert view.checkpoint.size == 8
    assert [len(history.versions) for history in view.histories.values()] == [1, 2]
    assert len(view.schemas) == 4
    assert view.as_of == registry.clock()


@pytest.mark.parametrize("size", [255, 256, 257, 600])
def test_logs_around_full_tiles_are_replayed(sqlite_database: Database, size: int) -> None:
    registry = SimulatedRegistry(sqlite_database)
    registry.fill(size)
    registry.publish()
    assert registry.replay().checkpoint.size == size


# A leaf, or the row about it


@pytest.mark.parametrize("index", range(8))
@pytest.mark.parametrize("column", ["leaf", "leaf_hash", "dedup"])
def test_a_flipped_byte_of_a_leafs_row_names_the_leaf(
    registry: SimulatedRegistry, index: int, column: str
) -> None:
    registry.flip("log_leaf", column, 9, f"idx = {index}")
    with pytest.raises(LeafRejected) as refused:
        registry.replay()
    assert refused.value.index == index


@pytest.mark.parametrize(
    "change",
    ["kind = 'notice'", "subject = 'types/N4/v2'", "created = created + 1"],
)
@pytest.mark.parametrize("index", [1, 4, 7])
def test_another_column_of_a_leafs_row_names_the_leaf(
    registry: SimulatedRegistry, change: str, index: int
) -> None:
    registry.tamper(f"UPDATE log_leaf SET {change} WHERE idx = {index}")
    with pytest.raises(LeafRejected, match="row says something else") as refused:
        registry.replay()
    assert refused.value.index == index


@pytest.mark.parametrize("index", [2, 4])
def test_a_leaf_and_its_hash_changed_together_break_the_chain(
    registry: SimulatedRegistry, index: int
) -> None:
    leaf = registry.read(lambda session: store.leaves(session, index, index + 1))[0]
    forged = leaf.replace(b'"t":"2026-03-1', b'"t":"2025-03-1')
    registry.tamper(
        f"UPDATE log_leaf SET leaf = :leaf, leaf_hash = :hash WHERE idx = {index}",
        leaf=forged,
        hash=leaf_hash(forged),
    )
    with pytest.raises(LeafRejected) as refused:
        registry.replay()
    assert refused.value.index == index


@pytest.mark.parametrize("index", [2, 4, 6])
def test_a_missing_leaf_is_named(registry: SimulatedRegistry, index: int) -> None:
    registry.tamper(f"DELETE FROM log_leaf WHERE idx = {index}")
    with pytest.raises(LeafRejected, match="missing") as refused:
        registry.replay()
    assert refused.value.index == index


def test_a_missing_last_leaf_contradicts_what_was_signed(registry: SimulatedRegistry) -> None:
    registry.tamper("DELETE FROM log_leaf WHERE idx = 7")
    with pytest.raises(LogInconsistent, match="checkpoint over 8 leaves"):
        registry.replay()


def test_leaves_beyond_the_signed_head_are_verified_and_not_believed_yet(
    registry: SimulatedRegistry,
) -> None:
    before = registry.replay()
    registry.fill(9)
    after = registry.replay()
    assert after.checkpoint == before.checkpoint
    assert after.schemas == before.schemas
    registry.flip("log_leaf", "leaf", 20, "idx = 8")
    with pytest.raises(LeafRejected) as refused:
        registry.replay()
    assert refused.value.index == 8


def test_leaves_from_the_future_are_refused(registry: SimulatedRegistry) -> None:
    registry.clock.advance(days=-1)
    with pytest.raises(LeafRejected, match="future"):
        registry.replay()


# Tiles, head, checkpoints


@pytest.mark.parametrize("index", range(8))
def test_a_flipped_byte_of_a_tile_names_the_tile(registry: SimulatedRegistry, index: int) -> None:
    registry.flip("log_tile", "data", 32 * index + 31, "level = 0")
    with pytest.raises(LogInconsistent, match="tile 0 of level 0"):
        registry.replay()


@pytest.mark.parametrize(
    ("statement", "tile"),
    [
        ("UPDATE log_tile SET width = 7 WHERE level = 0", "tile 0 of level 0"),
        ("DELETE FROM log_tile WHERE level = 0", "tile 0 of level 0"),
        ("UPDATE log_tile SET n = 1 WHERE level = 0", "tile 0 of level 0"),
        (f"INSERT INTO log_tile VALUES (1, 0, 1, {ZERO})", "tile 0 of level 1"),
        (f"INSERT INTO log_tile VALUES (0, 1, 1, {ZERO})", "tile 1 of level 0"),
    ],
)
def test_tiles_are_the_ones_that_the_leaves_give(
    registry: SimulatedRegistry, statement: str, tile: str
) -> None:
    registry.tamper(statement)
    with pytest.raises(LogInconsistent, match=tile):
        registry.replay()


@pytest.mark.parametrize(("level", "n"), [(0, 0), (0, 1), (1, 0)])
def test_a_tile_that_no_proof_of_the_head_needs_is_checked_as_well(
    sqlite_database: Database, level: int, n: int
) -> None:
    registry = SimulatedRegistry(sqlite_database)
    registry.fill(300)
    registry.publish()
    registry.flip("log_tile", "data", 5, f"level = {level} AND n = {n}")
    with pytest.raises(LogInconsistent, match=f"tile {n} of level {level}"):
        registry.replay()


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE log_head SET size = 7",
        "DELETE FROM log_head",
        f"UPDATE log_head SET last_leaf_hash = {ZERO}",
        f"UPDATE log_head SET frontier = x'0000000000000008' || {ZERO}",
    ],
)
def test_the_head_is_the_end_of_the_leaves(registry: SimulatedRegistry, statement: str) -> None:
    registry.tamper(statement)
    with pytest.raises(LogInconsistent, match="head's row"):
        registry.replay()


@pytest.mark.parametrize("size", [2, 4, 8])
def test_every_checkpoint_ever_signed_is_checked(registry: SimulatedRegistry, size: int) -> None:
    registry.flip("log_checkpoint", "note", 0, f"size = {size}")
    with pytest.raises(LogInconsistent, match=f"checkpoint over {size} leaves"):
        registry.replay()


@pytest.mark.parametrize(
    "change",
    [
        f"root = {ZERO}",
        "size = 3",
        "note = (SELECT note FROM log_checkpoint WHERE size = 8)",
    ],
)
def test_a_checkpoints_row_is_what_its_note_says(registry: SimulatedRegistry, change: str) -> None:
    registry.tamper(f"UPDATE log_checkpoint SET {change} WHERE size = 4")
    with pytest.raises(LogInconsistent, match="is not the head of the leaves"):
        registry.replay()


def test_a_log_without_checkpoints_is_refused(registry: SimulatedRegistry) -> None:
    registry.tamper("DELETE FROM log_checkpoint")
    with pytest.raises(LogInconsistent, match="no checkpoint"):
        registry.replay()


def test_a_signed_head_that_this_log_never_had_is_refused(registry: SimulatedRegistry) -> None:
    """What is left after the tables went back to a backup, and the checkpoint did not."""
    note = RegistryLog().note()
    registry.tamper(
        "INSERT INTO log_checkpoint SELECT 1, root, :note, published FROM log_checkpoint"
        " WHERE size = 8",
        note=note,
    )
    with pytest.raises(LogInconsistent, match="checkpoint over 1 leaves"):
        registry.replay()


# The DID tables


@pytest.mark.parametrize(
    "change",
    [
        "version_id = '2' || substr(version_id, 2)",
        "number = 3",
        "previous_version_id = 'x'",
        "version_time = version_time + 1",
        "entry = CAST(replace(CAST(entry AS TEXT), 'GU-1162', 'GU-1163') AS BLOB)",
        "entry = CAST(CAST(entry AS TEXT) || ' ' AS BLOB)",
        "entry = substr(entry, 1, length(entry) - 1)",
        "entry = x'00'",
    ],
)
def test_a_changed_line_names_the_leaf_it_was_logged_with(
    registry: SimulatedRegistry, change: str
) -> None:
    registry.tamper(f"UPDATE did_version SET {change} WHERE log_idx = 1")
    with pytest.raises(LeafRejected, match=r"did\.jsonl line says something else") as refused:
        registry.replay()
    assert refused.value.index == 1


@pytest.mark.parametrize("index", [0, 1, 3])
def test_a_flipped_byte_of_a_line_names_the_leaf(registry: SimulatedRegistry, index: int) -> None:
    registry.flip("did_version", "entry", 40, f"log_idx = {index}")
    with pytest.raises(LeafRejected) as refused:
        registry.replay()
    assert refused.value.index == index


@pytest.mark.parametrize("index", [1, 3])
def test_a_missing_line_names_the_leaf(registry: SimulatedRegistry, index: int) -> None:
    registry.tamper(f"DELETE FROM did_version WHERE log_idx = {index}")
    with pytest.raises(LeafRejected, match="line is missing") as refused:
        registry.replay()
    assert refused.value.index == index


def test_a_line_of_another_leaf_is_not_in_the_log(registry: SimulatedRegistry) -> None:
    registry.tamper("UPDATE did_version SET log_idx = 2 WHERE log_idx = 3")
    with pytest.raises(LogInconsistent, match="version 2 of DID"):
        registry.replay()


def test_lines_moved_to_another_did_are_noticed(registry: SimulatedRegistry) -> None:
    registry.tamper(
        "UPDATE did_version SET scid = :scid, number = 7 WHERE log_idx = 3",
        scid=registry.root.scid,
    )
    with pytest.raises(LeafRejected):
        registry.replay()


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE did SET did = did || 'x' WHERE code = 'GU-11620'",
        "UPDATE did SET code = 'GU-11621' WHERE code = 'GU-11620'",
        "INSERT INTO did VALUES ('Qm', 'did:webvh:Qm:x', 'x', 0)",
    ],
)
def test_the_rows_of_dids_are_the_ones_in_the_log(
    registry: SimulatedRegistry, statement: str
) -> None:
    registry.tamper(statement)
    with pytest.raises(LogInconsistent, match="the row of the DID"):
        registry.replay()


def test_a_missing_row_of_a_did_is_noticed(registry: SimulatedRegistry) -> None:
    scid = registry.create("SEL-YOUTH").scid
    registry.publish()
    registry.tamper("DELETE FROM did_version WHERE scid = :scid", scid=scid)
    registry.tamper("DELETE FROM did WHERE scid = :scid", scid=scid)
    with pytest.raises(LogInconsistent, match="the row of the DID"):
        registry.replay()


# What is believed


def test_only_the_pinned_key_counts(registry: SimulatedRegistry) -> None:
    other = verifier_key(ORIGIN, signing_key(7).public_key)
    with (
        pytest.raises(LogInconsistent, match="checkpoint over 2 leaves"),
        registry.database.reading() as session,
    ):
        replay(session, root=registry.root, key=other, now=registry.clock())


def test_only_the_pinned_root_may_accredit(registry: SimulatedRegistry) -> None:
    view = registry.replay()
    agency = next(h.did for h in view.histories.values() if h.did != registry.root)
    with pytest.raises(LeafRejected) as refused, registry.database.reading() as session:
        replay(session, root=agency, key=log_key(), now=registry.clock())
    assert refused.value.index == 2


def test_reads_what_is_stored_and_not_what_the_transaction_remembers(
    registry: SimulatedRegistry,
) -> None:
    def act(session: Session) -> None:
        remembered = list(store.all_leaves(session))
        assert len(remembered) == 8
        session.execute(text("DROP TRIGGER log_leaf_UPDATE"))
        session.execute(text(f"UPDATE log_leaf SET leaf_hash = {ZERO} WHERE idx = 5"))
        replay(session, root=registry.root, key=log_key(), now=registry.clock())

    with pytest.raises(LeafRejected):
        registry.write(act)


def test_a_document_logged_twice_was_never_ours(registry: SimulatedRegistry) -> None:
    """Two leaves for one document: a log that nobody could follow any more."""
    registry.append([replace(draft(5), body={"h": encode_base64url(b"\x05" * 32)})])
    registry.publish()
    with pytest.raises(LeafRejected, match="second leaf"):
        registry.replay()
