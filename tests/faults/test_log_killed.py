"""The log's writer is killed, stopped and woken, or loses its database, at any moment: one history,
and every leaf that anybody was told of is in it, once, where it was said to be."""

import random
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from sqlalchemy import text

from credentials.errors import Error
from did_registry import store
from did_registry.actions.guard_file import GUARD_FILE, FileSignGuard
from did_registry.actions.head_publisher import HeadPublisher
from did_registry.actions.sequencer import SEQUENCER, Sequencer
from did_registry.inbox import Sequenced
from storage.base import Base
from storage.engine import build_engine
from storage.transaction import Database
from tests.faults.sizes import POSTGRES_RESTARTS, SIGKILLS, STOPS
from tests.simulators.clock import START
from tests.simulators.log_writer import LogWriters, Writer, open_writer, start_log, submission
from tests.simulators.postgres import PostgresCluster
from tests.simulators.registry import SimulatedRegistry, draft

KILLS_OF_A_LOG = 20  # then another one, so that a whole audit after each kill stays short


class LogUnderFire:
    """A log, its guard's file, and what its writers were told."""

    def __init__(self, url: str, folder: Path) -> None:
        self.url, self.folder = url, folder
        folder.mkdir(mode=0o700)
        self.database = Database(build_engine(url))
        self.database.create_tables(Base.metadata)
        self.registry = SimulatedRegistry(self.database)
        self.registry.guard = FileSignGuard(folder / GUARD_FILE)
        self.registry.publish()
        self._size = 0

    def check(self, told: Iterable[tuple[int, int]]) -> None:
        """Start as a server does, then audit everything, and look for what was acknowledged."""
        writer = open_writer(self.database, self.folder)
        start_log(self.database, writer)
        view = self.registry.replay()
        with self.database.reading() as session:
            head = store.find_head(session)
            rows = list(store.all_leaves(session))
        assert head is not None
        assert view.checkpoint.size == head.size == len(rows) >= self._size
        self._size = head.size
        subjects = [row.subject for row in rows if row.kind == "schema"]
        assert len(subjects) == len(set(subjects))
        for number, index in told:
            assert rows[index].subject == draft(number).subject


@contextmanager
def under_fire(url: str, folder: Path) -> Iterator[tuple[LogUnderFire, LogWriters]]:
    log = LogUnderFire(url, folder)
    try:
        with LogWriters(url, folder) as writers:
            yield log, writers
    finally:
        log.database.close()


def _kill_at_any_moment(writers: LogWriters, chance: random.Random) -> Writer:
    writer = writers.start()
    if chance.random() < 0.8:
        writer.await_acknowledgements(more_than=chance.randrange(20))
    time.sleep(chance.uniform(0, 0.02))
    writer.kill()
    return writer


def _kill_often(log: LogUnderFire, writers: LogWriters, kills: int, seed: int) -> int:
    chance = random.Random(seed)
    told: list[tuple[int, int]] = []
    for _ in range(kills):
        told += _kill_at_any_moment(writers, chance).acknowledged()
        log.check(told)
    return len(told)


def test_no_kill_of_the_writer_costs_a_leaf(
    tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    acknowledged = 0
    for seed in range(int(SIGKILLS) * 9 // 10 // KILLS_OF_A_LOG):
        folder = tmp_path / f"log-{seed}"
        url = f"sqlite:///{tmp_path}/log-{seed}.sqlite"
        with under_fire(url, folder) as (log, writers):
            acknowledged += _kill_often(log, writers, KILLS_OF_A_LOG, seed)
    assert acknowledged
    record_property("acknowledged", acknowledged)


def test_no_kill_of_the_writer_costs_a_leaf_on_postgresql(
    tmp_path: Path,
    postgres_cluster: PostgresCluster,
    record_property: Callable[[str, object], None],
) -> None:
    acknowledged = 0
    for seed in range(int(SIGKILLS) // 10 // (KILLS_OF_A_LOG // 2)):
        with (
            postgres_cluster.fresh_database(Base.metadata) as url,
            under_fire(url, tmp_path / f"log-{seed}") as (log, writers),
        ):
            acknowledged += _kill_often(log, writers, KILLS_OF_A_LOG // 2, seed)
    assert acknowledged
    record_property("acknowledged", acknowledged)


def test_a_sequencer_that_is_stopped_and_woken_forks_nothing(
    database_url: str, tmp_path: Path
) -> None:
    with under_fire(database_url, tmp_path / "log") as (log, writers):
        chance, told = random.Random(7), []
        one, two = writers.start(), writers.start()
        for turn in range(int(STOPS)):
            sleeper, awake = (one, two) if turn % 2 else (two, one)
            sleeper.await_acknowledgements(more_than=len(sleeper.acknowledged()))
            sleeper.stop()
            time.sleep(chance.uniform(0.05, 0.3))
            assert awake.acknowledged() is not None
            sleeper.wake()
        told = [*one.acknowledged(), *two.acknowledged()]
        one.kill()
        two.kill()
        log.check([*told, *one.acknowledged(), *two.acknowledged()])


def test_a_sequencer_that_lost_its_lead_while_it_slept_writes_nothing(
    postgresql_url: str, tmp_path: Path
) -> None:
    with under_fire(postgresql_url, tmp_path / "log") as (log, writers):
        sleeper = writers.start()
        sleeper.await_acknowledgements(more_than=5)
        sleeper.stop()
        with log.database.writing() as session:  # as if the network had dropped its connections
            session.execute(
                text(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                    " WHERE datname = current_database() AND pid <> pg_backend_pid()"
                )
            )
        heir = writers.start()
        # It takes over at once, unless the other one stands still with the guard's file in hand.
        heir.has_been_told(5, seconds=3)
        sleeper.wake()
        heir.await_acknowledgements(more_than=5)
        sleeper.await_acknowledgements(more_than=len(sleeper.acknowledged()) + 5)
        sleeper.kill()
        heir.kill()
        log.check([*sleeper.acknowledged(), *heir.acknowledged()])


def test_a_database_that_restarts_under_load_loses_nothing(
    postgres_cluster: PostgresCluster, tmp_path: Path
) -> None:
    with postgres_cluster.fresh_database(Base.metadata) as url:
        log = LogUnderFire(url, tmp_path / "log")
        writer = open_writer(log.database, log.folder)
        publish = partial(writer.publish_head, START)
        told: list[tuple[int, int]] = []
        over = threading.Event()
        lead = log.database.leadership(SEQUENCER)
        with (
            HeadPublisher(publish, pause_seconds=0.01) as publisher,
            Sequencer(log.database, lead, publisher, lambda: START) as sequencer,
        ):

            def submit(number: int) -> None:
                while not over.is_set():
                    try:
                        outcome = sequencer.submit(submission(number), seconds=10)
                    except Error:
                        continue
                    if isinstance(outcome, Sequenced):
                        told.append((number, outcome.index))
                        number += 1

            threads = [
                threading.Thread(target=submit, args=(10_000_000 * (n + 1),)) for n in range(8)
            ]
            for thread in threads:
                thread.start()
            for _ in range(int(POSTGRES_RESTARTS)):
                have = len(told)
                while len(told) < have + 20:
                    time.sleep(0.005)
                postgres_cluster.restart("immediate")
            have = len(told)
            while len(told) < have + 20:
                time.sleep(0.005)
            over.set()
            for thread in threads:
                thread.join()
        log.check(told)
        log.database.close()
