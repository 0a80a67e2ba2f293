"""What happens to a log's storage: an old backup, a lost guard, a clock set back, a changed or cut
tile, a full disk. Nothing is signed over it, whoever operates it is told, and what can go on does.
"""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from credentials.errors import Error
from did_registry import store
from did_registry.actions.guard_file import GUARD_FILE
from did_registry.actions.sequencer import SEQUENCER, Sequencer
from did_registry.errors import LogInconsistent
from did_registry.inbox import Sequenced
from storage.engine import build_engine
from storage.transaction import Database
from tests.faults.test_log_killed import LogUnderFire
from tests.simulators.clock import START
from tests.simulators.log_writer import ROOT, open_writer, start_log, submission
from tests.simulators.registry import draft

FULL = """
import resource, signal, sys
from pathlib import Path
from tests.faults.test_log_damage import write_until_full
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
limit = int(sys.argv[3])
resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
write_until_full(sys.argv[1], Path(sys.argv[2]))
"""


class Bell:
    def wake(self) -> None:
        """No head is signed meanwhile."""


@pytest.fixture
def log(tmp_path: Path) -> Iterator[LogUnderFire]:
    log = LogUnderFire(f"sqlite:///{tmp_path}/log.sqlite", tmp_path / "log")
    write(log, range(1, 6))
    yield log
    log.database.close()


def write(log: LogUnderFire, numbers: range) -> None:
    """Append leaves, each under a head of its own."""
    writer = open_writer(log.database, log.folder)
    for number in numbers:
        with log.database.writing() as session:
            writer.record(session, [draft(number)], now=START)


def sizes(log: LogUnderFire) -> tuple[int, int]:
    """How many leaves are stored, and signed."""
    with log.database.reading() as session:
        head, signed = store.find_head(session), store.latest_checkpoint(session)
    assert head is not None
    assert signed is not None
    return head.size, signed.size


def copy(log: LogUnderFire, to: Path) -> None:
    log.database.close()
    shutil.copy(log.database.sqlite_file or "", to)


def put_back(log: LogUnderFire, backup: Path) -> None:
    log.database.close()
    file = log.database.sqlite_file
    assert file is not None
    for end in ("", "-wal", "-shm"):
        file.with_name(file.name + end).unlink(missing_ok=True)
    shutil.copy(backup, file)


def test_over_a_restored_backup_nothing_is_signed(log: LogUnderFire, tmp_path: Path) -> None:
    copy(log, tmp_path / "backup")
    write(log, range(6, 9))
    copy(log, tmp_path / "newer")
    put_back(log, tmp_path / "backup")
    before = sizes(log)
    with pytest.raises(LogInconsistent, match=r"log-guard.json knows .* is it a backup\?"):
        start_log(log.database, open_writer(log.database, log.folder))
    with pytest.raises(LogInconsistent, match="backup"):
        write(log, range(90, 91))
    assert sizes(log) == before
    put_back(log, tmp_path / "newer")
    write(log, range(9, 11))
    log.check([])


def test_without_its_guard_nothing_is_signed(log: LogUnderFire) -> None:
    guard = log.folder / GUARD_FILE
    kept = guard.read_bytes()
    guard.unlink()
    before = sizes(log)
    with pytest.raises(LogInconsistent, match=re.escape(GUARD_FILE)):
        write(log, range(6, 7))
    assert sizes(log) == before
    guard.touch(mode=0o600)
    guard.write_bytes(kept)
    write(log, range(6, 7))
    log.check([])


def test_with_a_clock_set_back_nothing_is_logged(log: LogUnderFire) -> None:
    before = sizes(log)
    log.registry.clock.advance(days=-1)
    with pytest.raises(LogInconsistent, match="the clock is behind"):
        log.registry.append([draft(6)])
    assert sizes(log) == before
    log.registry.clock.advance(days=1)
    write(log, range(6, 7))
    log.check([])


@pytest.mark.parametrize(
    ("change", "undo"),
    [
        ("data = substr(data, 1, 40)", "data = :data"),
        ("width = width - 1", "width = width + 1"),
        ("data = zeroblob(length(data))", "data = :data"),
    ],
    ids=["half-written", "narrower", "changed"],
)
def test_over_a_damaged_tile_nothing_is_signed(log: LogUnderFire, change: str, undo: str) -> None:
    with log.database.reading() as session:
        data = next(store.all_tiles(session)).data
    log.registry.tamper(f"UPDATE log_tile SET {change} WHERE level = 0 AND n = 0")
    before = sizes(log)
    with pytest.raises(Error):  # names the tile, its size, or the root that it does not give
        write(log, range(6, 7))
    assert sizes(log) == before
    with pytest.raises(LogInconsistent, match="tile 0 of level 0"):
        log.registry.replay()
    values = {"data": data} if ":data" in undo else {}
    log.registry.tamper(f"UPDATE log_tile SET {undo} WHERE level = 0 AND n = 0", **values)
    write(log, range(6, 7))
    log.check([])


def write_until_full(url: str, folder: Path) -> None:
    """Submit until the disk is full; say what was acknowledged, then what was refused and why."""
    database = Database(build_engine(url))
    lead = database.leadership(SEQUENCER)
    lines = []
    with Sequencer(database, lead, Bell(), lambda: START) as sequencer:
        for number in range(1000, 100_000):
            try:
                outcome = sequencer.submit(submission(number), seconds=10)
            except Error as error:
                lines.append(f"refused {number} {error.code}")
                break
            assert isinstance(outcome, Sequenced)
            lines.append(f"{number} {outcome.index}")
    os.write(1, "\n".join(lines).encode())


def test_a_full_disk_loses_nothing_that_was_acknowledged(log: LogUnderFire) -> None:
    file = log.database.sqlite_file
    assert file is not None
    log.database.close()
    limit = file.stat().st_size + 400_000  # of each file: the write-ahead log grows first
    done = subprocess.run(
        [sys.executable, "-c", FULL, log.url, str(log.folder), str(limit)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
    )
    *lines, last = done.stdout.split("\n")
    assert last.split()[0::2] == ["refused", "storage-unavailable"]
    told = [(int(number), int(index)) for number, index in map(str.split, lines)]
    assert told
    log.check(told)
    write(log, range(6, 9))
    log.check(told)


def test_a_guard_that_cannot_be_written_stops_the_signing(log: LogUnderFire) -> None:
    before = sizes(log)
    (log.folder / GUARD_FILE).chmod(0o644)
    with pytest.raises(Error, match=re.escape(GUARD_FILE)):
        write(log, range(6, 7))
    assert sizes(log) == before
    (log.folder / GUARD_FILE).chmod(0o600)
    write(log, range(6, 7))
    log.check([])
