"""Signed heads with their witnesses: what is shown was verified line by line."""

import hashlib
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from did_registry import head_store, store
from did_registry.leaf import LeafKind
from did_registry.rewriting import Manner, Rewriting
from did_registry.web.pages_heads import (
    HEADS_A_PAGE,
    Contradiction,
    HeadLine,
    contradictions,
    head_lines,
)
from storage.transaction import Database
from tests.simulators.registry import SimulatedRegistry
from tests.simulators.registry_log import RegistryLog
from tests.simulators.witnesses import NAMES, POLICY, SimulatedWitnesses


class World:
    """A registry that three witnesses watch."""

    def __init__(self, database: Database, folder: Path) -> None:
        self.registry = SimulatedRegistry(database, witnesses=POLICY)
        self.witnesses = SimulatedWitnesses(folder, self.registry.clock)
        self.anchor = replace(self.registry.anchor, witnesses=self.witnesses.peers.policy)

    def publish(self, size: int) -> None:
        """Sign a head over so many leaves, and have it signed by who is there."""
        self.registry.fill(size)
        self.registry.publish()
        self.witnesses.cosign(self.registry.database)

    def heads(self, below: int | None = None) -> list[HeadLine]:
        """The newest heads as the page has them."""
        return self.registry.read(lambda session: head_lines(session, self.anchor, below))


@pytest.fixture
def world(sqlite_database: Database, tmp_path: Path) -> Iterator[World]:
    made = World(sqlite_database, tmp_path)
    yield made
    made.witnesses.close()


def test_a_head_says_who_has_seen_it(world: World) -> None:
    world.publish(3)
    world.witnesses.away.add("SEL-WIT3")
    world.publish(5)
    newest, older = world.heads()
    assert [(one.size, one.is_signed, one.is_enough) for one in (newest, older)] == [
        (5, True, True),
        (3, True, True),
    ]
    now = world.registry.clock().replace(microsecond=0)
    assert newest.seen == {"SEL-WIT1": now, "SEL-WIT2": now, "SEL-WIT3": None}
    assert set(older.seen.values()) == {now}


def test_a_head_that_too_few_have_signed_says_so(world: World) -> None:
    world.registry.fill(3)
    world.registry.publish()
    (head,) = world.heads()
    assert (head.is_signed, head.is_enough) == (True, False)
    assert head.seen == dict.fromkeys(NAMES)


@pytest.mark.parametrize(
    ("table", "column"), [("log_checkpoint", "note"), ("log_cosignature", "value")]
)
def test_a_line_that_was_changed_is_not_shown_as_signed(
    world: World, table: str, column: str
) -> None:
    world.publish(3)
    where = "1=1" if table == "log_checkpoint" else "witness = 'SEL-WIT2'"
    world.registry.flip(table, column, 35, where)
    (head,) = world.heads()
    assert (head.is_signed, head.is_enough) == (False, False)
    assert head.seen == dict.fromkeys(NAMES)


def test_a_row_that_says_another_root_is_not_shown_as_signed(world: World) -> None:
    world.publish(3)
    world.registry.flip("log_checkpoint", "root", 0, "1=1")
    assert [one.is_signed for one in world.heads()] == [False]


def test_a_page_is_the_newest_and_one_more(world: World) -> None:
    for size in range(2, HEADS_A_PAGE + 5):
        world.registry.fill(size)
        world.registry.publish()
    heads = world.heads()
    assert len(heads) == HEADS_A_PAGE + 1
    assert [one.size for one in heads] == sorted((one.size for one in heads), reverse=True)
    assert [one.size for one in world.heads(below=4)] == [3, 2]
    assert world.heads(below=1) == []


def test_heads_that_contradict_each_other_are_shown_and_nothing_else_is(world: World) -> None:
    world.publish(5)
    note = world.registry.read(store.latest_checkpoint)
    assert note is not None
    other = RegistryLog()
    for number in range(4):
        other.add(LeafKind.SCHEMA, f"types/X{number}/v1", {"h": "A" * 43})
    found = Rewriting(manner=Manner.TWO_ROOTS, before=note.note, now=other.note())
    rumour = Rewriting(manner=Manner.TWO_ROOTS, before=note.note, now=note.note)
    now = world.registry.clock()
    for file in (found.encode(), rumour.encode(), b"{}"):
        with world.registry.database.writing() as session:
            _keep(session, file, now)
    shown = world.registry.read(lambda session: contradictions(session, world.anchor))
    digest = hashlib.sha256(found.encode()).hexdigest()
    assert shown == [Contradiction(digest=digest, seen=now, size=5, other_size=5)]


def _keep(session: Session, file: bytes, now: datetime) -> None:
    head_store.add_evidence(session, file, now)
    head_store.add_evidence(session, file, now)
