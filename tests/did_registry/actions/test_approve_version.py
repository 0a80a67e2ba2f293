"""A witness of DIDs, over HTTP: what it approves, and each thing for which it does not."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from werkzeug.test import TestResponse

from did_registry import head_store, store, witness_store
from did_registry.approval_request import ApprovalRequest, encode_approval_request
from did_registry.tlog.checkpoint import build_checkpoint
from did_registry.tlog.cosignature import cosign
from did_registry.tlog.merkle import leaf_hash
from did_registry.tlog.note import Ed25519NoteSigner, encode_note, parse_note
from did_registry.tlog.tlog_proof import TlogProof, encode_tlog_proof, parse_tlog_proof
from did_registry.webvh.did import Did
from did_registry.webvh.history import replay
from did_registry.webvh.witness import parse_witness_file
from storage.base import Base
from storage.engine import build_engine
from storage.transaction import Database
from tests.simulators.registry import SimulatedRegistry
from tests.simulators.registry_log import LOG_KEY, ORIGIN
from tests.simulators.stranger import stranger
from tests.simulators.witnesses import POLICY, SimulatedWitnesses


class World:
    """A registry with an agency whose versions two of three witnesses must approve."""

    def __init__(self, database: Database, folder: Path) -> None:
        self.registry = SimulatedRegistry(database, witnesses=POLICY)
        self.town = SimulatedWitnesses(folder, self.registry.clock)
        self.did = self.registry.create("GU-11620", self.town.rule)
        self.sign()

    def sign(self) -> None:
        """Sign the head, and have it cosigned by all."""
        self.registry.publish()
        self.town.cosign(self.registry.database)

    def rotate(self) -> None:
        """A second later, the next version, under a head that all have cosigned."""
        self.registry.clock.advance(seconds=1)
        self.registry.rotate(self.did)
        self.sign()

    def log(self, did: Did | None = None) -> bytes:
        """All stored lines of a DID."""
        scid = (did or self.did).scid
        return self.registry.read(lambda session: store.did_log(session, scid))

    def proof(self, index: int) -> TlogProof:
        """Where a leaf stands, as the registry serves it."""
        return parse_tlog_proof(self.registry.http().get(f"/log/proof/{index}.tlog-proof").data)

    def ask(self, log: bytes, proof: TlogProof, name: str = "SEL-WIT1") -> TestResponse:
        """What a witness answers."""
        request = ApprovalRequest(log=log, proof=encode_tlog_proof(proof))
        return self.post(encode_approval_request(request), name)

    def post(self, body: bytes, name: str = "SEL-WIT1") -> TestResponse:
        """What a witness answers to any bytes."""
        witness = self.town.witness(name)
        return stranger(witness.app, witness.url).post("/add-did-version", data=body)


@pytest.fixture
def world(sqlite_database: Database, tmp_path: Path) -> Iterator[World]:
    world = World(sqlite_database, tmp_path)
    yield world
    world.town.close()


def _refused(answer: TestResponse) -> tuple[int, str]:
    assert answer.mimetype == "application/problem+json", answer.data
    document = answer.get_json()
    return answer.status_code, document["type"].rpartition("/")[2]


def test_two_approvals_make_a_log_that_every_resolver_takes(world: World) -> None:
    answers = [world.ask(world.log(), world.proof(1), name) for name in ("SEL-WIT1", "SEL-WIT3")]
    assert [answer.status_code for answer in answers] == [200, 200]
    files = [parse_witness_file(answer.data) for answer in answers]
    (version_id,) = files[0].proofs
    proofs = (*files[0].proofs[version_id], *files[1].proofs[version_id])
    both = replace(files[0], proofs={version_id: proofs})
    now = world.registry.clock()
    assert replay(world.log(), did=world.did, now=now, witnesses=both).latest.number == 1


def test_a_version_is_approved_again_when_the_answer_was_lost(world: World) -> None:
    for _ in range(2):
        assert world.ask(world.log(), world.proof(1)).status_code == 200
    world.rotate()
    assert world.ask(world.log(), world.proof(2)).status_code == 200
    first = world.log().splitlines(keepends=True)[0]
    assert world.ask(first, world.proof(1)).status_code == 200


def _other_leaf(world: World) -> TestResponse:
    return world.ask(world.log(), world.proof(0))


def _other_did(world: World) -> TestResponse:
    return world.ask(world.log(world.registry.root), world.proof(1))


def _not_named(world: World) -> TestResponse:
    return world.ask(world.log(world.registry.root), world.proof(0))


def _earlier_lines_changed(world: World) -> TestResponse:
    world.rotate()
    first, last = world.log().splitlines(keepends=True)
    return world.ask(first.replace(b'"portable":false', b'"portable":true') + last, world.proof(2))


def _last_line_alone(world: World) -> TestResponse:
    world.rotate()
    return world.ask(world.log().splitlines(keepends=True)[1], world.proof(2))


def _other_log(world: World) -> TestResponse:
    proof = world.proof(1)
    signer = Ed25519NoteSigner("other.example/log", LOG_KEY)
    root = leaf_hash(proof.extra or b"")
    note = build_checkpoint("other.example/log", 1, root, [signer])
    return world.ask(world.log(), replace(proof, index=0, path=(), checkpoint=note))


def _head_not_signed(world: World) -> TestResponse:
    """Cosigned by the witness, and not by the log: a note that nobody can have got from us."""
    proof = world.proof(1)
    text, _, lines = proof.checkpoint.rpartition(b"\n\n")
    others = [line for line in lines.splitlines(keepends=True) if b" SEL-" in line]
    return world.ask(world.log(), replace(proof, checkpoint=text + b"\n\n" + b"".join(others)))


def _without(world: World, name: str) -> TlogProof:
    proof = world.proof(1)
    kept = [line for line in proof.checkpoint.splitlines(True) if f" {name} ".encode() not in line]
    return replace(proof, checkpoint=b"".join(kept))


def _not_cosigned_by_it(world: World) -> TestResponse:
    return world.ask(world.log(), _without(world, "SEL-WIT1"))


def _cosigned_with_rubbish(world: World) -> TestResponse:
    proof = world.proof(1)
    line = next(one for one in parse_note(proof.checkpoint).signatures if one.name == "SEL-WIT1")
    forged = replace(line, value=line.value[:-1] + bytes([line.value[-1] ^ 1]))
    note = parse_note(proof.checkpoint)
    lines = [forged if one == line else one for one in note.signatures]
    return world.ask(world.log(), replace(proof, checkpoint=encode_note(note.text, lines)))


def _leaf_changed(world: World) -> TestResponse:
    proof = world.proof(1)
    extra = (proof.extra or b"").replace(b'"kind":"did"', b'"kind":"dib"')
    return world.ask(world.log(), replace(proof, extra=extra))


def _no_leaf(world: World) -> TestResponse:
    return world.ask(world.log(), replace(world.proof(1), extra=None))


def _rubbish(world: World) -> TestResponse:
    return world.post(b"log 3\n{}\nnothing")


@pytest.mark.parametrize(
    ("ask", "status", "code"),
    [
        (_other_leaf, 422, "entry-not-logged"),
        (_other_did, 422, "entry-not-logged"),
        (_not_named, 403, "witness-not-named"),
        (_earlier_lines_changed, 422, "log-scid-mismatch"),
        (_last_line_alone, 422, "log-out-of-sequence"),
        (_other_log, 404, "log-unknown"),
        (_head_not_signed, 422, "checkpoint-not-signed"),
        (_not_cosigned_by_it, 409, "head-not-cosigned"),
        (_cosigned_with_rubbish, 409, "head-not-cosigned"),
        (_leaf_changed, 422, "inclusion-invalid"),
        (_no_leaf, 400, "malformed"),
        (_rubbish, 400, "malformed"),
    ],
)
def test_refuses(
    world: World, ask: Callable[[World], TestResponse], status: int, code: str
) -> None:
    assert _refused(ask(world)) == (status, code)


def test_a_fork_of_a_did_is_never_approved(
    world: World, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    """The agency's update key was stolen, and so was the log: both sign another second version."""
    world.rotate()
    assert world.ask(world.log(), world.proof(2)).status_code == 200
    twin = SimulatedRegistry(_empty(tmp_path, request), witnesses=POLICY)
    twin.create("GU-11620", world.town.rule)
    twin.clock.advance(days=1)
    twin.rotate(world.did)
    twin.fill(9)
    _cosign_elsewhere(world, twin)
    world.registry.clock.advance(days=2)
    with twin.database.reading() as session:
        forked = store.did_log(session, world.did.scid)
    assert forked.splitlines()[0] == world.log().splitlines()[0]
    proof = parse_tlog_proof(twin.http().get("/log/proof/2.tlog-proof").data)
    assert _refused(world.ask(forked, proof)) == (409, "version-forked")
    third = world.town.witness("SEL-WIT3")
    assert world.ask(forked, proof, third.name).status_code == 200  # it knows of no other


def test_what_was_approved_with_a_later_version_is_not_forked_either(world: World) -> None:
    """To approve version 2 is to approve version 1, so both are remembered."""
    world.rotate()
    assert world.ask(world.log(), world.proof(2)).status_code == 200
    with world.town.witness("SEL-WIT1").database.reading() as session:
        assert set(witness_store.approved_versions(session, world.did.scid)) == {1, 2}


def _empty(folder: Path, request: pytest.FixtureRequest) -> Database:
    database = Database(build_engine(f"sqlite:///{folder / 'twin.sqlite'}"))
    database.create_tables(Base.metadata)
    request.addfinalizer(database.close)
    return database


def _cosign_elsewhere(world: World, twin: SimulatedRegistry) -> None:
    """Cosignatures on the twin's head, as if each witness had never seen ours."""
    text = parse_note(twin.publish()).text
    with twin.database.writing() as session:
        for witness in world.town.all:
            line = cosign(text, witness.name, witness.signer, twin.clock())
            head_store.add_cosignature(session, 9, line)
    assert ORIGIN.encode() in text
