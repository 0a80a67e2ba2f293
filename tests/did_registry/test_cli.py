"""`gwanin registry …`, against a simulated registry and against files."""

import json
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from credentials.claims import Claims
from credentials.did_key import encode_did_key
from credentials.keys import P256Signer
from did_registry.actions.append import LeafDraft
from did_registry.actions.connect import Connection
from did_registry.actions.follow import Freshness, RegistryFollower
from did_registry.actions.foreign_dids import ForeignDids
from did_registry.admission import Admission
from did_registry.cli import MAX_LOG_BYTES, registry_commands
from did_registry.errors import NoTrustFile
from did_registry.leaf import LeafKind
from did_registry.notice import sign_notice
from storage.transaction import Database
from tests.did_registry.webvh.test_vectors import NEGATIVE, NOW, OUT_OF_STEP, SUITE, VALID
from tests.did_registry.webvh.test_vectors import _did as did_in
from tests.simulators.clock import SimulatedClock
from tests.simulators.registry import SimulatedRegistry
from tests.simulators.webvh_log import plain_drafts, seal, to_log

TYPE = "SeoulResidencyCredential"


class World:
    """A registry with an agency and a verifier, and the commands of somebody who pins it."""

    def __init__(self, database: Database) -> None:
        self.registry = SimulatedRegistry(database)
        self.agency = self.registry.create("GU-11620")
        self.registry.accredit(self.agency, TYPE)
        self.library = self.registry.create("VER-LIB")
        self.registry.register(self.library, f"{TYPE}.ageOver19")
        self.registry.publish_types()
        self.registry.publish()
        self.trusted: Path | None = None

    def run(self, *arguments: str) -> Result:
        """One command in a process of its own, as it were."""
        outbound = self.registry.outbound()
        connection = Connection(
            anchor=self.registry.anchor,
            follower=RegistryFollower(self.registry.anchor, outbound, Freshness()),
            elsewhere=ForeignDids(outbound),
            outbound=outbound,
            clock=self.registry.clock,
        )
        group = registry_commands(partial(self._connect, connection), lambda: self.registry.clock)
        return CliRunner().invoke(group, arguments, catch_exceptions=False)

    def _connect(self, connection: Connection, trust: Path | None) -> Connection:
        self.trusted = trust
        return connection

    def json(self, *arguments: str, status: int = 0) -> Any:
        """The one document that a command prints."""
        result = self.run(*arguments, "--json")
        assert result.exit_code == status, result.stderr
        assert result.stdout.count("\n") == 1
        return json.loads(result.stdout)


@pytest.fixture
def world(sqlite_database: Database) -> World:
    return World(sqlite_database)


# list


def test_lists_everybody_with_names_and_roles(world: World) -> None:
    rows = world.json("list")
    assert [row["did"] for row in rows] == sorted(row["did"] for row in rows)
    found = {row["code"]: row for row in rows}
    assert {code: row["roles"] for code, row in found.items()} == {
        "SEL-DIG": ["root"],
        "GU-11620": ["issuer"],
        "VER-LIB": ["verifier"],
    }
    assert found["GU-11620"] == {
        "code": "GU-11620",
        "did": str(world.agency),
        "name_ko": "관악구",
        "name_en": "Gwanak-gu",
        "roles": ["issuer"],
        "credential_issuer": None,
    }
    assert found["VER-LIB"]["name_en"] == "Seoul Metropolitan Library"
    assert (found["SEL-DIG"]["name_ko"], found["SEL-DIG"]["name_en"]) == (None, None)


def test_lists_who_was_admitted_as_well(world: World) -> None:
    did = encode_did_key(P256Signer(b"\x31" * 32).public_key)
    root, now = world.registry.authority, world.registry.clock().replace(microsecond=0)
    notice = Admission(
        did=did,
        name_ko="부산광역시",
        name_en="Busan",
        until=now + timedelta(days=9),
        types=(TYPE,),
        asking=None,
    )
    statement = sign_notice(
        notice, root=str(root.did), key_id=root.key_id, signer=root.signer, now=now
    )
    body: Claims = {"statement": statement}
    world.registry.append([LeafDraft(kind=LeafKind.NOTICE, subject=did, body=body)])
    world.registry.publish()
    assert world.json("list")[-1] == {
        "code": did.removeprefix("did:key:"),
        "did": did,
        "name_ko": "부산광역시",
        "name_en": "Busan",
        "roles": ["issuer"],
        "credential_issuer": None,
    }
    assert world.registry.replay().notices == 1


def test_a_right_that_has_ended_is_no_role_any_more(world: World) -> None:
    world.registry.clock.advance(days=400)
    found = {row["code"]: row for row in world.json("list")}
    assert found["VER-LIB"]["roles"] == []
    assert found["VER-LIB"]["name_ko"] == "서울도서관"
    assert found["GU-11620"]["roles"] == ["issuer"]


def test_people_read_names_and_dids(world: World) -> None:
    lines = world.run("list").stdout.splitlines()
    assert "GU-11620: 관악구 / Gwanak-gu" in lines
    assert f"  {world.agency}" in lines


# resolve


def test_resolves_a_did_as_the_registry_does_over_http(world: World) -> None:
    over_http = world.registry.http().get(f"/1.0/identifiers/{world.agency}")
    assert world.json("resolve", str(world.agency)) == json.loads(over_http.data)
    for option, value in (("--version-time", "2026-03-13T03:00:00Z"),):
        found = world.json("resolve", str(world.agency), option, value)
        assert found["didDocument"]["id"] == str(world.agency)


def test_resolves_a_version_by_its_id(world: World) -> None:
    version = world.json("resolve", str(world.agency))["didDocumentMetadata"]["versionId"]
    found = world.json("resolve", str(world.agency), "--version-id", version)
    assert found["didDocumentMetadata"]["versionId"] == version
    people = world.run("resolve", str(world.agency))
    assert (people.exit_code, json.loads(people.stdout)["didDocumentMetadata"]) == (
        0,
        found["didDocumentMetadata"],
    )


@pytest.mark.parametrize(
    ("did", "options", "error"),
    [
        ("did:webvh:x", (), "INVALID_DID"),
        ("did:key:z6Mk", (), "METHOD_NOT_SUPPORTED"),
        ("", (), "INVALID_DID"),
        (
            "did:webvh:QmaJp6pmb6RUk4oaDyWQcjeqYbvxsc3kvmHWPpz7B5JTEc:x.example",
            (),
            "NOT_FOUND",
        ),
        ("AGENCY", ("--version-id", "2-x"), "NOT_FOUND"),
        ("AGENCY", ("--version-time", "2026-03-13T02:59:59Z"), "NOT_FOUND"),
        ("AGENCY", ("--version-time", "yesterday"), "INVALID_OPTIONS"),
        (
            "AGENCY",
            ("--version-id", "1-x", "--version-time", "2026-03-13T03:00:00Z"),
            "INVALID_OPTIONS",
        ),
        ("ELSEWHERE", (), "NOT_FOUND"),
    ],
)
def test_what_cannot_be_resolved_is_an_answer_with_status_1(
    world: World, did: str, options: tuple[str, ...], error: str
) -> None:
    elsewhere = str(world.agency).replace("registry.", "elsewhere.")
    text = {"AGENCY": str(world.agency), "ELSEWHERE": elsewhere}.get(did, did)
    document = world.json("resolve", text, *options, status=1)
    assert document["didDocument"] is None
    kind = document["didResolutionMetadata"]["error"]["type"]
    assert kind == f"https://www.w3.org/ns/did#{error}"


def test_a_registry_that_cannot_be_followed_is_told_with_its_code(world: World) -> None:
    world.registry.flip("log_leaf", "leaf", 30, "idx = 0")
    result = world.run("list", "--json")
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr.startswith("leaf-rejected: leaf 0: ")


# check


@pytest.fixture(scope="module")
def checker() -> CliRunner:
    return CliRunner()


def _check(runner: CliRunner, *arguments: str | Path) -> tuple[int, Any]:
    def nothing(*_: object) -> Any:
        raise AssertionError("a file is checked without any registry")

    group = registry_commands(nothing, lambda: SimulatedClock(NOW))
    result = runner.invoke(group, ["check", *map(str, arguments), "--json"], catch_exceptions=False)
    return result.exit_code, json.loads(result.stdout) if result.stdout else result.stderr


def _check_folder(runner: CliRunner, folder: Path, *options: str) -> tuple[int, Any]:
    witness = folder / "did-witness.json"
    beside = ("--witness", witness) if witness.exists() else ()
    return _check(runner, folder / "did.jsonl", *beside, *options)


@pytest.mark.parametrize("name", VALID)
def test_accepts_the_suites_logs(checker: CliRunner, name: str) -> None:
    status, document = _check_folder(checker, SUITE / name)
    assert (status, document["valid"], document["code"]) == (0, True, None)
    assert document["versions"] >= 1
    assert (document["entry"], document["detail"]) == (None, None)


@pytest.mark.parametrize("name", OUT_OF_STEP)
def test_refuses_the_suites_logs_that_the_specification_refuses(
    checker: CliRunner, name: str
) -> None:
    error, entry = OUT_OF_STEP[name]
    status, document = _check_folder(checker, SUITE / name)
    assert (status, document["valid"]) == (1, False)
    assert (document["code"], document["entry"]) == (error.code, entry)


@pytest.mark.parametrize("name", NEGATIVE)
def test_refuses_the_suites_negative_logs(checker: CliRunner, name: str) -> None:
    error, entry = NEGATIVE[name]
    folder = SUITE / name / "ts"
    status, document = _check_folder(checker, folder, "--did", str(did_in(folder, -1)))
    assert (status, document["valid"]) == (1, False)
    assert (document["code"], document["entry"]) == (error.code, entry)
    assert document["resolution"]["didDocument"] is None
    status, document = _check_folder(checker, folder)  # whose last line may name no DID at all
    assert (status, document["valid"]) == (1, False)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\n",
        b"{}",
        b"[]",
        b"nonsense",
        b'{"state":{"id":"did:web:x"}}',
        b"\xff",
        b"{" * 100,
        b" " * (MAX_LOG_BYTES + 1),
        b"\n" * 1001,
    ],
    ids=["none", "line", "empty", "array", "text", "did", "utf-8", "deep", "large", "long"],
)
def test_any_file_has_a_verdict(checker: CliRunner, tmp_path: Path, data: bytes) -> None:
    (tmp_path / "did.jsonl").write_bytes(data)
    status, document = _check(checker, tmp_path / "did.jsonl")
    assert (status, document["valid"], document["versions"]) == (1, False, 0)
    assert document["did"] is None
    error = document["resolution"]["didResolutionMetadata"]["error"]
    assert error["type"] == "https://www.w3.org/ns/did#INVALID_DID"


@pytest.fixture
def log_file(tmp_path: Path) -> Path:
    (tmp_path / "did.jsonl").write_bytes(to_log(seal(plain_drafts())))
    return tmp_path / "did.jsonl"


def test_the_did_may_be_said(checker: CliRunner, log_file: Path) -> None:
    status, document = _check(checker, log_file)
    did, versions = document["did"], document["versions"]
    assert (status, versions) == (0, 3)
    assert _check(checker, log_file, "--did", did) == (0, document)
    status, other = _check(checker, log_file, "--did", did.replace("registry.", "elsewhere."))
    assert (status, other["code"]) == (1, "log-document-invalid")
    status, other = _check(checker, log_file, "--did", "did:web:x")
    assert (status, other["code"], other["did"]) == (1, "did-invalid", "did:web:x")


def test_a_version_may_be_asked_for_by_time(checker: CliRunner, log_file: Path) -> None:
    status, document = _check(checker, log_file, "--version-time", "2026-03-14T03:04:05Z")
    assert status == 0
    assert document["resolution"]["didDocumentMetadata"]["versionId"].startswith("2-")
    status, document = _check(checker, log_file, "--version-time", "2020-01-01T00:00:00Z")
    assert (status, document["valid"]) == (1, True)


def test_a_log_that_ends_wrongly_still_names_its_valid_part(
    checker: CliRunner, log_file: Path
) -> None:
    with log_file.open("ab") as stream:
        stream.write(log_file.read_bytes().splitlines(keepends=True)[-1])
    status, document = _check(checker, log_file)
    assert (status, document["code"], document["entry"]) == (1, "log-out-of-sequence", 4)
    assert document["versions"] == 3


def test_a_malformed_witness_file_is_told(checker: CliRunner, log_file: Path) -> None:
    witness = log_file.with_name("did-witness.json")
    witness.write_bytes(b"{}")
    status, document = _check(checker, log_file, "--witness", witness)
    assert (status, document["valid"], document["code"]) == (1, False, "malformed")


def test_what_is_no_file_is_wrong_usage(checker: CliRunner, tmp_path: Path) -> None:
    assert _check(checker, tmp_path)[0] == 2
    assert _check(checker, tmp_path / "missing")[0] == 2


def test_people_read_a_verdict(world: World, log_file: Path) -> None:
    world.registry.clock.set(NOW)
    lines = world.run("check", str(log_file)).stdout.splitlines()
    assert lines[0] == "valid: yes"
    assert "versions: 3" in lines


# What is not there


def _without(error: Exception, *arguments: str) -> Result:
    def fail(*_: object) -> Any:
        raise error

    group = registry_commands(fail, fail)
    return CliRunner().invoke(group, arguments, catch_exceptions=False)


def test_without_a_trust_file_nothing_is_believed() -> None:
    for arguments in (["list"], ["resolve", "did:webvh:x"]):
        result = _without(NoTrustFile("there is no trust file"), *arguments, "--json")
        assert (result.exit_code, result.stdout) == (1, "")
        assert result.stderr.startswith("no-trust-file: ")


def test_a_code_is_no_did_and_the_list_has_it(world: World) -> None:
    result = world.run("resolve", "GU-11620")
    assert result.exit_code == 1
    assert "INVALID_DID" in result.stdout
    assert result.stderr.startswith("did-invalid: this is no DID; `gwanin registry list` has")


@pytest.mark.parametrize("command", ["list", "resolve"])
def test_whose_registry_is_meant_can_be_said(world: World, command: str) -> None:
    arguments = {"resolve": ["did:webvh:x"]}
    world.run(command, *arguments.get(command, []), "--trust", "somebody/trust.json")
    assert world.trusted == Path("somebody/trust.json")


def test_wrong_usage_ends_with_2(world: World) -> None:
    for arguments in ([], ["resolve"], ["list", "extra"], ["check"], ["nothing"], ["list", "--no"]):
        assert world.run(*arguments).exit_code == 2, arguments
