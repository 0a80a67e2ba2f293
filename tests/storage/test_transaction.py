"""Transactions on both databases: what is kept, what is seen, and what a failure is called."""

import resource
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import MetaData, UniqueConstraint, create_engine, event, func, select, text, update
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column

from storage.engine import build_engine
from storage.errors import NestedTransaction, StorageBusy, StorageUnavailable
from storage.transaction import Database, after_commit, before_commit
from tests.simulators.postgres import PostgresCluster


class Models(DeclarativeBase):
    metadata = MetaData()


class Counter(Models):
    __tablename__ = "counter"
    __table_args__ = (UniqueConstraint("name"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    value: Mapped[int]


@pytest.fixture
def counters(database: Database) -> Database:
    return with_a_counter(database)


@pytest.fixture
def other(database_url: str) -> Iterator[Database]:
    """The same database, opened by another process."""
    yield from opened(database_url)


def opened(url: str) -> Iterator[Database]:
    database = Database(build_engine(url))
    yield database
    database.close()


def with_a_counter(database: Database) -> Database:
    database.create_tables(Models.metadata)
    with database.writing() as session:
        session.add(Counter(name="first", value=0))
    return database


def value_in(database: Database) -> int:
    with database.reading() as session:
        return session.scalars(select(Counter.value)).one()


def add_one(database: Database) -> None:
    with database.writing() as session:
        session.execute(update(Counter).values(value=Counter.value + 1))


def execute(database: Database, *statements: str) -> None:
    with database.writing() as session:
        for statement in statements:
            session.execute(text(statement))


def restart_within(session: Session, cluster: PostgresCluster) -> None:
    session.execute(update(Counter).values(value=7))
    cluster.restart("immediate")
    session.execute(select(1))


def in_threads(count: int, act: Callable[[], None]) -> None:
    """Let this many threads act at the same time; the first failure is raised here."""
    failures: list[BaseException] = []
    start = threading.Barrier(count)

    def run() -> None:
        try:
            start.wait()
            act()
        except BaseException as failure:  # noqa: BLE001
            failures.append(failure)

    threads = [threading.Thread(target=run) for _ in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failures:
        raise failures[0]


def test_a_transaction_is_kept_at_its_end(counters: Database, other: Database) -> None:
    add_one(counters)
    assert value_in(other) == 1


def test_an_exception_undoes_the_whole_transaction(counters: Database) -> None:
    def act() -> None:
        with counters.writing() as session:
            session.execute(update(Counter).values(value=7))
            session.add(Counter(name="second", value=0))
            session.flush()
            raise KeyError

    with pytest.raises(KeyError):
        act()
    assert value_in(counters) == 0


def test_rows_stay_readable_after_their_transaction(counters: Database) -> None:
    with counters.writing() as session:
        counter = session.scalars(select(Counter)).one()
    assert counter.name == "first"


def test_a_reading_transaction_cannot_write(counters: Database) -> None:
    with pytest.raises(StorageUnavailable), counters.reading() as session:
        session.execute(update(Counter).values(value=7))
    add_one(counters)  # and the connection can write again afterwards
    assert value_in(counters) == 1


def test_a_reading_transaction_sees_one_state(counters: Database, other: Database) -> None:
    with counters.reading() as session:
        assert session.scalars(select(Counter.value)).one() == 0
        add_one(other)
        session.expire_all()
        assert session.scalars(select(Counter.value)).one() == 0
    assert value_in(counters) == 1


def test_refuses_a_transaction_inside_another(counters: Database) -> None:
    for outer in (counters.writing, counters.reading):
        for inner in (counters.writing, counters.reading):
            with outer(), pytest.raises(NestedTransaction), inner():
                pass
    add_one(counters)


def test_another_thread_and_another_database_are_free(counters: Database, tmp_path: Path) -> None:
    guard = Database(build_engine(f"sqlite:///{tmp_path / 'guard.sqlite'}"))
    with counters.reading(), guard.writing():
        in_threads(1, lambda: add_one(counters))
    guard.close()
    assert value_in(counters) == 1


def test_an_integrity_error_is_the_actions_to_interpret(counters: Database) -> None:
    with pytest.raises(IntegrityError), counters.writing() as session:
        session.add(Counter(name="first", value=0))


def test_tables_can_be_created_by_several_processes_at_once(database_url: str) -> None:
    def create() -> None:
        for database in opened(database_url):
            database.create_tables(Models.metadata)

    in_threads(4, create)
    for database in opened(database_url):
        with database.reading() as session:
            assert session.scalar(select(func.count()).select_from(Counter)) == 0


def test_sqlite_writers_take_turns_from_their_first_read(sqlite_database: Database) -> None:
    database = with_a_counter(sqlite_database)

    def read_then_write() -> None:
        for _ in range(20):
            with database.writing() as session:
                value = session.scalars(select(Counter.value)).one()
                session.execute(update(Counter).values(value=value + 1))

    in_threads(8, read_then_write)
    assert value_in(database) == 160


def test_sqlite_tells_when_it_is_busy(sqlite_database: Database, sqlite_url: str) -> None:
    engine = build_engine(sqlite_url)
    event.listen(engine, "connect", lambda raw, _: raw.execute("PRAGMA busy_timeout = 0"))
    impatient = Database(engine)
    with sqlite_database.writing():
        with pytest.raises(StorageBusy), impatient.writing():
            pass
        with impatient.reading() as session:  # Readers are not held up by a writer.
            session.execute(text("SELECT 1"))
    with impatient.writing():
        pass
    impatient.close()


def test_tells_when_all_connections_are_in_use(sqlite_url: str) -> None:
    engine = create_engine(sqlite_url, pool_size=1, max_overflow=0, pool_timeout=0)
    with engine.connect(), pytest.raises(StorageBusy), Database(engine).reading():
        pass
    engine.dispose()


def test_sqlite_tells_when_its_disk_is_full(sqlite_url: str) -> None:
    engine = build_engine(sqlite_url)
    event.listen(engine, "connect", lambda raw, _: raw.execute("PRAGMA max_page_count = 8"))
    database = with_a_counter(Database(engine))
    with pytest.raises(StorageUnavailable), database.writing() as session:
        session.add(Counter(name="x" * 100_000, value=0))
    assert value_in(database) == 0
    database.close()


def test_sqlite_tells_of_an_input_output_error(sqlite_database: Database, tmp_path: Path) -> None:
    database = with_a_counter(sqlite_database)
    size = (tmp_path / "gwanin.sqlite-wal").stat().st_size
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, limits[1]))
    try:
        with pytest.raises(StorageUnavailable):
            add_one(database)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert value_in(database) == 0
    add_one(database)
    assert value_in(database) == 1


def test_sqlite_tells_of_a_file_that_is_no_database(sqlite_url: str, tmp_path: Path) -> None:
    for database in opened(sqlite_url):
        (tmp_path / "gwanin.sqlite").write_bytes(b"no database" * 1000)
        with pytest.raises(StorageUnavailable), database.reading():
            pass


def test_sqlite_tells_of_a_damaged_file(sqlite_url: str, tmp_path: Path) -> None:
    for database in opened(sqlite_url):
        with_a_counter(database)
    file = tmp_path / "gwanin.sqlite"
    page = int.from_bytes(file.read_bytes()[16:18])
    file.write_bytes(file.read_bytes()[:page] + b"\xff" * (file.stat().st_size - page))
    for database in opened(sqlite_url):
        with pytest.raises(StorageUnavailable):
            value_in(database)


def test_sqlite_tells_of_a_file_that_cannot_be_opened(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    folder.mkdir()
    database = Database(build_engine(f"sqlite:///{folder / 'gwanin.sqlite'}"))
    (folder / "gwanin.sqlite").unlink()
    folder.rmdir()
    with pytest.raises(StorageUnavailable), database.writing():
        pass
    database.close()


@pytest.mark.parametrize(
    ("state", "error"),
    [
        pytest.param("40001", StorageBusy, id="serialization failure"),
        pytest.param("40P01", StorageBusy, id="deadlock"),
        pytest.param("55P03", StorageBusy, id="lock timeout"),
        pytest.param("57014", StorageBusy, id="statement timeout"),
        pytest.param("08006", StorageUnavailable, id="connection failure"),
        pytest.param("53100", StorageUnavailable, id="disk full"),
        pytest.param("57P01", StorageUnavailable, id="shutdown"),
        pytest.param("58030", StorageUnavailable, id="input output error"),
        pytest.param("25006", StorageUnavailable, id="standby"),
        pytest.param("42501", DBAPIError, id="insufficient privilege"),
        pytest.param("23505", IntegrityError, id="unique violation"),
    ],
)
def test_postgresql_failures_have_their_name(
    postgresql_url: str, state: str, error: type[Exception]
) -> None:
    for database in opened(postgresql_url):
        with pytest.raises(error), database.writing() as session:
            session.execute(text(f"DO $$ BEGIN RAISE SQLSTATE '{state}'; END $$"))


def test_postgresql_tells_when_a_row_is_locked(postgresql_url: str) -> None:
    for holder in opened(postgresql_url):
        with_a_counter(holder)
        for waiter in opened(postgresql_url):
            with holder.writing() as session:
                session.execute(select(Counter).with_for_update())
                with pytest.raises(StorageBusy):
                    execute(
                        waiter, "SET LOCAL lock_timeout = 1", "SELECT 1 FROM counter FOR UPDATE"
                    )


def test_postgresql_tells_when_a_statement_takes_too_long(postgresql_url: str) -> None:
    for database in opened(postgresql_url):
        with pytest.raises(StorageBusy):
            execute(database, "SET LOCAL statement_timeout = 1", "SELECT pg_sleep(5)")


def test_postgresql_tells_when_it_is_away(tmp_path: Path) -> None:
    for database in opened(f"postgresql+psycopg://gwanin@/gwanin?host={tmp_path}"):
        with pytest.raises(StorageUnavailable), database.writing():
            pass


def test_postgresql_tells_when_it_goes_away_and_is_found_again(
    postgres_cluster: PostgresCluster, postgresql_url: str
) -> None:
    for database in opened(postgresql_url):
        with_a_counter(database)
        add_one(database)
        with pytest.raises(StorageUnavailable), database.writing() as session:
            restart_within(session, postgres_cluster)
        assert value_in(database) == 1
        add_one(database)
        assert value_in(database) == 2


def test_a_restart_of_postgresql_between_transactions_is_not_noticed(
    postgres_cluster: PostgresCluster, postgresql_url: str
) -> None:
    for database in opened(postgresql_url):
        with_a_counter(database)
        add_one(database)
        postgres_cluster.restart("fast")
        assert value_in(database) == 1


# Acts at the end


def _add_one_with(database: Database, first: Callable[[], None], last: Callable[[], None]) -> None:
    with database.writing() as session:
        for _ in range(2):
            before_commit(session, "a", first)
            after_commit(session, "a", last)
        session.execute(update(Counter).values(value=Counter.value + 1))


def test_acts_at_the_end_are_done_once_and_in_their_places(sqlite_url: str) -> None:
    (database,) = opened(sqlite_url)
    with_a_counter(database)
    seen: list[object] = []
    _add_one_with(
        database, lambda: seen.append("before"), lambda: seen.append(value_in(database))
    )  # the last one in a transaction of its own
    assert seen == ["before", 1]


def test_an_act_before_the_commit_can_refuse_it(sqlite_url: str) -> None:
    (database,) = opened(sqlite_url)
    with_a_counter(database)
    done: list[str] = []

    def refuse() -> None:
        raise ValueError("no")

    with pytest.raises(ValueError, match="no"):
        _add_one_with(database, refuse, lambda: done.append("after"))
    assert (value_in(database), done) == (0, [])
