import threading
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from credentials.errors import Error, Malformed, TooLarge
from did_registry import store
from did_registry.actions.append import LeafDraft, append
from did_registry.errors import LogInconsistent
from did_registry.leaf import EMPTY_CHAIN, ChainHead, LeafKind, verify_chain
from did_registry.models import LogTile
from did_registry.tlog.merkle import EMPTY_FRONTIER, leaf_hash, perfect_root
from storage.base import Base
from storage.engine import build_engine
from storage.transaction import Database
from tests.simulators.clock import START
from tests.simulators.registry import SimulatedRegistry, draft


def _append(database: Database, *drafts: LeafDraft) -> list[int]:
    with database.writing() as session:
        return append(session, drafts, now=START)


def _check_whole(database: Database, size: int) -> None:
    """Chain, head, tiles and rows are what somebody else's arithmetic makes of the leaves."""
    with database.reading() as session:
        leaves = store.leaves(session, 0, size + 1)
        assert len(leaves) == size
        hashes = [leaf_hash(leaf) for leaf in leaves]
        assert verify_chain(leaves, EMPTY_CHAIN) == ChainHead(
            size=size, last=hashes[-1] if hashes else bytes(32)
        )
        head = store.find_head(session)
        assert head is not None
        assert (head.size, head.last_leaf_hash) == (size, hashes[-1] if hashes else bytes(32))
        assert head.frontier == EMPTY_FRONTIER.extend(hashes).encode()
        tiles = {(row.level, row.n): row.data for row in store.all_tiles(session)}
        assert tiles == _tiles(hashes)
        widths = {(row.level, row.n): row.width for row in session.query(LogTile)}
        assert widths == {place: len(data) // 32 for place, data in tiles.items()}


def _tiles(hashes: list[bytes]) -> dict[tuple[int, int], bytes]:
    found: dict[tuple[int, int], bytes] = {}
    level = 0
    while hashes:
        rows = [b"".join(hashes[at : at + 256]) for at in range(0, len(hashes), 256)]
        found |= {(level, number): row for number, row in enumerate(rows)}
        hashes = [perfect_root(row) for row in rows if len(row) == 256 * 32]
        level += 1
    return found


def test_leaves_follow_each_other(database: Database) -> None:
    assert _append(database, draft(0), draft(1)) == [0, 1]
    _check_whole(database, 2)
    assert _append(database, draft(2)) == [2]
    _check_whole(database, 3)


@pytest.mark.parametrize("first", [1, 254, 255, 256, 257])
def test_tiles_are_right_on_both_sides_of_a_full_one(sqlite_database: Database, first: int) -> None:
    _append(sqlite_database, *map(draft, range(first)))
    _check_whole(sqlite_database, first)
    for more in (first, first + 1):
        _append(sqlite_database, draft(more))
        _check_whole(sqlite_database, more + 1)
    _append(sqlite_database, *map(draft, range(600)))
    _check_whole(sqlite_database, 600)


def test_tiles_are_right_on_the_other_database_too(postgresql_url: str) -> None:
    database = Database(build_engine(postgresql_url))
    _append(database, *map(draft, range(255)))
    _append(database, draft(255), draft(256))
    _check_whole(database, 257)
    database.close()


def test_the_same_request_is_one_leaf(database: Database) -> None:
    assert _append(database, draft(7), draft(8), draft(7)) == [0, 1, 0]
    assert _append(database, draft(8), draft(9), draft(7), draft(9)) == [1, 2, 0, 2]
    _check_whole(database, 3)


def test_another_kind_subject_or_body_is_another_request() -> None:
    body = draft(1).body
    one = LeafDraft(kind=LeafKind.SCHEMA, subject="a", body=body)
    others = [
        LeafDraft(kind=LeafKind.NOTICE, subject="a", body=body),
        LeafDraft(kind=LeafKind.SCHEMA, subject="b", body=body),
        LeafDraft(kind=LeafKind.SCHEMA, subject="a", body=draft(2).body),
    ]
    assert one.digest() == LeafDraft(kind=LeafKind.SCHEMA, subject="a", body=dict(body)).digest()
    assert len({one.digest(), *(other.digest() for other in others)}) == 4


def test_nothing_is_appended_for_nothing(database: Database) -> None:
    assert _append(database) == []
    _check_whole(database, 0)


def test_leaves_are_dated_in_whole_seconds(sqlite_database: Database) -> None:
    with sqlite_database.writing() as session:
        append(session, [draft(0)], now=START + timedelta(microseconds=999_999))
    _append(sqlite_database, draft(1))
    with sqlite_database.reading() as session:
        assert [store.leaf_time(session, index) for index in (0, 1)] == [START, START]


def test_no_leaf_is_dated_before_its_predecessor(database: Database) -> None:
    _append(database, draft(0))
    with pytest.raises(LogInconsistent, match="clock"), database.writing() as session:
        append(session, [draft(1)], now=START - timedelta(seconds=1))
    with database.writing() as session:  # what is there already needs no new date
        assert append(session, [draft(0)], now=START - timedelta(seconds=1)) == [0]
    _check_whole(database, 1)


@pytest.mark.parametrize(
    ("bad", "error"),
    [
        (LeafDraft(kind=LeafKind.SCHEMA, subject="t", body={}), Malformed),
        (LeafDraft(kind=LeafKind.SCHEMA, subject="no space", body=draft(1).body), Malformed),
        (
            LeafDraft(kind=LeafKind.NOTICE, subject="t", body={"statement": {"x": "y" * 16384}}),
            TooLarge,
        ),
    ],
    ids=["body", "subject", "size"],
)
def test_what_can_be_no_leaf_leaves_nothing(
    database: Database, bad: LeafDraft, error: type[Error]
) -> None:
    _append(database, draft(0))
    with pytest.raises(error):
        _append(database, draft(1), bad, draft(2))
    _check_whole(database, 1)
    assert _append(database, draft(2)) == [1]
    _check_whole(database, 2)


def test_a_failure_after_it_takes_all_of_it_back(database: Database) -> None:
    _append(database, draft(0))

    class Broken(Exception):
        pass

    def act() -> None:
        with database.writing() as session:
            append(session, [draft(number) for number in range(1, 300)], now=START)
            raise Broken

    with pytest.raises(Broken):
        act()
    _check_whole(database, 1)
    assert _append(database, draft(1)) == [1]
    _check_whole(database, 2)


@pytest.mark.parametrize("table", ["log_leaf", "log_tile", "log_head"])
def test_a_failure_inside_it_takes_all_of_it_back(sqlite_database: Database, table: str) -> None:
    _append(sqlite_database, draft(0))
    with sqlite_database.writing() as session:
        for verb in ("INSERT", "UPDATE"):
            session.execute(
                text(
                    f"CREATE TRIGGER fault_{verb} BEFORE {verb} ON {table} "
                    "BEGIN SELECT RAISE(ABORT, 'fault'); END"
                )
            )
    with pytest.raises(Exception, match="fault"):
        _append(sqlite_database, draft(1))
    _check_whole(sqlite_database, 1)


def test_threads_keep_one_chain(database: Database) -> None:
    """From the very first leaf on, when there is no head to be locked yet."""
    start, found = threading.Barrier(4), {}
    failures: list[BaseException] = []

    def work(worker: int) -> None:
        try:
            start.wait()
            for round_ in range(5):
                own, shared = draft(1000 * worker + round_), draft(round_)
                found[worker, round_] = _append(database, own, shared)
        except BaseException as error:  # noqa: BLE001 - told to the thread that asserts
            failures.append(error)

    threads = [threading.Thread(target=work, args=(worker,)) for worker in range(1, 5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    own = [indexes[0] for indexes in found.values()]
    shared = [{found[worker, round_][1] for worker in range(1, 5)} for round_ in range(5)]
    assert len(set(own)) == 20
    assert all(len(indexes) == 1 for indexes in shared)
    _check_whole(database, 25)


@settings(max_examples=15)
@given(sizes=st.lists(st.integers(0, 90), min_size=1, max_size=8))
def test_any_way_of_cutting_gives_the_same_log(
    tmp_path_factory: pytest.TempPathFactory, sizes: list[int]
) -> None:
    file = tmp_path_factory.mktemp("log") / "log.sqlite"
    database = Database(build_engine(f"sqlite:///{file}"))
    database.create_tables(Base.metadata)
    done = 0
    for size in sizes:
        _append(database, *map(draft, range(done, done + size)))
        done += size
    _check_whole(database, done)
    database.close()


def test_what_is_appended_can_be_replayed(sqlite_database: Database) -> None:
    registry = SimulatedRegistry(sqlite_database)
    registry.fill(260)
    registry.publish()
    assert registry.replay().checkpoint.size == 260
