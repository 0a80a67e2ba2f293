"""A process that writes to a log with all its might until it is killed, and says what it was told.

    with LogWriters(url, folder) as writers:
        writer = writers.start(first=0)       # it starts as a server does, then submits
        writer.kill()                         # or stop() and wake()
        writer.acknowledged()                 # [(number, index), …], each durable by its word

One process has everything imported and forks the others, so that one costs milliseconds. What is
acknowledged is appended to a file before the next submission, one line at a time.
"""

import hashlib
import os
import signal
import subprocess
import sys
import threading
import time
from itertools import count
from pathlib import Path
from typing import Final

from credentials.errors import Error
from did_registry.actions.guard_file import GUARD_FILE, FileSignGuard
from did_registry.actions.head_publisher import HeadPublisher
from did_registry.actions.publish_checkpoint import settle_guard
from did_registry.actions.registry_writer import RegistryWriter
from did_registry.actions.sequencer import SEQUENCER, Sequencer, finish_inbox
from did_registry.inbox import Sequenced, Submission
from did_registry.tlog.note import Ed25519NoteSigner
from did_registry.witness_peers import NO_PEERS
from storage.engine import build_engine
from storage.errors import StorageBusy
from storage.transaction import Database
from tests.simulators.clock import START
from tests.simulators.network import SimulatedNetwork
from tests.simulators.registry import draft
from tests.simulators.registry_log import LOG_KEY, ORIGIN, log_key
from web.outbound import Outbound, tls_context

ROOT: Final = Path(__file__).parents[2]
THREADS: Final = 4
_NUMBERS: Final = 1_000_000  # a writer's own, from its first one on


def submission(number: int) -> Submission:
    """A small leaf of its own."""
    made = draft(number)
    return Submission(
        key=hashlib.sha256(b"%d" % number).digest(),
        code=made.subject,
        kind=made.kind,
        subject=made.subject,
        body=made.body,
        expected=None,
        witnessed=False,
    )


def open_writer(database: Database, folder: Path) -> RegistryWriter:
    """Who signs the log's heads; no witness watches."""
    nobody = Outbound(
        allowed=frozenset(),
        network=SimulatedNetwork().network,
        tls=tls_context(None),
        own_origin=None,
        own_app=None,
    )
    return RegistryWriter(
        database=database,
        signer=Ed25519NoteSigner(ORIGIN, LOG_KEY),
        key=log_key(),
        guard=FileSignGuard(folder / GUARD_FILE),
        peers=NO_PEERS,
        outbound=nobody,
    )


def start_log(database: Database, writer: RegistryWriter) -> None:
    """What every start does before it serves: guard, inbox, head. Raises LogInconsistent."""
    with database.writing() as session:
        settle_guard(session, writer.guard)
    finish_inbox(database, database.leadership(SEQUENCER), now=START)
    with database.writing() as session:
        writer.close_head(session, now=START)


class Writer:
    """One forked process."""

    def __init__(self, process: int, file: Path) -> None:
        self.process = process
        self._file = file

    def acknowledged(self) -> list[tuple[int, int]]:
        """Numbers and the indexes of their leaves, as far as it was told; fails for an error."""
        lines = self._file.read_text().split("\n") if self._file.exists() else []
        told = [line.split() for line in lines[:-1]]  # a last line without its end was cut off
        assert all(len(words) == 2 for words in told), told
        return [(int(number), int(index)) for number, index in told]

    def await_acknowledgements(self, more_than: int) -> None:
        """Wait until it has been told of so many."""
        assert self.has_been_told(more_than, seconds=60), "the writer writes nothing"

    def has_been_told(self, more_than: int, *, seconds: float) -> bool:
        """Whether it is told of so many within some time."""
        deadline = time.monotonic() + seconds
        while len(self.acknowledged()) <= more_than and time.monotonic() < deadline:
            time.sleep(0.002)
        return len(self.acknowledged()) > more_than

    def kill(self) -> None:
        """SIGKILL; returns when the kernel has removed it."""
        os.kill(self.process, signal.SIGKILL)
        while Path(f"/proc/{self.process}").exists():
            time.sleep(0.001)

    def stop(self) -> None:
        """SIGSTOP: it stands still wherever it is."""
        os.kill(self.process, signal.SIGSTOP)

    def wake(self) -> None:
        """SIGCONT."""
        os.kill(self.process, signal.SIGCONT)


class LogWriters:
    """The process that forks writers on one database and folder."""

    def __init__(self, url: str, folder: Path) -> None:
        self._arguments = [sys.executable, "-m", "tests.simulators.log_writer", url, str(folder)]
        self._folder = folder
        self._numbers = count(1)

    def __enter__(self) -> "LogWriters":
        self._process = subprocess.Popen(
            self._arguments, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        return self

    def __exit__(self, *_: object) -> None:
        self._process.communicate(timeout=60)

    def start(self) -> Writer:
        """Fork one; its numbers are nobody else's."""
        number = next(self._numbers)
        file = self._folder / f"acknowledged-{number}"
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(f"{number * _NUMBERS} {file}\n")
        self._process.stdin.flush()
        return Writer(int(self._process.stdout.readline()), file)


def _fork_writers(url: str, folder: Path) -> None:
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody waits for them: the kernel removes them
    for line in sys.stdin:
        first, file = line.split()
        child = os.fork()
        if child == 0:
            _write(url, folder, int(first), Path(file))
        sys.stdout.write(f"{child}\n")
        sys.stdout.flush()


def _write(url: str, folder: Path, first: int, file: Path) -> None:
    database = Database(build_engine(url))
    told = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    writer = open_writer(database, folder)
    while True:
        try:
            start_log(database, writer)
            break
        except StorageBusy:
            continue  # who holds it stands still somewhere, and will be woken or removed
        except Error as error:
            os.write(told, f"{error}\n".encode())
            os._exit(1)
    publisher = HeadPublisher(lambda: writer.publish_head(START), pause_seconds=0.002)
    lead = database.leadership(SEQUENCER)
    sequencer = Sequencer(database, lead, publisher, lambda: START)
    numbers = count(first)

    def submit() -> None:
        while True:
            _submit(sequencer, next(numbers), told)

    for _ in range(THREADS - 1):
        threading.Thread(target=submit, daemon=True).start()
    submit()


def _submit(sequencer: Sequencer, number: int, told: int) -> None:
    while True:
        try:
            outcome = sequencer.submit(submission(number), seconds=10)
        except Error:
            continue  # the same key again, as a client would
        if isinstance(outcome, Sequenced):
            os.write(told, f"{number} {outcome.index}\n".encode())
            return


if __name__ == "__main__":
    _fork_writers(sys.argv[1], Path(sys.argv[2]))
