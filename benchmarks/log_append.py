"""Append to the registry's log on SQLite: leaf, chain, tiles and head in one durable transaction.

The limit is SQLite alone, with the same settings: rows of the same size, and a commit that waits
for the disk. CPU time does not count the waiting, which is the same for both.
"""

import sqlite3
from contextlib import closing
from itertools import count, islice
from pathlib import Path
from typing import Final

from benchmarks.workload import Contender, Workload, assert_refused
from benchmarks.world import World
from credentials.claims import Claims
from credentials.encoding import encode_base64url
from did_registry import store
from did_registry.actions.append import LeafDraft, append
from did_registry.leaf import EMPTY_CHAIN, LeafKind, verify_chain
from did_registry.tlog.errors import LeafChainBroken
from storage.base import Base
from storage.engine import build_engine, prepare_sqlite
from storage.transaction import Database

_SUBJECT: Final = "GU-11620"
_LEAF_BYTES: Final = 290  # as long as the leaves that `_drafts` lead to
_TABLE: Final = (
    "CREATE TABLE leaf (idx INTEGER PRIMARY KEY, leaf BLOB, hash BLOB, dedup BLOB UNIQUE)"
)


def build(world: World, rows: int) -> Workload:
    """So many leaves in a transaction."""
    return Workload(
        title=f"append to the log on SQLite, leaves in a transaction: {rows}; figures for a leaf",
        limit=_sqlite(world, rows),
        ours=(_append(world, rows),),
        units=rows,
    )


def _append(world: World, rows: int) -> Contender:
    database = Database(build_engine(f"sqlite:///{world.scratch / f'append-{rows}.sqlite'}"))
    world.resources.callback(database.close)
    database.create_tables(Base.metadata)
    numbers = count()

    def run() -> list[int]:
        drafts = [_draft(number) for number in islice(numbers, rows)]
        with database.writing() as session:
            return append(session, drafts, now=world.now)

    def check() -> None:
        assert run() == list(range(rows))
        run()
        with database.reading() as session:
            leaves = [row.leaf for row in store.all_leaves(session)]
        assert verify_chain(leaves, EMPTY_CHAIN).size == 2 * rows
        assert_refused(lambda: verify_chain(leaves[1:], EMPTY_CHAIN), LeafChainBroken)

    return Contender(name="append", run=run, check=check)


def _draft(number: int) -> LeafDraft:
    head = encode_base64url(number.to_bytes(32))
    body: Claims = {"agency": _SUBJECT, "head": head, "n": number}
    return LeafDraft(kind=LeafKind.AUDIT, subject=_SUBJECT, body=body)


def _sqlite(world: World, rows: int) -> Contender:
    file = world.scratch / f"raw-{rows}.sqlite"
    connection = world.resources.enter_context(closing(sqlite3.connect(file)))
    prepare_sqlite(connection)
    connection.execute(_TABLE)
    numbers = count()

    def run() -> None:
        connection.execute("BEGIN IMMEDIATE")
        connection.executemany(
            "INSERT INTO leaf VALUES (?, ?, ?, ?)",
            [(n, bytes(_LEAF_BYTES), bytes(32), n.to_bytes(32)) for n in islice(numbers, rows)],
        )
        connection.execute("COMMIT")

    def check() -> None:
        run()
        assert _count(file) == rows
        assert_refused(
            lambda: connection.execute("INSERT INTO leaf VALUES (0, '', '', '')"),
            sqlite3.IntegrityError,
        )

    return Contender(name="insert and commit, sqlite3", run=run, check=check)


def _count(file: Path) -> int:
    """As another connection sees it, so that it is known to be committed."""
    with closing(sqlite3.connect(file)) as connection:
        [number] = connection.execute("SELECT count(*) FROM leaf").fetchone()
    return int(number)
