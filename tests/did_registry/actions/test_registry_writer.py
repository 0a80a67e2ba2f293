"""Leaves that are written with somebody's own rows: one head for all, published when durable."""

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import pytest

from did_registry import store
from did_registry.actions.append import LeafDraft
from did_registry.actions.registry_writer import RegistryWriter
from did_registry.directory import status_key
from did_registry.errors import LogInconsistent
from did_registry.leaf import LeafKind, parse_leaf
from did_registry.sign_guard import GuardedHead
from did_registry.tlog.note import Ed25519NoteSigner
from storage.transaction import Database
from tests.simulators.registry import MemorySignGuard, SimulatedRegistry
from tests.simulators.registry_log import LOG_KEY, ORIGIN, log_key
from tests.simulators.witnesses import POLICY, SimulatedWitnesses

DIGEST = "A" * 43


class World:
    """A registry whose heads two of three witnesses must have signed."""

    def __init__(self, database: Database, folder: Path) -> None:
        self.registry = SimulatedRegistry(database, witnesses=POLICY)
        self.town = SimulatedWitnesses(folder, self.registry.clock)
        self.writer = RegistryWriter(
            database=database,
            signer=Ed25519NoteSigner(ORIGIN, LOG_KEY),
            key=log_key(),
            guard=self.registry.guard,
            peers=self.town.peers,
            outbound=self.town,
        )

    def record(self, *sequences: int) -> None:
        with self.registry.database.writing() as session:
            for sequence in sequences:
                self.writer.record(session, [_status(sequence)], now=self.registry.clock())

    def shown(self) -> int:
        return int(self.registry.http().get("/log/checkpoint").data.split(b"\n")[1])


class _Lost(Exception):
    """What ends a transaction."""


def _status(sequence: int) -> LeafDraft:
    return LeafDraft(
        kind=LeafKind.STATUS,
        subject="L",
        body={
            "list": "L",
            "h": DIGEST,
            "seq": sequence,
            "from": "2026-03-13T03:00:00Z",
            "until": "2026-03-14T03:00:00Z",
        },
    )


@pytest.fixture
def world(database: Database, tmp_path: Path) -> Iterator[World]:
    world = World(database, tmp_path)
    yield world
    world.town.close()


def test_one_head_covers_all_leaves_of_a_transaction_and_is_shown_at_once(world: World) -> None:
    world.record(1, 2, 3)
    assert world.shown() == 5  # the root's DID, three lists, the directory
    assert len(world.registry.read(store.all_checkpoints)) == 1
    (last,) = world.registry.read(lambda session: store.leaves(session, 4, 5))
    assert parse_leaf(last).kind is LeafKind.DIRECTORY
    view = world.registry.replay()
    assert view.latest[status_key("L")].latest == 3


def test_what_is_rolled_back_was_never_signed(world: World) -> None:
    world.record(1)
    with suppress(_Lost), world.registry.database.writing() as session:
        world.writer.record(session, [_status(2)], now=world.registry.clock())
        raise _Lost
    world.record(3)
    assert world.registry.replay().latest[status_key("L")].latest == 3


def test_the_work_is_done_though_the_witnesses_are_away(world: World) -> None:
    world.record(1)
    world.town.away |= {"SEL-WIT1", "SEL-WIT2"}
    world.record(2)
    assert world.shown() == 3
    world.town.away.clear()
    world.record(3)
    assert world.shown() == 7


def test_nothing_is_signed_that_the_guard_does_not_know(world: World) -> None:
    world.record(1)
    elsewhere = MemorySignGuard()
    elsewhere.settle(GuardedHead(size=99, root=bytes(32)))
    world.writer = replace(world.writer, guard=elsewhere)
    with pytest.raises(LogInconsistent):
        world.record(2)
    assert world.shown() == 3


def _seen(world: World) -> int:
    return world.registry.http().get("/dids/GU-11620/did.jsonl").status_code


def test_a_new_did_is_approved_and_shown_with_the_head_that_holds_it(world: World) -> None:
    world.registry.create("GU-11620", world.town.rule)
    world.record(1)
    assert _seen(world) == 200


def test_what_was_not_approved_is_asked_for_with_the_next_head_and_at_the_next_start(
    world: World,
) -> None:
    world.registry.create("GU-11620", world.town.rule)
    world.town.away |= {"SEL-WIT1", "SEL-WIT2"}
    world.record(1)
    assert _seen(world) == 404
    world.town.away.clear()
    world.record(2)
    assert _seen(world) == 200
    world.registry.clock.advance(seconds=1)
    world.town.deaf = True  # they sign heads, and approve nothing
    world.registry.create("GU-11440", world.town.rule)
    world.record(3)
    assert world.registry.http().get("/dids/GU-11440/did.jsonl").status_code == 404
    world.town.deaf = False
    world.writer.publish(world.registry.clock())  # as at a start
    assert world.registry.http().get("/dids/GU-11440/did.jsonl").status_code == 200
