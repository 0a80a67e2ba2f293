import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from did_registry import store
from did_registry.webvh.did import Did
from did_registry.webvh.history import replay
from storage.base import Base
from storage.engine import build_engine
from storage.transaction import Database
from tests.simulators.registry import SimulatedRegistry

RESULT = "application/did-resolution"
DOCUMENT = "application/did"
LEGACY = 'application/ld+json;profile="https://w3id.org/did-resolution"'
ERROR = "https://www.w3.org/ns/did#"


class World:
    """An agency with two versions, a day apart, and one that has ended."""

    def __init__(self, database: Database, port: int | None = None) -> None:
        self.registry = SimulatedRegistry(database, port=port)
        self.agency = self.registry.create("GU-11620")
        self.ended = self.registry.create("SEL-YOUTH")
        self.registry.clock.advance(days=1)
        self.registry.rotate(self.agency)
        self.registry.deactivate(self.ended)
        self.http: FlaskClient = self.registry.http()

    def resolve(self, did: Did | str, accept: str | None = None, **options: str) -> TestResponse:
        """One request to the resolver, with the DID percent-encoded as a whole."""
        headers = {} if accept is None else {"Accept": accept}
        path = f"/1.0/identifiers/{quote(str(did), safe='')}"
        return self.http.get(path, headers=headers, query_string=options)


def _body(answer: TestResponse) -> Any:
    """The answer as JSON, whatever it calls itself."""
    return json.loads(answer.data)


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """For those who only read."""
    file = tmp_path_factory.mktemp("dids") / "dids.sqlite"
    database = Database(build_engine(f"sqlite:///{file}"))
    database.create_tables(Base.metadata)
    yield World(database)
    database.close()


# did.jsonl


def test_a_did_log_is_what_was_stored(world: World) -> None:
    answer = world.http.get("/dids/GU-11620/did.jsonl")
    assert answer.status_code == 200
    assert answer.content_type == "text/jsonl; charset=utf-8"
    registry, agency = world.registry, world.agency
    assert answer.data == registry.read(lambda session: store.did_log(session, agency.scid))
    history = replay(answer.data, did=agency, now=registry.clock(), witnesses=None)
    assert len(history.versions) == 2


def test_a_did_log_is_public_and_cached_for_a_minute(world: World) -> None:
    headers = world.http.get("/dids/GU-11620/did.jsonl").headers
    assert headers["Cache-Control"] == "public, max-age=60"
    assert headers["Access-Control-Allow-Origin"] == "*"
    assert headers["Cross-Origin-Resource-Policy"] == "cross-origin"


def test_a_did_log_is_fetched_again_when_it_has_grown(sqlite_database: Database) -> None:
    world = World(sqlite_database)
    path = "/dids/GU-11620/did.jsonl"
    tag = world.http.get(path).headers["ETag"]
    unchanged = world.http.get(path, headers={"If-None-Match": tag})
    assert (unchanged.status_code, unchanged.data) == (304, b"")
    world.registry.clock.advance(days=1)
    world.registry.rotate(world.agency)
    assert world.http.get(path, headers={"If-None-Match": tag}).status_code == 200


def test_a_head_request_has_the_same_headers_and_no_body(world: World) -> None:
    path = "/dids/GU-11620/did.jsonl"
    whole, head = world.http.get(path), world.http.head(path)
    assert (head.status_code, head.data) == (200, b"")
    for answer in (whole, head):
        del answer.headers["X-Correlation-Id"]
    assert head.headers == whole.headers


@pytest.mark.parametrize(
    "code", ["GU-11621", "gu-11620", "GU-11620%00", "%00", "..", "%F0%9F%92%A9", "x" * 3000]
)
def test_other_codes_have_no_log(world: World, code: str) -> None:
    answer = world.http.get(f"/dids/{code}/did.jsonl")
    assert answer.status_code == 404
    assert answer.content_type == "application/problem+json"
    assert answer.json is not None
    assert answer.json["code"] in {"unknown-did", "not-found"}


# Resolution


def test_resolves_to_the_latest_version(world: World) -> None:
    answer = world.resolve(world.agency)
    assert (answer.status_code, answer.content_type) == (200, RESULT)
    body = _body(answer)
    assert body["didDocument"]["id"] == str(world.agency)
    assert body["didDocumentMetadata"]["versionId"].startswith("2-")
    assert body["didResolutionMetadata"] == {"contentType": DOCUMENT}


def test_resolves_each_version_by_id_time_and_number(world: World) -> None:
    first = _body(world.resolve(world.agency, versionNumber="1"))["didDocumentMetadata"]
    assert first["versionId"].startswith("1-")
    for option, value in (
        ("versionId", first["versionId"]),
        ("versionTime", "2026-03-14T02:59:59Z"),
        ("versionTime", "2026-03-13T03:00:00Z"),
    ):
        found = world.resolve(world.agency, **{option: value})
        assert found.status_code == 200
        assert _body(found)["didDocumentMetadata"]["versionId"] == first["versionId"]


@pytest.mark.parametrize(
    ("options", "status", "error"),
    [
        ({"versionId": "3-x"}, 404, "NOT_FOUND"),
        ({"versionNumber": "3"}, 404, "NOT_FOUND"),
        ({"versionTime": "2026-03-13T02:59:59Z"}, 404, "NOT_FOUND"),
        ({"versionTime": "yesterday"}, 400, "INVALID_OPTIONS"),
        ({"versionNumber": "one"}, 400, "INVALID_OPTIONS"),
        ({"versionId": ""}, 400, "INVALID_OPTIONS"),
        ({"versionId": "1-x", "versionNumber": "1"}, 400, "INVALID_OPTIONS"),
        ({"service": "files"}, 501, "FEATURE_NOT_SUPPORTED"),
    ],
    ids=str,
)
def test_options_that_lead_nowhere(
    world: World, options: dict[str, str], status: int, error: str
) -> None:
    answer = world.resolve(world.agency, **options)
    assert (answer.status_code, answer.content_type) == (status, RESULT)
    assert _body(answer)["didDocument"] is None
    assert _body(answer)["didResolutionMetadata"]["error"]["type"] == ERROR + error


def test_an_option_given_twice_is_refused(world: World) -> None:
    path = f"/1.0/identifiers/{quote(str(world.agency), safe='')}"
    answer = world.http.get(f"{path}?versionNumber=1&versionNumber=2")
    assert answer.status_code == 400


def test_a_deactivated_did_is_gone_and_its_past_is_not(world: World) -> None:
    answer = world.resolve(world.ended)
    assert answer.status_code == 410
    assert _body(answer)["didDocument"] is None
    assert _body(answer)["didDocumentMetadata"]["deactivated"] is True
    past = world.resolve(world.ended, versionNumber="1")
    assert past.status_code == 410
    assert _body(past)["didDocument"]["id"] == str(world.ended)


@pytest.mark.parametrize(
    ("did", "status", "error"),
    [
        ("did:webvh:QmaJp6pmb6RUk4oaDyWQcjeqYbvxsc3kvmHWPpz7B5JTEc:x.example", 404, "NOT_FOUND"),
        ("did:webvh:QmaJp6pmb6RUk4oaDyWQcjeqYbvxsc3kvmHWPpz7B5JTEc", 400, "INVALID_DID"),
        ("did:webvh:x:registry.gwanin.example", 400, "INVALID_DID"),
        ("did:webvh:", 400, "INVALID_DID"),
        ("did:key:z6MkpTHR8VNsBxYAAWHut2Geadd9jSwuBV8xRoAnwWsdvktH", 501, "METHOD_NOT_SUPPORTED"),
        ("did:tdw:x", 501, "METHOD_NOT_SUPPORTED"),
        ("nonsense", 501, "METHOD_NOT_SUPPORTED"),
        ("세금", 501, "METHOD_NOT_SUPPORTED"),
    ],
)
def test_what_is_no_did_of_ours(world: World, did: str, status: int, error: str) -> None:
    answer = world.resolve(did)
    assert (answer.status_code, answer.content_type) == (status, RESULT)
    assert _body(answer)["didResolutionMetadata"]["error"]["type"] == ERROR + error


def test_a_did_at_another_address_is_not_ours(world: World) -> None:
    answer = world.resolve(str(world.agency).replace("registry.", "elsewhere."))
    assert answer.status_code == 400
    assert _body(answer)["didDocument"] is None


def test_a_key_in_a_did_is_not_a_did(world: World) -> None:
    assert world.resolve(f"{world.agency}#eddsa-1").status_code == 400


@pytest.mark.parametrize("port", [None, 8443])
def test_a_did_may_be_appended_as_it_is(sqlite_database: Database, port: int | None) -> None:
    """DID Resolution §12.1 step 2: without options nothing need be encoded, so that the `%3A` of
    a port is decoded by whoever reads the path."""
    world = World(sqlite_database, port)
    encoded, plain = world.resolve(world.agency), world.http.get(f"/1.0/identifiers/{world.agency}")
    assert encoded.status_code == plain.status_code == 200
    assert _body(plain) == _body(encoded)
    assert _body(plain)["didDocument"]["id"] == str(world.agency)


# Representations


def test_who_asks_for_nothing_special_gets_the_result(world: World) -> None:
    whole = _body(world.resolve(world.agency))
    for accept in (
        RESULT,
        "*/*",
        "application/*",
        "application/json",
        "",
        f"{DOCUMENT};q=0.5, */*",
    ):
        answer = world.resolve(world.agency, accept)
        assert (answer.status_code, answer.content_type) == (200, RESULT), accept
        assert _body(answer) == whole


def test_who_asks_for_the_document_gets_it_alone(world: World) -> None:
    for accept in (DOCUMENT, f"{RESULT};q=0.1, {DOCUMENT}"):
        answer = world.resolve(world.agency, accept)
        assert (answer.status_code, answer.content_type) == (200, DOCUMENT)
        assert _body(answer) == _body(world.resolve(world.agency))["didDocument"]


def test_who_asks_for_a_document_that_is_not_there_gets_the_result(world: World) -> None:
    for did, status in ((world.ended, 410), ("did:webvh:x", 400)):
        answer = world.resolve(did, DOCUMENT)
        assert (answer.status_code, answer.content_type) == (status, RESULT)
        assert _body(answer)["didDocument"] is None


def test_older_clients_get_the_error_as_one_word(world: World) -> None:
    answer = world.resolve("did:webvh:x", LEGACY)
    assert (answer.status_code, answer.content_type) == (400, LEGACY)
    assert _body(answer)["didResolutionMetadata"]["error"] == "invalidDid"
    found = world.resolve(world.agency, LEGACY)
    assert (found.status_code, found.content_type) == (200, LEGACY)
    assert _body(found) == _body(world.resolve(world.agency))


@pytest.mark.parametrize(
    "accept", ["text/html", "application/did+cbor", "image/*", f"{RESULT};q=0"]
)
def test_no_other_representation_is_there(world: World, accept: str) -> None:
    answer = world.resolve(world.agency, accept)
    assert (answer.status_code, answer.content_type) == (406, RESULT)
    error = _body(answer)["didResolutionMetadata"]["error"]["type"]
    assert error == ERROR + "REPRESENTATION_NOT_SUPPORTED"


# Headers


def test_an_answer_is_public_and_kept_apart_by_what_was_accepted(world: World) -> None:
    answer = world.resolve(world.agency)
    assert answer.headers["Cache-Control"] == "public, max-age=60"
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert "Accept" in answer.headers["Vary"]
    tag = answer.headers["ETag"]
    path = f"/1.0/identifiers/{quote(str(world.agency), safe='')}"
    assert world.http.get(path, headers={"If-None-Match": tag}).status_code == 304
    other = {"If-None-Match": tag, "Accept": DOCUMENT}
    assert world.http.get(path, headers=other).status_code == 200


@pytest.mark.parametrize(("did", "accept"), [("did:webvh:x", None), ("did:key:x", None), ("", "*")])
def test_a_refusal_is_public_and_not_kept(world: World, did: str, accept: str | None) -> None:
    answer = world.resolve(did or world.agency, accept)
    assert answer.status_code >= 400
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert answer.headers["Cross-Origin-Resource-Policy"] == "cross-origin"


def test_a_head_request_resolves_without_a_body(world: World) -> None:
    path = f"/1.0/identifiers/{quote(str(world.agency), safe='')}"
    answer = world.http.head(path)
    assert (answer.status_code, answer.data) == (200, b"")
    assert world.http.head("/1.0/identifiers/did:key:x").status_code == 501


def test_a_log_that_was_changed_in_the_database_is_not_resolved(sqlite_database: Database) -> None:
    world = World(sqlite_database)
    world.registry.tamper(
        "UPDATE did_version SET entry = :entry WHERE log_idx = 1",
        entry=world.http.get("/dids/GU-11620/did.jsonl").data.replace(b"-11620", b"-11621"),
    )
    answer = world.resolve(world.agency)
    assert answer.status_code == 400
    assert _body(answer)["didDocument"] is None
