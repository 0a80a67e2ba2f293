"""Compromises that no quorum has seen: what is believed of them, and that nothing else is."""

import contextlib
import json
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from credentials.errors import Error
from credentials.keys import Ed25519Signer
from did_registry.admission import Admission
from did_registry.notice import Compromise
from did_registry.tlog.merkle import leaf_hash, root_of
from did_registry.tlog.proof import build_inclusion
from did_registry.tlog.tlog_proof import TlogProof, encode_tlog_proof
from did_registry.urgent import MAX_URGENT, read_urgent
from did_registry.view import RegistryView
from tests.simulators.registry_log import Member, RegistryLog, log_key, signing_key


class World:
    """A log of which a follower knows the first leaves; an agency's key is stolen after that."""

    def __init__(self) -> None:
        self.log = RegistryLog()
        self.agency = self.log.member("GU-11620")
        self.view = self.log.view()
        self.log.clock.advance(days=1)

    def stolen(self, member: Member | None = None) -> Compromise:
        member = member or self.agency
        since = self.log.clock().replace(microsecond=0) - timedelta(hours=1)
        return Compromise(did=str(member.did), key=member.key_id, since=since)

    def declare(self, notice: Any, **changes: Any) -> int:
        """Log a notice; the index of its leaf."""
        subject = self.agency.did.scid if notice.did == str(self.agency.did) else None
        self.log.give_notice(notice, subject, **changes)
        return len(self.log.leaves) - 1

    def proof(self, index: int, **changes: Any) -> bytes:
        """Where a leaf stands under the newest head, which the log alone has signed."""
        leaves = self.log.leaves

        def node(level: int, place: int) -> bytes:
            start = place << level
            return root_of(map(leaf_hash, leaves[start : start + (1 << level)]))

        usual: dict[str, Any] = {
            "index": index,
            "path": tuple(build_inclusion(index, len(leaves), node)),
            "checkpoint": self.log.note(),
            "extra": leaves[index],
        }
        return encode_tlog_proof(TlogProof(**(usual | changes)))

    def read(self, *proofs: bytes, view: RegistryView | None = None) -> Any:
        data = json.dumps([proof.decode() for proof in proofs]).encode()
        return read_urgent(data, view or self.view, log_key(), self.log.clock())


@pytest.fixture
def world() -> World:
    return World()


def test_a_stolen_key_is_known_before_any_witness_has_seen_the_notice(world: World) -> None:
    notice = world.stolen()
    found = world.read(world.proof(world.declare(notice)))
    assert found == {signing_key(2).public_key: notice.since}
    assert world.read() == {}


def test_of_two_notices_the_earlier_time_counts(world: World) -> None:
    late = world.stolen()
    early = replace(late, since=late.since - timedelta(days=3))
    indexes = [world.declare(early), world.declare(late)]
    for order in (indexes, indexes[::-1]):
        found = world.read(*map(world.proof, order))
        assert found == {signing_key(2).public_key: early.since}


def test_a_did_that_the_follower_does_not_know_hides_no_other(world: World) -> None:
    newcomer = world.log.member("GU-11440")
    index = len(world.log.leaves)
    world.log.give_notice(world.stolen(newcomer), newcomer.did.scid)
    proofs = [world.proof(index)]
    assert world.read(*proofs) == {}
    known = world.declare(world.stolen())
    assert len(world.read(world.proof(index), world.proof(known))) == 1


def _another_roots_key(world: World) -> Sequence[bytes]:
    return [world.proof(world.declare(world.stolen(), signer=Ed25519Signer(b"x" * 32)))]


def _another_signer(world: World) -> Sequence[bytes]:
    changes = {"signer": world.agency.signer, "key_id": world.agency.key_id}
    return [world.proof(world.declare(world.stolen(), **changes))]


def _an_admission(world: World) -> Sequence[bytes]:
    did = "did:web:busan.example"
    until = world.log.clock().replace(microsecond=0) + timedelta(days=9)
    notice = Admission(
        did=did, name_ko="부산", name_en="Busan", until=until, types=("X",), asking=None
    )
    world.log.give_notice(notice, did)
    return [world.proof(len(world.log.leaves) - 1)]


def _a_head_of_somebody_else(world: World) -> Sequence[bytes]:
    index = world.declare(world.stolen())
    forged = world.log.note(key=Ed25519Signer(b"x" * 32))
    return [world.proof(index, checkpoint=forged)]


def _not_in_the_log(world: World) -> Sequence[bytes]:
    index = world.declare(world.stolen())
    proof = world.proof(index)
    world.log.leaves.pop()
    world.log.accredit(world.agency, "X")
    other = world.log.leaves[index]
    return [proof, world.proof(index, extra=other.replace(b'"v":1', b'"v":2'))]


def _another_kind_of_leaf(world: World) -> Sequence[bytes]:
    world.declare(world.stolen())
    return [world.proof(1)]


def _no_leaf(world: World) -> Sequence[bytes]:
    return [world.proof(world.declare(world.stolen()), extra=None)]


def _of_tomorrow(world: World) -> Sequence[bytes]:
    world.log.clock.advance(days=1)
    proofs = [world.proof(world.declare(world.stolen()))]
    world.log.clock.advance(days=-1)
    return proofs


def _one_of_two_is_broken(world: World) -> Sequence[bytes]:
    good = world.proof(world.declare(world.stolen()))
    return [good, good.replace(b"index 2", b"index 1")]


def _a_key_that_the_root_has_retired(world: World) -> Sequence[bytes]:
    """It is dated to when the root had the key."""
    signer = world.log.root.signer
    world.log.rotate(world.log.root)
    world.view = world.log.view()
    return [world.proof(world.declare(world.stolen(), signer=signer))]


def _too_many(world: World) -> Sequence[bytes]:
    return [world.proof(world.declare(world.stolen()))] * (MAX_URGENT + 1)


@pytest.mark.parametrize(
    "make",
    [
        _another_roots_key,
        _another_signer,
        _an_admission,
        _a_head_of_somebody_else,
        _not_in_the_log,
        _another_kind_of_leaf,
        _no_leaf,
        _of_tomorrow,
        _one_of_two_is_broken,
        _a_key_that_the_root_has_retired,
        _too_many,
    ],
)
def test_refuses(world: World, make: Callable[[World], Sequence[bytes]]) -> None:
    proofs = make(world)
    with pytest.raises(Error):
        world.read(*proofs)


def test_a_root_whose_own_key_was_stolen_declares_nothing_with_it(world: World) -> None:
    world.log.compromise(world.log.root, world.log.clock().replace(microsecond=0))
    view = world.log.view()
    index = world.declare(world.stolen())
    with pytest.raises(Error):
        world.read(world.proof(index), view=view)


@given(
    st.binary(max_size=200) | st.lists(st.text(max_size=50)).map(lambda s: json.dumps(s).encode())
)
def test_any_bytes_give_our_typed_error(data: bytes) -> None:
    world = World()
    with contextlib.suppress(Error):
        read_urgent(data, world.view, log_key(), world.log.clock())
