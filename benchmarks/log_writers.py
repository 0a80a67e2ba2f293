"""Many write to the log at once: 64 on SQLite beside the machine's own fsync, 8 on PostgreSQL
beside a lock for each request."""

import hashlib
import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from benchmarks.load import Load, Row, Throughput, hammer
from credentials.claims import Claims
from credentials.encoding import encode_base64url
from did_registry import store
from did_registry.actions.append import LeafDraft, append
from did_registry.actions.guard_file import GUARD_FILE, FileSignGuard
from did_registry.actions.head_publisher import HeadPublisher
from did_registry.actions.publish_checkpoint import publish_checkpoint
from did_registry.actions.sequencer import SEQUENCER, Sequencer
from did_registry.inbox import Sequenced, Submission
from did_registry.leaf import EMPTY_CHAIN, LeafKind, verify_chain
from did_registry.tlog.note import Ed25519NoteSigner
from storage.base import Base
from storage.engine import build_engine
from storage.transaction import Database
from tests.simulators.clock import START
from tests.simulators.postgres import PostgresCluster
from tests.simulators.registry_log import LOG_KEY, ORIGIN

SQLITE_WRITERS: Final = 64
POSTGRES_WRITERS: Final = 8
_AGENCY: Final = "GU-11620"
_ROW: Final = bytes(4096)  # what one small commit writes at least
_APART: Final = 10_000_000


def sqlite_writers(folder: Path) -> Load:
    """64 threads of one process."""

    def run(seconds: float) -> Sequence[Row]:
        raw = hammer(_synced_writes(folder / "raw"), threads=1, seconds=seconds)
        database = _open(f"sqlite:///{folder / 'writers.sqlite'}")
        with _sequencer(database, folder) as submit:
            ours = hammer(submit, threads=SQLITE_WRITERS, seconds=seconds)
        _check(database)
        database.close()
        is_reached = ours.a_second >= 5000 and ours.p99 < 25
        word = "reached" if is_reached else "missed"
        return (
            Row(name="write 4 KiB, fdatasync: one thread", found=raw),
            Row(name="ours, heads signed meanwhile", found=ours, note=f"5,000/s, p99 25 ms {word}"),
        )

    return Load(title=f"{SQLITE_WRITERS} writers to the log on SQLite", run=run)


def postgres_writers(folder: Path) -> Load:
    """Eight threads of one process, on a server of their own."""

    def run(seconds: float) -> Sequence[Row]:
        cluster = PostgresCluster()
        try:
            locked = _locked(cluster, seconds)
            with cluster.fresh_database(Base.metadata) as url:
                database = _open(url)
                with _sequencer(database, folder) as submit:
                    ours = hammer(submit, threads=POSTGRES_WRITERS, seconds=seconds)
                _check(database)
                database.close()
        finally:
            cluster.stop()
        factor = ours.a_second / locked.a_second
        word = "reached" if factor >= 3 else "missed"
        return (
            Row(name="the head's lock for each request", found=locked),
            Row(name="ours, heads signed meanwhile", found=ours, note=f"{factor:.1f}x: 3x {word}"),
        )

    return Load(title=f"{POSTGRES_WRITERS} writers to the log on PostgreSQL", run=run)


def _locked(cluster: PostgresCluster, seconds: float) -> Throughput:
    with cluster.fresh_database(Base.metadata) as url:
        database = _open(url)

        def write(thread: int, turn: int) -> None:
            with database.writing() as session:
                append(session, [draft(thread * _APART + turn)], now=START)

        found = hammer(write, threads=POSTGRES_WRITERS, seconds=seconds)
        database.close()
        return found


def _open(url: str) -> Database:
    database = Database(build_engine(url))
    database.create_tables(Base.metadata)
    return database


def _synced_writes(file: Path) -> Callable[[int, int], object]:
    descriptor = os.open(file, os.O_WRONLY | os.O_CREAT, 0o600)

    def write(_thread: int, _turn: int) -> None:
        os.pwrite(descriptor, _ROW, 0)
        os.fdatasync(descriptor)

    return write


@contextmanager
def _sequencer(database: Database, folder: Path) -> Iterator[Callable[[int, int], object]]:
    """Submitting to a sequencer whose log signs its heads, with a guard, as a city does."""
    guard_folder = folder / f"guard-{database.sqlite_file is None}"
    guard_folder.mkdir(mode=0o700)
    guard = FileSignGuard(guard_folder / GUARD_FILE)

    def sign() -> None:
        with database.writing() as session:
            publish_checkpoint(session, Ed25519NoteSigner(ORIGIN, LOG_KEY), guard, now=START)

    def submit(thread: int, turn: int) -> None:
        outcome = sequencer.submit(_submission(thread * _APART + turn), seconds=30)
        assert isinstance(outcome, Sequenced)

    lead = database.leadership(SEQUENCER)
    with (
        HeadPublisher(sign) as publisher,
        Sequencer(database, lead, publisher, lambda: START) as sequencer,
    ):
        yield submit


def _submission(number: int) -> Submission:
    made = draft(number)
    return Submission(
        key=hashlib.sha256(b"%d" % number).digest(),
        code=_AGENCY,
        kind=made.kind,
        subject=made.subject,
        body=made.body,
        expected=None,
        witnessed=False,
    )


def draft(number: int) -> LeafDraft:
    """A small leaf that differs by its number."""
    head = encode_base64url(number.to_bytes(32))
    body: Claims = {"agency": _AGENCY, "head": head, "n": number}
    return LeafDraft(kind=LeafKind.AUDIT, subject=_AGENCY, body=body)


def _check(database: Database) -> None:
    """What was written is one chain."""
    with database.reading() as session:
        head = store.find_head(session)
        assert head is not None
        leaves = store.leaves(session, 0, head.size)
    assert verify_chain(leaves, EMPTY_CHAIN).last == head.last_leaf_hash
