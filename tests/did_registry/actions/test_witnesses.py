"""A log and its three witnesses, over HTTP: what is published, and what stops the log."""

import hashlib
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from werkzeug.test import TestResponse

from credentials.errors import SignatureInvalid
from credentials.jcs import canonicalize
from credentials.keys import Ed25519Signer
from did_registry import head_store, store
from did_registry.actions.follow import Freshness, RegistryFollower, verify_head
from did_registry.errors import LogInconsistent, RegistryUnavailable
from did_registry.rewriting import parse_rewriting, verify_rewriting
from did_registry.split_view import SplitView
from did_registry.tlog.checkpoint import Checkpoint, build_checkpoint, parse_checkpoint
from did_registry.tlog.cosignature import NO_WITNESSES, find_cosignature
from did_registry.tlog.errors import QuorumMissing
from did_registry.tlog.note import (
    Ed25519NoteSigner,
    encode_note,
    parse_note,
    parse_signature_lines,
)
from did_registry.tlog.proof import build_consistency
from did_registry.tlog.tiles import node_reader
from did_registry.tlog.witness_messages import AddCheckpoint, encode_add_checkpoint, parse_size
from did_registry.trust import TrustAnchor
from did_registry.view import RegistryView
from storage.engine import build_engine
from storage.transaction import Database
from tests.simulators.registry import SimulatedRegistry, draft
from tests.simulators.registry_log import ORIGIN, RegistryLog, log_key
from tests.simulators.witnesses import POLICY, SimulatedWitnesses


class World:
    """A registry that shows only what two of its three witnesses have signed."""

    def __init__(self, database: Database, folder: Path) -> None:
        self.registry = SimulatedRegistry(database, witnesses=POLICY)
        self.town = SimulatedWitnesses(folder, self.registry.clock)
        self.registry.fill(5)
        self.registry.publish()

    def collect(self) -> tuple[str, ...]:
        return self.town.cosign(self.registry.database)

    def grow(self, size: int) -> None:
        self.registry.fill(size)
        self.registry.publish()

    @property
    def anchor(self) -> TrustAnchor:
        return replace(self.registry.anchor, witnesses=self.town.peers.policy)

    def follow(self) -> RegistryView:
        follower = RegistryFollower(self.anchor, self.registry.outbound(), Freshness())
        return follower.view(self.registry.clock())

    def shown(self) -> bytes:
        note: bytes = self.registry.http().get("/log/checkpoint").data
        return note

    def shown_size(self) -> int:
        return int(self.shown().split(b"\n")[1])


@pytest.fixture
def world(database: Database, tmp_path: Path) -> Iterator[World]:
    world = World(database, tmp_path)
    yield world
    world.town.close()


def test_a_head_is_shown_once_a_quorum_has_signed_it(world: World) -> None:
    assert world.registry.http().get("/log/checkpoint").status_code == 404
    assert world.registry.http().get("/log/tile/0/000.p/5").status_code == 404
    assert world.collect() == ("SEL-WIT1", "SEL-WIT2", "SEL-WIT3")
    assert world.follow().checkpoint.size == 5
    world.grow(300)
    assert world.shown_size() == 5
    world.collect()
    assert world.shown_size() == 300
    assert world.follow().checkpoint.size == 300


def test_one_witness_may_be_away(world: World) -> None:
    world.town.away.add("SEL-WIT2")
    assert world.collect() == ("SEL-WIT1", "SEL-WIT3")
    assert world.follow().checkpoint.size == 5
    world.town.away.clear()
    assert world.collect() == ("SEL-WIT1", "SEL-WIT2", "SEL-WIT3")


def test_with_two_away_the_head_before_stays_the_one_that_is_shown(world: World) -> None:
    world.collect()
    world.town.away |= {"SEL-WIT1", "SEL-WIT2"}
    world.grow(9)
    with pytest.raises(QuorumMissing):
        world.collect()
    assert world.shown_size() == 5
    assert world.follow().checkpoint.size == 5
    world.grow(12)
    world.town.away.clear()
    world.collect()
    assert world.shown_size() == 12


def test_a_witness_that_was_away_or_has_lost_its_memory_catches_up(world: World) -> None:
    world.town.away.add("SEL-WIT1")
    world.collect()
    world.grow(9)
    world.town.away.clear()
    world.town.witness("SEL-WIT2").forget()
    assert world.collect() == ("SEL-WIT1", "SEL-WIT2", "SEL-WIT3")


def test_exchanged_witnesses_sign_before_anything_is_shown(world: World, tmp_path: Path) -> None:
    world.collect()
    (tmp_path / "new").mkdir()
    newer = SimulatedWitnesses(tmp_path / "new", world.registry.clock, names=("UNI-1", "UNI-2"))
    world.registry.witnesses = newer.peers.policy
    assert world.registry.http().get("/log/checkpoint").status_code == 404
    newer.away.add("UNI-2")
    with pytest.raises(QuorumMissing):
        newer.cosign(world.registry.database)
    assert world.registry.http().get("/log/checkpoint").status_code == 404
    newer.away.clear()
    signed = newer.cosign(world.registry.database)
    assert signed == ("UNI-1", "UNI-2")
    assert world.shown_size() == 5
    newer.close()


def test_a_follower_wants_the_quorum(world: World) -> None:
    world.collect()
    note = parse_note(world.shown())
    alone = encode_note(note.text, note.signatures[:2])
    with pytest.raises(QuorumMissing):
        verify_head(alone, world.anchor)
    broken = replace(note.signatures[3], value=bytes(72))
    with pytest.raises(SignatureInvalid):
        verify_head(encode_note(note.text, (*note.signatures[:3], broken)), world.anchor)
    world.grow(7)
    world.registry.witnesses = (
        NO_WITNESSES  # a dishonest server shows what the log alone has signed
    )
    with pytest.raises(RegistryUnavailable, match="quorum-missing"):
        world.follow()


def test_a_restored_backup_cannot_go_on(sqlite_database: Database, tmp_path: Path) -> None:
    """The database is put back to where it was before the last head, and grows differently."""
    world = World(sqlite_database, tmp_path)
    world.collect()
    restored = _copy(sqlite_database, tmp_path / "backup.sqlite")
    world.grow(9)
    world.collect()
    served = world.shown()
    twin = world.registry.over(restored)
    twin.append([draft(number) for number in range(50, 60)])
    fork = twin.publish()
    with pytest.raises(LogInconsistent, match="another history"):
        world.town.cosign(restored)
    for witness in world.town.all:
        ((before, now),) = _proven(witness.evidence())
        assert (before.size, now.size) == (9, 15)
        assert parse_rewriting(witness.evidence()[0]).now == fork
    assert parse_checkpoint(parse_note(served).text).size == 9
    # The log has heard of it, keeps what shows it, serves it, and stops.
    kept = twin.read(head_store.all_evidence)
    assert {head.size for pair in _proven([row.file for row in kept]) for head in pair} == {9, 15}
    with pytest.raises(SplitView):
        world.town.cosign(restored)
    for row in kept:
        answer = twin.http().get(f"/log/evidence/{row.digest.hex()}.json")
        assert (answer.status_code, answer.data) == (200, row.file)
    assert twin.http().get(f"/log/evidence/{'0' * 64}.json").status_code == 404
    assert twin.http().get("/log/evidence/x.json").status_code == 404
    restored.close()
    world.town.close()


def test_a_shorter_log_than_was_signed_cannot_go_on(
    sqlite_database: Database, tmp_path: Path
) -> None:
    world = World(sqlite_database, tmp_path)
    world.collect()
    restored = _copy(sqlite_database, tmp_path / "backup.sqlite")
    world.grow(40)
    world.collect()
    twin = world.registry.over(restored)
    twin.append([draft(50)])
    twin.publish()
    with pytest.raises(LogInconsistent, match="longer log than ours"):
        world.town.cosign(restored)
    restored.close()
    world.town.close()


def test_two_roots_for_one_size_are_evidence(world: World) -> None:
    world.collect()
    other = RegistryLog()
    for number in range(4):
        other.leaves.append(build(number))
    note = other.note()
    body = encode_add_checkpoint(AddCheckpoint(old_size=5, consistency=(), checkpoint=note))
    witness = world.town.witness("SEL-WIT1")
    for _ in range(2):
        assert witness.http.post("/add-checkpoint", data=body).status_code == 409
    ((before, now),) = _proven(witness.evidence())
    assert before.size == now.size == 5
    path = f"/{hashlib.sha256(ORIGIN.encode()).hexdigest()}/evidence"
    served = witness.http.get(path).get_json()
    assert [canonicalize(one) for one in served] == witness.evidence()
    assert witness.http.get(f"/{'0' * 64}/evidence").status_code == 404


def test_after_evidence_a_witness_signs_nothing_of_that_log(world: World) -> None:
    test_two_roots_for_one_size_are_evidence(world)
    world.grow(7)
    with pytest.raises(LogInconsistent, match="SEL-WIT1"):
        world.collect()
    assert world.shown_size() == 5
    assert len(world.town.witness("SEL-WIT1").evidence()) == 1


def test_a_proof_that_leads_nowhere_is_no_evidence(world: World) -> None:
    """Anybody can send a head that is true with such a proof."""
    world.grow(7)
    world.collect()
    world.grow(12)
    with world.registry.database.reading() as session:
        row = store.latest_checkpoint(session)
    assert row is not None
    length = len(_path(world, 7, 12))
    for path in ((bytes(32),) * length, (), (bytes(32),)):
        answer = _ask(world, old_size=7, consistency=path, checkpoint=row.note)
        assert answer.status_code == 422
    assert world.town.witness("SEL-WIT1").evidence() == []
    assert world.collect() == ("SEL-WIT1", "SEL-WIT2", "SEL-WIT3")


def _path(world: World, old: int, new: int) -> list[bytes]:
    with world.registry.database.reading() as session:
        return build_consistency(old, new, node_reader(new, partial(store.read_tile, session)))


def _proven(files: Sequence[bytes]) -> list[tuple[Checkpoint, Checkpoint]]:
    return [verify_rewriting(parse_rewriting(file), log_key()) for file in files]


def _ask(world: World, **changes: Any) -> TestResponse:
    """What SEL-WIT1 answers to the first head, changed in one thing."""
    with world.registry.database.reading() as session:
        row = store.latest_checkpoint(session)
    assert row is not None
    request = AddCheckpoint(old_size=0, consistency=(), checkpoint=row.note)
    body = encode_add_checkpoint(replace(request, **changes))
    return world.town.witness("SEL-WIT1").http.post("/add-checkpoint", data=body)


def test_the_protocol_has_a_status_for_each_refusal(world: World) -> None:
    other = build_checkpoint("other.example/log", 5, bytes(32), [_signer("other.example/log")])
    assert _ask(world, checkpoint=other).status_code == 404
    forged = build_checkpoint(ORIGIN, 5, bytes(32), [_signer(ORIGIN)])
    assert _ask(world, checkpoint=forged).status_code == 403
    assert _ask(world, old_size=6).status_code == 400
    conflict = _ask(world, old_size=5)
    assert (conflict.status_code, conflict.mimetype) == (409, "text/x.tlog.size")
    assert parse_size(conflict.data) == 0
    assert _ask(world, consistency=(bytes(32),)).status_code == 422
    assert _ask(world).status_code == 200
    http = world.town.witness("SEL-WIT1").http
    assert http.post("/add-checkpoint", data=b"rubbish").status_code == 400
    assert http.post("/add-checkpoint", data=b"old 0\n\nrubbish").status_code == 400
    assert http.get("/add-checkpoint").status_code == 405


def test_the_head_that_was_signed_last_is_signed_again(world: World) -> None:
    """An answer that was lost on its way must not lock the log out."""
    world.collect()
    again = _ask(world, old_size=5)
    assert again.status_code == 200
    (line,) = parse_signature_lines(again.data)
    note = replace(parse_note(world.shown()), signatures=(line,))
    assert find_cosignature(note, world.town.witness("SEL-WIT1").key) == world.registry.clock()
    assert world.town.witness("SEL-WIT1").evidence() == []


def test_a_monitor_reads_the_last_head(world: World) -> None:
    witness = world.town.witness("SEL-WIT1")
    path = f"/{hashlib.sha256(ORIGIN.encode()).hexdigest()}/checkpoint"
    assert witness.http.get(path).status_code == 404
    world.collect()
    assert witness.http.get(path).data.split(b"\n")[:3] == world.shown().split(b"\n")[:3]
    assert witness.http.get(f"/{'0' * 64}/checkpoint").status_code == 404


def _signer(name: str) -> Ed25519NoteSigner:
    return Ed25519NoteSigner(name, Ed25519Signer(bytes([99]) * 32))


def _copy(database: Database, path: Path) -> Database:
    with database.reading() as session:
        source = session.connection().engine.url.database
    assert source is not None
    with closing(sqlite3.connect(source)) as connection:
        connection.execute("VACUUM INTO ?", (str(path),))
    path.chmod(0o600)
    return Database(build_engine(f"sqlite:///{path}"))


def build(number: int) -> bytes:
    """Bytes that are no leaf of ours; a witness looks at roots only."""
    return f"leaf {number}".encode()
