"""An agency's software offers entries over HTTP: one leaf for each, and the current version for
whoever was slower."""

import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from credentials.json_object import parse_object
from did_registry.actions.agency_tokens import end_tokens, give_token
from did_registry.actions.sequencer import SEQUENCER
from did_registry.errors import UnknownDid
from did_registry.webvh.writer import build_deactivation
from storage.transaction import Database
from tests.did_registry.actions.test_sequence import take_lead
from tests.simulators.registry import SimulatedRegistry
from tests.simulators.registry_log import update_key

CODE = "GU-11620"
DAY = timedelta(days=1)


class Office:
    """An agency's software: its token, its client, its next line."""

    def __init__(self, registry: SimulatedRegistry) -> None:
        self.registry = registry
        self.did = registry.create(CODE)
        registry.clock.advance(seconds=1)
        self.token = self.new_token()
        self.client: FlaskClient = registry.http()

    def new_token(self, code: str = CODE) -> str:
        return self.registry.write(
            lambda session: give_token(
                session, code, entropy=bytes, lifetime=DAY, now=self.registry.clock()
            )
        )

    def headers(self) -> dict[str, str]:
        version = self.registry.version_id(self.did)
        return {
            "Authorization": f"Bearer {self.token}",
            "If-Match": f'"{version}"',
            "Idempotency-Key": "november",
            "Content-Type": "application/json",
        }

    def post(self, line: bytes, headers: dict[str, str], code: str = CODE) -> TestResponse:
        return self.client.post(f"/dids/{code}/entries", data=line, headers=headers)


@pytest.fixture
def office(database: Database) -> Iterator[Office]:
    registry = SimulatedRegistry(database)
    office = Office(registry)
    yield office
    registry.close()


@pytest.fixture
def small_office(sqlite_database: Database) -> Iterator[Office]:
    registry = SimulatedRegistry(sqlite_database)
    yield Office(registry)
    registry.close()


def _code(answer: TestResponse) -> Any:
    return json.loads(answer.data)["code"]


def test_an_entry_becomes_a_leaf_and_a_line(office: Office) -> None:
    line, headers = office.registry.next_line(office.did), office.headers()
    answer = office.post(line, headers)
    version_id = parse_object(line).text("versionId")
    assert answer.status_code == 201
    assert answer.json == {"index": 2, "versionId": version_id}
    again = office.post(line, headers)  # the same request, sent twice by a bad connection
    assert (again.status_code, again.json) == (201, answer.json)
    other_key = office.post(line, {**headers, "Idempotency-Key": "again"})
    assert (other_key.status_code, other_key.json) == (201, answer.json)
    served = office.client.get(f"/dids/{CODE}/did.jsonl").data
    assert served.splitlines()[-1] + b"\n" == line
    office.registry.publish()
    assert len(office.registry.replay().histories[office.did.scid].versions) == 2


def test_the_slower_of_two_is_told_the_current_version(office: Office) -> None:
    headers = office.headers()
    first, second = (office.registry.next_line(office.did, keys=keys) for keys in (7, 8))
    assert office.post(first, headers).status_code == 201
    slower = office.post(second, {**headers, "Idempotency-Key": "another"})
    assert (slower.status_code, _code(slower)) == (409, "version-conflict")
    assert slower.json is not None
    assert slower.json["current"] == office.registry.version_id(office.did)


def test_a_key_stands_for_one_entry(small_office: Office) -> None:
    office = small_office
    headers = office.headers()
    assert office.post(office.registry.next_line(office.did), headers).status_code == 201
    office.registry.clock.advance(seconds=1)
    other = office.post(office.registry.next_line(office.did), office.headers())
    assert (other.status_code, _code(other)) == (422, "idempotency-key-reused")


def test_while_another_process_is_busy_it_is_kept(small_office: Office) -> None:
    office = small_office
    leader = office.registry.database.leadership(SEQUENCER)
    assert leader.take()
    line, headers = office.registry.next_line(office.did), office.headers()
    answer = office.post(line, headers)
    assert (answer.status_code, answer.json) == (202, {"state": "waiting"})
    where = answer.headers["Location"]
    assert office.client.get(where, headers=headers).status_code == 202
    leader.give_up()
    assert office.post(line, headers).status_code == 201
    told = office.client.get(where, headers=headers)
    assert told.status_code == 201
    assert told.json == {"index": 2, "versionId": parse_object(line).text("versionId")}
    assert office.client.get(where).status_code == 401
    gone = office.client.get(f"/dids/{CODE}/entries/{'0' * 64}", headers=headers)
    assert (gone.status_code, _code(gone)) == (404, "unknown-submission")
    assert office.client.get(f"/dids/{CODE}/entries/x", headers=headers).status_code == 404


@pytest.mark.parametrize(
    "token", ["", "Basic abc", "Bearer gwr_short", "Bearer gwr_" + "B" * 43, "bearer gwr_x"]
)
def test_strangers_are_refused(small_office: Office, token: str) -> None:
    headers = {**small_office.headers(), "Authorization": token}
    answer = small_office.post(b"{}", headers)
    assert (answer.status_code, _code(answer)) == (401, "agency-token-refused")
    assert answer.headers["WWW-Authenticate"].startswith("Bearer")


def test_a_token_is_good_for_its_agency_and_its_time(small_office: Office) -> None:
    office = small_office
    office.registry.create("SEL-HR")
    line, headers = office.registry.next_line(office.did), office.headers()
    assert office.post(line, headers, code="SEL-HR").status_code == 401
    office.registry.clock.advance(days=2)
    assert office.post(line, headers).status_code == 401
    office.registry.write(lambda session: end_tokens(session, CODE))
    office.token = office.new_token()
    assert office.registry.write(lambda session: end_tokens(session, CODE)) == 1
    assert office.post(line, office.headers()).status_code == 401
    with pytest.raises(UnknownDid):
        office.new_token("NOBODY")


@pytest.mark.parametrize(
    ("name", "value", "status"),
    [
        ("If-Match", "", 428),
        ("If-Match", "*", 428),
        ("If-Match", '"1-a", "1-b"', 428),
        ("If-Match", '"1-a"', 409),
        ("Idempotency-Key", "", 428),
        ("Idempotency-Key", "two words", 400),
        ("Idempotency-Key", "k" * 129, 400),
        ("Content-Type", "text/plain", 415),
    ],
)
def test_what_a_request_must_say(small_office: Office, name: str, value: str, status: int) -> None:
    headers = small_office.headers()
    headers[name] = value
    line = small_office.registry.next_line(small_office.did)
    assert small_office.post(line, headers).status_code == status
    assert small_office.registry.read(lambda s: s.connection().exec_driver_sql(
        "SELECT count(*) FROM log_inbox").scalar()) == 0  # fmt: skip


def test_entries_that_break_a_rule_are_refused_with_its_code(small_office: Office) -> None:
    office = small_office
    line, headers = office.registry.next_line(office.did), office.headers()
    members = parse_object(line).members
    unsigned = json.dumps({**members, "proof": []}).encode()
    foreign = json.dumps({**members, "versionTime": "2026-03-13T03:04:06+09:00"}).encode()
    history = office.registry.history(office.did)
    ended = build_deactivation(history, signer=update_key(2, 2), now=office.registry.clock())
    for text, code in (
        (b"{}", "log-malformed"),
        (b"[" * 3000, "log-malformed"),
        (unsigned, "log-proof-invalid"),
        (foreign, "log-time-invalid"),
        (line[:-1].replace(b"#eddsa-1", b"#eddsa-9"), "log-hash-mismatch"),
        (ended[0].rstrip(b"\n"), "pre-rotation-required"),
    ):
        answer = office.post(text, headers)
        assert (answer.status_code // 100, _code(answer)) == (4, code)
    assert take_lead(office.registry) == 1  # nobody has led before: nothing was submitted
