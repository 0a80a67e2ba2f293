"""All witnesses are away, and a key is stolen: whoever follows the registry knows of it at once."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from credentials.claims import Claims
from did_registry.actions.append import LeafDraft
from did_registry.actions.follow import Freshness, RegistryFollower
from did_registry.document import Purpose
from did_registry.errors import KeyCompromised
from did_registry.leaf import LeafKind
from did_registry.notice import Compromise, sign_notice
from did_registry.tlog.errors import QuorumMissing
from storage.transaction import Database
from tests.simulators.registry import SimulatedRegistry
from tests.simulators.registry_log import FRAGMENT
from tests.simulators.witnesses import NAMES, POLICY, SimulatedWitnesses


class World:
    """A registry whose heads need two of three witnesses, and a verifier that follows it."""

    def __init__(self, database: Database, folder: Path) -> None:
        self.registry = SimulatedRegistry(database, witnesses=POLICY)
        self.town = SimulatedWitnesses(folder, self.registry.clock)
        self.did = self.registry.create("GU-11620")
        self.key_id = f"{self.did}#{FRAGMENT}"
        self.publish()
        anchor = replace(self.registry.anchor, witnesses=POLICY)
        self.follower = RegistryFollower(anchor, self.registry.outbound(), Freshness())

    def publish(self) -> None:
        self.registry.publish()
        self.town.cosign(self.registry.database)

    def declare(self) -> None:
        """The root's notice that the key was stolen an hour ago, signed by the log."""
        now = self.registry.clock()
        since = now.replace(microsecond=0) - timedelta(hours=1)
        root = self.registry.authority
        statement = sign_notice(
            Compromise(did=str(self.did), key=self.key_id, since=since),
            root=str(root.did),
            key_id=root.key_id,
            signer=root.signer,
            now=now,
        )
        body: Claims = {"statement": statement}
        self.registry.append([LeafDraft(kind=LeafKind.NOTICE, subject=self.did.scid, body=body)])

    def is_good(self) -> bool:
        """Whether the verifier takes what the key signs now, six seconds later."""
        self.registry.clock.advance(seconds=6)
        now = self.registry.clock()
        try:
            self.follower.view(now).key_of(str(self.did), self.key_id, Purpose.ASSERTION, now)
        except KeyCompromised:
            return False
        return True

    def size(self) -> int:
        """How far the verifier follows the log."""
        return self.follower.view(self.registry.clock()).checkpoint.size


@pytest.fixture
def world(database: Database, tmp_path: Path) -> Iterator[World]:
    world = World(database, tmp_path)
    world.registry.clock.advance(days=1)
    yield world
    world.town.close()


def test_a_compromise_takes_effect_with_the_logs_signature_alone(world: World) -> None:
    assert world.is_good()
    world.town.away |= set(NAMES)
    world.declare()
    world.registry.rotate(world.registry.root)  # something else under the same head
    with pytest.raises(QuorumMissing):
        world.publish()
    assert not world.is_good()
    view = world.follower.view(world.registry.clock())
    assert view.checkpoint.size == 2
    assert len(view.history(str(world.registry.root)).versions) == 1  # nothing else is believed
    world.town.away.clear()
    world.town.cosign(world.registry.database)
    assert world.registry.http().get("/log/urgent").data == b"[]"
    assert not world.is_good()
    assert world.size() == 4


def test_what_was_known_once_is_not_taken_back(world: World) -> None:
    assert world.is_good()
    world.town.away |= set(NAMES)
    world.declare()
    with pytest.raises(QuorumMissing):
        world.publish()
    assert not world.is_good()
    world.registry.tamper("DELETE FROM log_checkpoint WHERE size > 2")
    assert world.registry.http().get("/log/urgent").data == b"[]"
    assert not world.is_good()


def test_a_verifier_that_comes_later_knows_as_well(world: World) -> None:
    world.town.away |= set(NAMES)
    world.declare()
    with pytest.raises(QuorumMissing):
        world.publish()
    assert not world.is_good()
