"""`gwanin registry audit`, against a simulated registry, its tables and copies of its files."""

import json
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from did_registry.actions.connect import Connection
from did_registry.actions.follow import Freshness, RegistryFollower
from did_registry.actions.foreign_dids import ForeignDids
from did_registry.audit_memory import parse_memory
from did_registry.cli_audit import audit_command
from did_registry.errors import NoTrustFile
from storage.errors import StorageUnavailable
from storage.transaction import Database
from tests.simulators.audited import AuditedLog
from tests.simulators.registry import SimulatedRegistry
from tests.simulators.registry_log import URL
from web.outbound import Outbound

TYPE = "SeoulResidencyCredential"


def _no_pause() -> None:
    """A test does not wait."""


def _run(connection: Connection, own_audit: Any, arguments: tuple[str, ...]) -> Result:
    command = audit_command(lambda trust: connection, own_audit, _no_pause)
    return CliRunner().invoke(command, arguments, catch_exceptions=False)


def _json(result: Result, status: int) -> Any:
    assert result.exit_code == status, result.stderr
    assert result.stdout.count("\n") == 1
    return json.loads(result.stdout)


class World:
    """A registry over a database, and somebody who pins it."""

    def __init__(self, database: Database) -> None:
        self.registry = SimulatedRegistry(database)
        self.agency = self.registry.create("GU-11620")
        self.registry.accredit(self.agency, TYPE)
        self.registry.register(self.registry.create("VER-LIB"), f"{TYPE}.ageOver19")
        self.registry.publish_types()
        self.registry.publish()

    def run(self, *arguments: str) -> Result:
        registry = self.registry
        connection = _connection(registry.anchor, registry.outbound(), registry.clock)
        return _run(connection, registry.replay, arguments)

    def json(self, *arguments: str, status: int = 0) -> Any:
        return _json(self.run(*arguments, "--json"), status)


def _connection(anchor: Any, outbound: Outbound, clock: Any) -> Connection:
    follower = RegistryFollower(anchor, outbound, Freshness())
    return Connection(
        anchor=anchor,
        follower=follower,
        elsewhere=ForeignDids(outbound),
        outbound=outbound,
        clock=clock,
    )


@pytest.fixture
def world(sqlite_database: Database) -> World:
    return World(sqlite_database)


# A registry and its tables


def test_an_audit_replays_our_own_tables_or_all_that_is_served(world: World) -> None:
    view = world.registry.replay()
    size = view.checkpoint.size
    document = world.json()
    assert document == {
        "valid": True,
        "origin": "registry.gwanin.example/2026",
        "size": size,
        "root": view.checkpoint.root.hex(),
        "continued": 0,
        "replayed": size,
        "files": None,
        "dids": 3,
        "accreditations": 1,
        "verifiers": 1,
        "documents": len(view.schemas),
        "notices": 0,
        "as_of": "2026-03-13T03:00:00Z",
    }
    served = {**document, "files": 1 + 2 * 3 + len(view.schemas)}
    assert world.json(world.registry.url) == served
    assert world.json(f"{world.registry.url}/") == served
    assert f"size: {size}" in world.run().stdout.splitlines()


@pytest.mark.parametrize("where", ["own", "url"])
def test_an_audit_names_the_first_thing_that_is_wrong(world: World, where: str) -> None:
    url = [world.registry.url] if where == "url" else []
    world.registry.flip("log_leaf", "leaf", 30, "idx = 2")
    document = world.json(*url, status=1)
    assert (document["valid"], document["code"], document["index"]) == (False, "leaf-rejected", 2)
    assert document["detail"].startswith("leaf 2")
    if url:
        assert document["file"].startswith("/log/tile/entries/000.p/")
    people = world.run(*url)
    assert (people.exit_code, people.stdout) == (1, "")
    assert people.stderr.startswith("leaf-rejected: leaf 2")


def test_an_audit_says_why_a_head_cannot_be_believed(world: World) -> None:
    note = "UPDATE log_checkpoint SET note = :note"
    world.registry.tamper(note, note=b"registry.gwanin.example/2026\n1\nAAAA\n\n")
    document = world.json(world.registry.url, status=1)
    assert (document["valid"], document["code"], document["index"]) == (False, "malformed", None)
    assert document["detail"].startswith("/log/checkpoint: ")
    document = world.json(status=1)
    assert (document["valid"], document["code"]) == (False, "log-inconsistent")


@pytest.mark.parametrize(
    "url", ["https://elsewhere.example", "http://registry.gwanin.example", "nonsense", ""]
)
def test_an_audit_of_what_cannot_be_fetched_has_a_verdict(world: World, url: str) -> None:
    is_away = url == "https://elsewhere.example"
    document = world.json(url, status=3 if is_away else 1)
    assert document["valid"] is (None if is_away else False)
    assert document["code"] == ("fetch-failed" if is_away else "fetch-refused")


# Memories and evidence


def _of_copy(world: AuditedLog, *arguments: str) -> Result:
    connection = _connection(world.log.anchor, world.files.outbound, world.log.clock)
    return _run(connection, world.log.view, (URL, *arguments))


def test_an_audit_goes_on_where_the_last_one_ended(tmp_path: Path) -> None:
    world, path = AuditedLog(300), tmp_path / "gwanin.audit"
    remember = ("--remember", str(path), "--json")
    first = _json(_of_copy(world, *remember), 0)
    assert (first["continued"], first["replayed"]) == (0, 300)
    world.grow(310)
    world.publish()
    second = _json(_of_copy(world, *remember), 0)
    assert (second["continued"], second["replayed"], second["size"]) == (300, 10, 310)
    from_nothing = _json(_of_copy(world, "--json"), 0)
    assert from_nothing == {**second, "continued": 0, "replayed": 310}
    assert parse_memory(path.read_bytes()).note == world.files.read("/log/checkpoint")


def test_a_memory_is_replaced_only_when_all_is_right(tmp_path: Path) -> None:
    world, path = AuditedLog(40), tmp_path / "gwanin.audit"
    _of_copy(world, "--remember", str(path))
    before = path.read_bytes()
    world.grow(50)
    world.publish()
    world.files.remove("/types/One/v1")
    document = _json(_of_copy(world, "--remember", str(path), "--json"), 1)
    assert (document["code"], document["file"]) == ("file-rejected", "/types/One/v1")
    assert path.read_bytes() == before
    first = _of_copy(world, "--remember", str(tmp_path / "other"))
    assert first.exit_code == 1
    assert not (tmp_path / "other").exists()


def test_a_rewritten_log_is_told_and_both_heads_are_kept(tmp_path: Path) -> None:
    world, path = AuditedLog(40), tmp_path / "gwanin.audit"
    _of_copy(world, "--remember", str(path))
    before = path.read_bytes()
    world.files = AuditedLog(60, batches=b"other").files
    document = _json(_of_copy(world, "--remember", str(path), "--json"), 1)
    assert (document["valid"], document["code"]) == (False, "log-rewritten")
    evidence = Path(document["evidence"])
    assert str(evidence) in document["detail"]
    kept = json.loads(evidence.read_bytes())
    assert kept["before"].encode() == parse_memory(before).note
    assert kept["now"].encode() == world.files.read("/log/checkpoint")
    assert path.read_bytes() == before
    people = _of_copy(world, "--remember", str(path))
    assert people.stderr.startswith("log-rewritten: ")
    assert str(evidence) in people.stderr


def test_a_rewritten_log_is_told_although_nothing_can_be_kept(tmp_path: Path) -> None:
    world, path = AuditedLog(40), tmp_path / "gwanin.audit"
    _of_copy(world, "--remember", str(path))
    world.files = AuditedLog(60, batches=b"other").files
    in_the_way = Path(_json(_of_copy(world, "--remember", str(path), "--json"), 1)["evidence"])
    in_the_way.unlink()
    in_the_way.mkdir()
    document = _json(_of_copy(world, "--remember", str(path), "--json"), 1)
    assert (document["code"], document["evidence"]) == ("log-rewritten", None)
    assert "could not be kept" in document["detail"]


def test_an_interrupted_audit_says_and_remembers_nothing(tmp_path: Path) -> None:
    world, path = AuditedLog(40), tmp_path / "gwanin.audit"
    world.files.interrupt_at = "/log/tile/entries/000.p/40"
    document = _json(_of_copy(world, "--remember", str(path), "--json"), 130)
    assert (document["valid"], document["code"]) == (None, "audit-interrupted")
    assert list(tmp_path.iterdir()) == []


# What is not there


def _without(error: Exception, *arguments: str) -> Result:
    def fail(*_: object) -> Any:
        raise error

    return CliRunner().invoke(
        audit_command(fail, fail, _no_pause), arguments, catch_exceptions=False
    )


def test_without_a_trust_file_nothing_is_believed() -> None:
    result = _without(NoTrustFile("there is none"), "https://x.example", "--json")
    assert _json(result, 1)["code"] == "no-trust-file"


def test_an_audit_without_a_database_has_a_verdict() -> None:
    document = _json(_without(StorageUnavailable("away"), "--json"), 3)
    assert (document["valid"], document["code"]) == (None, "storage-unavailable")


def test_a_damaged_memory_is_told_before_anything_is_fetched(tmp_path: Path) -> None:
    world, path = AuditedLog(40), tmp_path / "gwanin.audit"
    path.write_bytes(b"{}\n")
    document = _json(_of_copy(world, "--remember", str(path), "--json"), 1)
    assert document["code"] == "audit-memory-damaged"
    assert world.files.asked == []


def test_whose_registry_is_meant_can_be_said(world: World) -> None:
    asked: list[Path | None] = []

    def connect(connection: Connection, trust: Path | None) -> Connection:
        asked.append(trust)
        return connection

    registry = world.registry
    connection = _connection(registry.anchor, registry.outbound(), registry.clock)
    command = audit_command(partial(connect, connection), registry.replay, _no_pause)
    CliRunner().invoke(command, [registry.url, "--trust", "somebody/trust.json"])
    assert asked == [Path("somebody/trust.json")]


@pytest.mark.parametrize("option", ["--trust", "--remember"])
def test_an_audit_of_ones_own_tables_takes_no_files(world: World, option: str) -> None:
    assert world.run(option, "somebody.json").exit_code == 2
