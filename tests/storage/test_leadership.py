import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import TypeAlias

import pytest

from storage.engine import build_engine
from storage.errors import StorageUnavailable
from storage.leadership import FileLeadership
from storage.transaction import Database
from tests.simulators.postgres import PostgresCluster

ROOT = Path(__file__).parents[2]
HOLD = """
import sys, time
from storage.engine import build_engine
from storage.transaction import Database
place = Database(build_engine(sys.argv[1])).leadership("sequencer")
print(place.take(), flush=True)
time.sleep(60)
"""


Open: TypeAlias = Callable[[str], Database]


@pytest.fixture
def opened() -> Iterator[Open]:
    with ExitStack() as open_ones:

        def one(url: str) -> Database:
            database = Database(build_engine(url))
            open_ones.callback(database.close)
            return database

        yield one


def test_one_leads_until_it_gives_up(database_url: str, opened: Open) -> None:
    first, second = (opened(database_url).leadership("sequencer") for _ in range(2))
    assert first.take()
    assert first.take()  # still
    assert not second.take()
    first.give_up()
    assert second.take()
    assert not first.take()
    second.give_up()
    second.give_up()
    assert first.take()
    first.give_up()


def test_purposes_have_leaders_of_their_own(database_url: str, opened: Open) -> None:
    database = opened(database_url)
    sequencer, jobs = database.leadership("sequencer"), database.leadership("jobs")
    assert sequencer.take()
    assert jobs.take()
    sequencer.give_up()
    jobs.give_up()


def test_a_killed_leader_leads_no_more(database_url: str, opened: Open) -> None:
    arguments = [sys.executable, "-c", HOLD, database_url]
    leader = subprocess.Popen(arguments, cwd=ROOT, stdout=subprocess.PIPE)
    assert leader.stdout is not None
    assert leader.stdout.readline() == b"True\n"
    mine = opened(database_url).leadership("sequencer")
    assert not mine.take()
    os.kill(leader.pid, signal.SIGKILL)
    leader.wait()
    leader.stdout.close()
    deadline = time.monotonic() + 30  # PostgreSQL must first notice that its client is gone
    while not mine.take():
        assert time.monotonic() < deadline
        time.sleep(0.01)
    mine.give_up()


def test_a_lost_connection_loses_the_lead(
    postgres_cluster: PostgresCluster, postgresql_url: str, opened: Open
) -> None:
    first, second = (opened(postgresql_url).leadership("sequencer") for _ in range(2))
    assert first.take()
    postgres_cluster.restart("immediate")
    assert second.take()
    with pytest.raises(StorageUnavailable):
        first.take()
    assert not first.take()
    second.give_up()
    assert first.take()
    first.give_up()


def test_a_folder_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(StorageUnavailable, match="lock"):
        FileLeadership(tmp_path / "missing" / "a-lock").take()
