"""DIDs with witnesses of their own: shown when enough have approved, asked again when not."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from did_registry import store
from did_registry.actions.collect_approvals import collect_approvals
from did_registry.errors import LogInconsistent
from did_registry.webvh.history import History, replay
from did_registry.webvh.witness import parse_witness_file
from storage.transaction import Database
from tests.simulators.registry import SimulatedRegistry, without_triggers
from tests.simulators.witnesses import NAMES, POLICY, SimulatedWitnesses

CODE = "GU-11620"


class World:
    """A registry with an agency whose versions two of three witnesses must approve."""

    def __init__(self, database: Database, folder: Path) -> None:
        self.registry = SimulatedRegistry(database, witnesses=POLICY)
        self.town = SimulatedWitnesses(folder, self.registry.clock)
        self.did = self.registry.create(CODE, self.town.rule)
        self.registry.publish()

    def cosign(self) -> None:
        self.town.cosign(self.registry.database)

    def collect(self) -> tuple[str, ...]:
        now = self.registry.clock()
        return collect_approvals(self.registry.database, self.town.peers, self.town, now=now)

    def rotate(self) -> None:
        """A second later, the next version, under a head of the log alone."""
        self.registry.clock.advance(seconds=1)
        self.registry.rotate(self.did)
        self.registry.publish()

    def status(self) -> int:
        return self.registry.http().get(f"/dids/{CODE}/did.jsonl").status_code

    def shown(self) -> History:
        """What a resolver makes of the two files that are served."""
        http = self.registry.http()
        witnesses = parse_witness_file(http.get(f"/dids/{CODE}/did-witness.json").data)
        log = http.get(f"/dids/{CODE}/did.jsonl").data
        return replay(log, did=self.did, now=self.registry.clock(), witnesses=witnesses)


@pytest.fixture
def world(sqlite_database: Database, tmp_path: Path) -> Iterator[World]:
    world = World(sqlite_database, tmp_path)
    yield world
    world.town.close()


@pytest.fixture
def any_world(database: Database, tmp_path: Path) -> Iterator[World]:
    """On both databases."""
    world = World(database, tmp_path)
    yield world
    world.town.close()


def test_a_version_is_shown_once_enough_witnesses_have_approved_it(world: World) -> None:
    assert world.collect() == ()  # nothing lies under a cosigned head yet
    world.cosign()
    assert world.status() == 404
    assert world.registry.http().get(f"/1.0/identifiers/{world.did}").status_code == 404
    assert world.collect() == ()
    assert world.shown().latest.number == 1
    assert world.registry.http().get(f"/1.0/identifiers/{world.did}").status_code == 200
    world.registry.replay()


def test_a_resolver_never_meets_a_version_that_lacks_its_approvals(world: World) -> None:
    world.cosign()
    world.collect()
    world.rotate()
    for is_cosigned in (False, True):
        if is_cosigned:
            world.cosign()
        assert world.shown().latest.number == 1
        resolved = json.loads(world.registry.http().get(f"/1.0/identifiers/{world.did}").data)
        assert resolved["didDocumentMetadata"]["versionId"].startswith("1-")
    world.collect()
    assert world.shown().latest.number == 2
    world.registry.replay()


def test_one_witness_may_be_away_and_two_may_not(any_world: World) -> None:
    any_world.cosign()
    any_world.town.away |= {"SEL-WIT1", "SEL-WIT2"}
    assert any_world.collect() == (any_world.did.scid,)
    assert any_world.status() == 404
    any_world.town.away.remove("SEL-WIT1")
    assert any_world.collect() == ()
    assert any_world.shown().latest.number == 1
    any_world.registry.replay()


def test_a_witness_is_asked_under_a_head_that_it_has_signed(world: World) -> None:
    world.town.away.add("SEL-WIT1")
    world.cosign()
    world.town.away.clear()
    assert world.collect() == ()  # by the two others
    (proofs,) = parse_witness_file(
        world.registry.http().get(f"/dids/{CODE}/did-witness.json").data
    ).proofs.values()
    assert len(proofs) == 2


def test_to_approve_the_last_version_is_to_approve_all_before(world: World) -> None:
    world.rotate()
    world.rotate()
    world.cosign()
    assert world.collect() == ()
    assert len(world.shown().versions) == 3
    file = parse_witness_file(world.registry.http().get(f"/dids/{CODE}/did-witness.json").data)
    assert [version_id[:2] for version_id in file.proofs] == ["3-"]


def test_of_each_witness_only_the_last_approval_is_served(any_world: World) -> None:
    for _ in range(3):
        any_world.cosign()
        any_world.collect()
        any_world.rotate()
    any_world.town.away.add("SEL-WIT3")
    any_world.cosign()
    any_world.collect()
    file = parse_witness_file(any_world.registry.http().get(f"/dids/{CODE}/did-witness.json").data)
    assert {name[:2]: len(found) for name, found in file.proofs.items()} == {"3-": 1, "4-": 2}
    assert any_world.shown().latest.number == 4


def test_the_end_of_a_did_is_approved_as_well(world: World) -> None:
    world.cosign()
    world.collect()
    world.registry.clock.advance(seconds=1)
    world.registry.deactivate(world.did)
    world.registry.publish()
    world.cosign()
    assert not world.shown().deactivated
    world.collect()
    assert world.shown().deactivated
    assert world.registry.http().get(f"/1.0/identifiers/{world.did}").status_code == 410


def test_a_did_that_asks_for_nobody_is_shown_at_once(world: World) -> None:
    other = world.registry.create("GU-11440")
    http = world.registry.http()
    assert http.get("/dids/GU-11440/did.jsonl").status_code == 200
    assert http.get("/dids/GU-11440/did-witness.json").data == b"[]"
    assert other.scid not in http.get("/dids/did-witness.json").text


def test_one_file_holds_the_approvals_of_all(world: World) -> None:
    second = world.registry.create("GU-11440", world.town.rule)
    world.registry.publish()
    world.cosign()
    world.collect()
    file = parse_witness_file(world.registry.http().get("/dids/did-witness.json").data)
    log = world.registry.http().get("/dids/GU-11440/did.jsonl").data
    now = world.registry.clock()
    assert replay(log, did=second, now=now, witnesses=file).latest.number == 1
    assert world.shown().approved_by(file) == 1


def test_a_witness_that_knows_another_history_of_a_did_stops_us(world: World) -> None:
    world.cosign()
    with world.town.witness("SEL-WIT2").database.writing() as session:
        session.execute(
            text("INSERT INTO approved_version VALUES (:scid, 1, '1-other')"),
            {"scid": world.did.scid},
        )
    with pytest.raises(LogInconsistent, match="SEL-WIT2"):
        world.collect()
    assert world.shown().latest.number == 1  # what the two others said is kept


def test_an_answer_by_another_key_counts_for_nothing(world: World) -> None:
    world.cosign()
    for name in ("SEL-WIT1", "SEL-WIT2"):
        witness = world.town.witness(name)
        witness.approve_with(world.town.witness("SEL-WIT3").approver)
    assert world.collect() == (world.did.scid,)
    assert world.status() == 404


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE did_witness_proof SET witness = 'did:key:other' WHERE witness = :first",
        "UPDATE did_witness_proof SET proof = '{}' WHERE witness = :first",
        "UPDATE did SET shown = 0 WHERE code = 'GU-11620'",
        "UPDATE did SET shown = 2 WHERE code = 'GU-11620'",
        "DELETE FROM did_witness_proof",
    ],
    ids=["other-witness", "no-proof", "hidden", "shown-too-early", "lost"],
)
def test_the_audit_of_our_own_tables_sees_what_was_changed(world: World, statement: str) -> None:
    world.cosign()
    world.collect()
    with without_triggers(world.registry.database) as session:
        values = {"first": world.town.witness(NAMES[0]).did} if ":first" in statement else {}
        session.execute(text(statement), values)
    with pytest.raises(LogInconsistent):
        world.registry.replay()


def test_an_approval_stays_as_it_was_written(any_world: World) -> None:
    any_world.cosign()
    any_world.collect()
    with pytest.raises(DBAPIError, match="append-only"):
        any_world.registry.write(
            lambda session: session.execute(text("DELETE FROM did_witness_proof"))
        )
    assert len(any_world.registry.read(store.all_dids)) == 2
