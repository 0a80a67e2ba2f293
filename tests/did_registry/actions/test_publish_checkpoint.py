import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from did_registry import store
from did_registry.actions.append import append
from did_registry.actions.publish_checkpoint import publish_checkpoint
from did_registry.errors import LogInconsistent
from did_registry.models import LogTile
from did_registry.tlog.checkpoint import verify_checkpoint
from did_registry.tlog.merkle import EMPTY_FRONTIER, leaf_hash, root_of
from did_registry.tlog.note import Ed25519NoteSigner
from storage.transaction import Database
from tests.simulators.clock import START
from tests.simulators.registry import MemorySignGuard, SimulatedRegistry, draft
from tests.simulators.registry_log import LOG_KEY, ORIGIN, log_key, rechained


@pytest.fixture
def registry(database: Database) -> SimulatedRegistry:
    """Three leaves that are signed, and two that are not."""
    registry = SimulatedRegistry(database)
    registry.fill(3)
    registry.publish()
    registry.fill(5)
    return registry


def test_signs_what_is_stored(registry: SimulatedRegistry) -> None:
    signed = verify_checkpoint(registry.publish(), log_key())
    leaves = registry.read(lambda session: store.leaves(session, 0, 5))
    assert (signed.origin, signed.size, signed.root) == (
        ORIGIN,
        5,
        root_of(leaf_hash(leaf) for leaf in leaves),
    )
    latest = registry.read(store.latest_checkpoint)
    assert latest is not None
    assert (latest.size, latest.root, latest.published) == (5, signed.root, registry.clock())


def test_the_same_head_keeps_its_note(registry: SimulatedRegistry) -> None:
    note = registry.publish()
    registry.clock.advance(days=1)
    assert registry.publish() == note
    registry.append([draft(4)])  # is there already
    assert registry.publish() == note
    assert len(registry.read(store.all_checkpoints)) == 2


def test_an_empty_log_has_nothing_to_sign(sqlite_database: Database) -> None:
    signer = Ed25519NoteSigner(ORIGIN, LOG_KEY)
    with pytest.raises(LogInconsistent, match="empty"), sqlite_database.writing() as session:
        publish_checkpoint(session, signer, MemorySignGuard(), now=START)


@pytest.mark.parametrize(
    ("table", "column", "at", "where"),
    [
        ("log_leaf", "leaf", 20, "idx = 4"),
        ("log_leaf", "leaf", 20, "idx = 3"),
        ("log_tile", "data", 4 * 32, "level = 0"),
        ("log_tile", "data", 3 * 32 + 31, "level = 0"),
        ("log_tile", "data", 0, "level = 0"),
        ("log_head", "last_leaf_hash", 0, "id = 1"),
        ("log_head", "frontier", 8, "id = 1"),
        ("log_checkpoint", "root", 0, "size = 3"),
    ],
    ids=[
        "last-leaf",
        "new-leaf",
        "hash-of-last-leaf",
        "hash-of-new-leaf",
        "hash-of-signed-leaf",
        "head",
        "frontier",
        "signed-root",
    ],
)
def test_signs_nothing_over_a_flipped_byte(
    registry: SimulatedRegistry, table: str, column: str, at: int, where: str
) -> None:
    registry.flip(table, column, at, where)
    with pytest.raises(LogInconsistent):
        registry.publish()
    assert len(registry.read(store.all_checkpoints)) == 1


def test_another_history_does_not_continue_the_signed_head(registry: SimulatedRegistry) -> None:
    """Tile, frontier and head agree on another first leaf; only what was signed contradicts."""
    leaves = registry.read(lambda session: store.leaves(session, 0, 5))
    hashes = [bytes([7]) * 32, *(leaf_hash(leaf) for leaf in leaves[1:])]
    frontier = EMPTY_FRONTIER.extend(hashes).encode()
    registry.tamper("UPDATE log_tile SET data = :data WHERE level = 0", data=b"".join(hashes))
    registry.tamper("UPDATE log_head SET frontier = :frontier", frontier=frontier)
    with pytest.raises(LogInconsistent, match="other roots"):
        registry.publish()


@pytest.mark.parametrize("index", [3, 4])
def test_signs_nothing_over_a_missing_leaf(registry: SimulatedRegistry, index: int) -> None:
    registry.tamper(f"DELETE FROM log_leaf WHERE idx = {index}")
    with pytest.raises(LogInconsistent):
        registry.publish()


def test_signs_nothing_over_a_missing_tile(registry: SimulatedRegistry) -> None:
    registry.tamper("DELETE FROM log_tile")
    with pytest.raises(LogInconsistent, match="shorter than the log"):
        registry.publish()


def test_does_not_sign_behind_what_was_signed(registry: SimulatedRegistry) -> None:
    registry.publish()
    hashes = [leaf_hash(leaf) for leaf in registry.read(lambda s: store.leaves(s, 0, 4))]
    registry.tamper(
        "UPDATE log_head SET size = 4, last_leaf_hash = :last, frontier = :frontier",
        last=hashes[-1],
        frontier=EMPTY_FRONTIER.extend(hashes).encode(),
    )
    with pytest.raises(LogInconsistent, match="shorter"):
        registry.publish()


def test_does_not_return_a_note_for_another_root(registry: SimulatedRegistry) -> None:
    registry.publish()
    registry.flip("log_head", "frontier", 8, "id = 1")
    with pytest.raises(LogInconsistent, match="another root"):
        registry.publish()


def test_trees_with_full_tiles_are_signed(sqlite_database: Database) -> None:
    registry = SimulatedRegistry(sqlite_database)
    for size in (255, 256, 257, 600):
        registry.fill(size)
        assert verify_checkpoint(registry.publish(), log_key()).size == size
    registry.fill(601)
    registry.flip("log_tile", "data", 0, "level = 1")
    with pytest.raises(LogInconsistent):
        registry.publish()


def test_a_signature_that_is_rolled_back_leaves_no_trace(registry: SimulatedRegistry) -> None:
    class Broken(Exception):
        pass

    def act(session: Session) -> None:
        publish_checkpoint(
            session, Ed25519NoteSigner(ORIGIN, LOG_KEY), registry.guard, now=registry.clock()
        )
        raise Broken

    with pytest.raises(Broken):
        registry.write(act)
    assert len(registry.read(store.all_checkpoints)) == 1


def test_the_first_head_is_what_the_tiles_give(sqlite_database: Database) -> None:
    """Nothing was signed yet that could contradict."""
    registry = SimulatedRegistry(sqlite_database)
    registry.flip("log_head", "frontier", 8, "id = 1")
    with pytest.raises(LogInconsistent, match="root of the head"):
        registry.publish()


def test_leaves_that_were_relinked_are_not_those_in_the_tiles(registry: SimulatedRegistry) -> None:
    """Another last two leaves, in an unbroken chain that ends where the head's row says."""
    leaves = registry.read(lambda session: store.leaves(session, 0, 5))
    forged = rechained([*leaves[:3], leaves[3].replace(b"types/N3/", b"types/X3/"), leaves[4]])
    for index in (3, 4):
        registry.tamper(f"UPDATE log_leaf SET leaf = :leaf WHERE idx = {index}", leaf=forged[index])
    registry.tamper("UPDATE log_head SET last_leaf_hash = :hash", hash=leaf_hash(forged[4]))
    with pytest.raises(LogInconsistent, match="the tile over leaf 3"):
        registry.publish()


def test_reads_what_is_stored_and_not_what_the_transaction_remembers(
    registry: SimulatedRegistry,
) -> None:
    def act(session: Session) -> None:
        append(session, [draft(9)], now=registry.clock())
        remembered = session.get(LogTile, (0, 0))
        assert remembered is not None
        wrong = text("UPDATE log_tile SET data = :data WHERE level = 0")
        session.execute(wrong, {"data": bytes(6 * 32)})
        publish_checkpoint(
            session, Ed25519NoteSigner(ORIGIN, LOG_KEY), registry.guard, now=registry.clock()
        )

    with pytest.raises(LogInconsistent):
        registry.write(act)
