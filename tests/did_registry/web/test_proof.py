"""The proofs that are made ready for a browser, and what a stranger makes of them."""

import json
from collections.abc import Iterator

import pytest
from flask.testing import FlaskClient

from credentials.errors import Error
from credentials.jcs import canonicalize
from did_registry.actions.log_directory import log_directory
from did_registry.directory import (
    DirectoryRow,
    PlacedRow,
    did_key,
    status_key,
    verify_absent,
    verify_latest,
)
from did_registry.leaf import LeafKind, parse_leaf
from did_registry.tlog.base64_standard import decode_base64, decode_digest
from did_registry.tlog.checkpoint import verify_checkpoint
from did_registry.tlog.errors import InclusionInvalid
from did_registry.tlog.merkle import leaf_hash
from did_registry.tlog.proof import verify_inclusion
from did_registry.tlog.tlog_proof import parse_tlog_proof
from did_registry.webvh.did import Did
from storage.base import Base
from storage.engine import build_engine
from storage.transaction import Database
from tests.simulators.registry import SimulatedRegistry
from tests.simulators.registry_log import log_key


class World:
    """A small registry whose log ends with its directory, as ours does."""

    def __init__(self, database: Database) -> None:
        self.registry = SimulatedRegistry(database)
        self.agency = self.registry.create("GU-11620")
        self.ended = self.registry.create("SEL-YOUTH")
        self.registry.clock.advance(days=1)
        self.registry.rotate(self.agency)
        self.registry.deactivate(self.ended)
        self.publish()
        self.http: FlaskClient = self.registry.http()

    def publish(self) -> None:
        """Sign a head that ends with the directory."""
        registry = self.registry
        registry.write(lambda session: log_directory(session, now=registry.clock()))
        registry.publish()

    def directory(self, key: str) -> tuple[list[PlacedRow], bytes, int]:
        """The evidence on a key, and the root and size that the last leaf has for it, proven."""
        answer = json.loads(self.http.get(f"/log/directory/{key}").data)
        proof = parse_tlog_proof(answer["proof"].encode())
        head = verify_checkpoint(proof.checkpoint, log_key())
        assert proof.extra is not None
        verify_inclusion(leaf_hash(proof.extra), proof.index, head.size, proof.path, head.root)
        leaf = parse_leaf(proof.extra)
        assert (leaf.kind, proof.index) == (LeafKind.DIRECTORY, head.size - 1)
        root, size = leaf.body["root"], leaf.body["n"]
        assert isinstance(root, str)
        assert isinstance(size, int)
        placed = [
            PlacedRow(
                row=DirectoryRow(
                    key=one["row"][0],
                    latest=one["row"][1],
                    index=one["row"][2],
                    deactivated=one["row"][3] == ["deactivated"],
                ),
                position=one["position"],
                path=tuple(map(decode_digest, one["path"])),
            )
            for one in answer["rows"]
        ]
        return placed, decode_base64(root.replace("-", "+").replace("_", "/") + "="), size


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """For those who only read."""
    file = tmp_path_factory.mktemp("proof") / "log.sqlite"
    database = Database(build_engine(f"sqlite:///{file}"))
    database.create_tables(Base.metadata)
    yield World(database)
    database.close()


def test_every_leaf_is_proven_with_its_own_bytes(world: World) -> None:
    head = verify_checkpoint(world.http.get("/log/checkpoint").data, log_key())
    for index in range(head.size):
        answer = world.http.get(f"/log/proof/{index}.tlog-proof")
        assert answer.content_type == "text/plain; charset=utf-8"
        proof = parse_tlog_proof(answer.data)
        assert proof.index == index
        assert proof.checkpoint == world.http.get("/log/checkpoint").data
        assert proof.extra is not None
        assert parse_leaf(proof.extra).index == index
        verify_inclusion(leaf_hash(proof.extra), index, head.size, proof.path, head.root)


def test_a_proof_is_public_and_hardly_cached(world: World) -> None:
    for path in ("/log/proof/0.tlog-proof", f"/log/directory/{did_key(world.agency.scid)}"):
        headers = world.http.get(path).headers
        assert headers["Cache-Control"] == "public, max-age=2"
        assert headers["Access-Control-Allow-Origin"] == "*"
        again = world.http.get(path, headers={"If-None-Match": headers["ETag"]})
        assert again.status_code == 304


@pytest.mark.parametrize(
    "index", ["100", "-1", "00", "01", "1.0", "x", "%30x", "9" * 16, "9" * 30, "٣"]
)
def test_what_is_no_leaf_of_the_log_has_no_proof(world: World, index: str) -> None:
    answer = world.http.get(f"/log/proof/{index}.tlog-proof")
    assert answer.status_code == 404


@pytest.mark.parametrize("who", ["agency", "ended", "root"])
def test_the_directory_says_what_is_the_latest(world: World, who: str) -> None:
    did: Did = world.registry.root if who == "root" else getattr(world, who)
    placed, root, size = world.directory(did_key(did.scid))
    row = verify_latest(placed, did_key(did.scid), root=root, size=size)
    log = world.http.get(f"/dids/{did.path[-1]}/did.jsonl").data.splitlines()
    assert row.latest == json.loads(log[-1])["versionId"]
    assert row.deactivated == (who == "ended")
    leaf = parse_tlog_proof(world.http.get(f"/log/proof/{row.index}.tlog-proof").data).extra
    assert leaf is not None
    assert canonicalize(parse_leaf(leaf).body["entry"]) == log[-1]


@pytest.mark.parametrize("key", ["did/QmNobody", "status/none", "", "~", "did/세금"])
def test_the_directory_shows_that_there_is_nothing(world: World, key: str) -> None:
    placed, root, size = world.directory(key or "%20")
    verify_absent(placed, key or " ", root=root, size=size)


def test_evidence_on_one_key_is_none_on_another(world: World) -> None:
    placed, root, size = world.directory(did_key(world.agency.scid))
    with pytest.raises(Error):
        verify_latest(placed, did_key(world.ended.scid), root=root, size=size)
    with pytest.raises(InclusionInvalid):
        verify_latest(placed, did_key(world.agency.scid), root=bytes(32), size=size)


def test_what_is_not_signed_yet_is_neither_proven_nor_latest(sqlite_database: Database) -> None:
    world = World(sqlite_database)
    before = world.directory(did_key(world.agency.scid))
    size = verify_checkpoint(world.http.get("/log/checkpoint").data, log_key()).size
    world.registry.clock.advance(days=1)
    world.registry.rotate(world.agency)
    assert world.http.get(f"/log/proof/{size}.tlog-proof").status_code == 404
    assert world.directory(did_key(world.agency.scid)) == before
    world.publish()
    assert world.http.get(f"/log/proof/{size}.tlog-proof").status_code == 200
    assert world.directory(did_key(world.agency.scid)) != before


def test_a_log_without_a_head_or_a_directory_proves_nothing(sqlite_database: Database) -> None:
    registry = SimulatedRegistry(sqlite_database)
    http = registry.http()
    for path in ("/log/proof/0.tlog-proof", f"/log/directory/{status_key('x')}"):
        answer = http.get(path)
        assert answer.status_code == 404
        assert answer.json is not None
        assert answer.json["code"] == "log-file-not-found"
    registry.publish()
    assert http.get("/log/proof/0.tlog-proof").status_code == 200
    assert http.get(f"/log/directory/{status_key('x')}").status_code == 404
