import json
from collections.abc import Iterator
from urllib.parse import quote

import pytest

from credentials.did_key import encode_did_jwk, parse_self_describing
from credentials.json_object import JsonObject
from credentials.keys import P256Signer
from did_registry import store
from did_registry.document import Purpose, parse_document
from did_registry.webvh.history import replay
from did_registry.webvh.witness import parse_witness_file
from storage.base import Base
from storage.engine import build_engine
from storage.transaction import Database
from tests.simulators.did_resolver import ResolverWorld, read_body_of

RESULT = "application/did-resolution"
DOCUMENT = "application/did"
LEGACY = 'application/ld+json;profile="https://w3id.org/did-resolution"'
ERROR = "https://www.w3.org/ns/did#"


DID_KEY = "did:key:z6MkpTHR8VNsBxYAAWHut2Geadd9jSwuBV8xRoAnwWsdvktH"


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ResolverWorld]:
    """For those who only read."""
    file = tmp_path_factory.mktemp("dids") / "dids.sqlite"
    database = Database(build_engine(f"sqlite:///{file}"))
    database.create_tables(Base.metadata)
    yield ResolverWorld(database)
    database.close()


# did.jsonl


def test_a_did_log_is_what_was_stored(world: ResolverWorld) -> None:
    answer = world.http.get("/dids/GU-11620/did.jsonl")
    assert answer.status_code == 200
    assert answer.content_type == "text/jsonl; charset=utf-8"
    registry, agency = world.registry, world.agency
    assert answer.data == registry.read(lambda session: store.did_log(session, agency.scid))
    history = replay(answer.data, did=agency, now=registry.clock(), witnesses=None)
    assert len(history.versions) == 2


def test_a_did_log_is_public_and_cached_for_a_minute(world: ResolverWorld) -> None:
    headers = world.http.get("/dids/GU-11620/did.jsonl").headers
    assert headers["Cache-Control"] == "public, max-age=60"
    assert headers["Access-Control-Allow-Origin"] == "*"
    assert headers["Cross-Origin-Resource-Policy"] == "cross-origin"


def test_a_did_log_is_fetched_again_when_it_has_grown(sqlite_database: Database) -> None:
    world = ResolverWorld(sqlite_database)
    path = "/dids/GU-11620/did.jsonl"
    tag = world.http.get(path).headers["ETag"]
    unchanged = world.http.get(path, headers={"If-None-Match": tag})
    assert (unchanged.status_code, unchanged.data) == (304, b"")
    world.registry.clock.advance(days=1)
    world.registry.rotate(world.agency)
    assert world.http.get(path, headers={"If-None-Match": tag}).status_code == 200


def test_a_head_request_has_the_same_headers_and_no_body(world: ResolverWorld) -> None:
    path = "/dids/GU-11620/did.jsonl"
    whole, head = world.http.get(path), world.http.head(path)
    assert (head.status_code, head.data) == (200, b"")
    for answer in (whole, head):
        del answer.headers["X-Correlation-Id"]
    assert head.headers == whole.headers


@pytest.mark.parametrize(
    "code", ["GU-11621", "gu-11620", "GU-11620%00", "%00", "..", "%F0%9F%92%A9", "x" * 3000]
)
def test_other_codes_have_no_log(world: ResolverWorld, code: str) -> None:
    answer = world.http.get(f"/dids/{code}/did.jsonl")
    assert answer.status_code == 404
    assert answer.content_type == "application/problem+json"
    assert answer.json is not None
    assert answer.json["code"] in {"unknown-did", "not-found"}


def test_the_end_of_a_log_is_asked_for_alone(sqlite_database: Database) -> None:
    world = ResolverWorld(sqlite_database)
    path = "/dids/GU-11620/did.jsonl"
    before = world.http.get(path)
    assert before.headers["ETag"] == f'"{json.loads(before.data.splitlines()[-1])["versionId"]}"'
    assert before.headers["Accept-Ranges"] == "bytes"
    have = {"Range": f"bytes={len(before.data)}-"}
    assert world.http.get(path, headers=have).status_code == 416  # nothing came since
    world.registry.clock.advance(days=1)
    world.registry.rotate(world.agency)
    more = world.http.get(path, headers=have)
    whole = world.http.get(path).data
    assert more.status_code == 206
    assert (
        more.headers["Content-Range"] == f"bytes {len(before.data)}-{len(whole) - 1}/{len(whole)}"
    )
    assert before.data + more.data == whole
    replay(before.data + more.data, did=world.agency, now=world.registry.clock(), witnesses=None)


def test_a_log_that_has_changed_is_sent_whole_where_that_was_asked(world: ResolverWorld) -> None:
    path, first = "/dids/GU-11620/did.jsonl", {"Range": "bytes=0-9"}
    assert len(world.http.get(path, headers=first).data) == 10
    other = world.http.get(path, headers=first | {"If-Range": '"1-x"'})
    assert (other.status_code, other.data) == (200, world.http.get(path).data)
    tag = {"If-None-Match": world.http.get(path).headers["ETag"]}
    assert world.http.get(path, headers=first | tag).status_code == 304


def test_no_did_here_has_witnesses_of_its_own(world: ResolverWorld) -> None:
    answer = world.http.get("/dids/GU-11620/did-witness.json")
    assert (answer.status_code, answer.content_type) == (200, "application/json")
    assert parse_witness_file(answer.data).proofs == {}
    log = world.http.get("/dids/GU-11620/did.jsonl").data
    for line in log.splitlines():
        assert "witness" not in json.loads(line)["parameters"]
    assert world.http.get("/dids/GU-11621/did-witness.json").status_code == 404


# Resolution


def test_resolves_to_the_latest_version(world: ResolverWorld) -> None:
    answer = world.resolve(world.agency)
    assert (answer.status_code, answer.content_type) == (200, RESULT)
    body = read_body_of(answer)
    assert body["didDocument"]["id"] == str(world.agency)
    assert body["didDocumentMetadata"]["versionId"].startswith("2-")
    assert body["didResolutionMetadata"] == {"contentType": DOCUMENT}


def test_resolves_each_version_by_id_time_and_number(world: ResolverWorld) -> None:
    first = read_body_of(world.resolve(world.agency, versionNumber="1"))["didDocumentMetadata"]
    assert first["versionId"].startswith("1-")
    for option, value in (
        ("versionId", first["versionId"]),
        ("versionTime", "2026-03-14T02:59:59Z"),
        ("versionTime", "2026-03-13T03:00:00Z"),
    ):
        found = world.resolve(world.agency, **{option: value})
        assert found.status_code == 200
        assert read_body_of(found)["didDocumentMetadata"]["versionId"] == first["versionId"]


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
        ({"expandRelativeUrls": "true"}, 501, "FEATURE_NOT_SUPPORTED"),
        ({"expandRelativeUrls": "true", "versionNumber": "x"}, 501, "FEATURE_NOT_SUPPORTED"),
        ({"versionTime": "2026-03-14T02:59:59Z", "versionNumber": "1"}, 400, "INVALID_OPTIONS"),
        ({"versionId": "1-x", "versionTime": "2026-03-14T02:59:59Z"}, 400, "INVALID_OPTIONS"),
    ],
    ids=str,
)
def test_options_that_lead_nowhere(
    world: ResolverWorld, options: dict[str, str], status: int, error: str
) -> None:
    answer = world.resolve(world.agency, **options)
    assert (answer.status_code, answer.content_type) == (status, RESULT)
    assert read_body_of(answer)["didDocument"] is None
    assert read_body_of(answer)["didResolutionMetadata"]["error"]["type"] == ERROR + error


def test_an_option_given_twice_is_refused(world: ResolverWorld) -> None:
    path = f"/1.0/identifiers/{quote(str(world.agency), safe='')}"
    answer = world.http.get(f"{path}?versionNumber=1&versionNumber=2")
    assert answer.status_code == 400


def test_a_deactivated_did_is_gone_and_its_past_is_not(world: ResolverWorld) -> None:
    answer = world.resolve(world.ended)
    assert answer.status_code == 410
    assert read_body_of(answer)["didDocument"] is None
    assert read_body_of(answer)["didDocumentMetadata"]["deactivated"] is True
    past = world.resolve(world.ended, versionNumber="1")
    assert past.status_code == 410
    assert read_body_of(past)["didDocument"]["id"] == str(world.ended)


@pytest.mark.parametrize(
    ("did", "status", "error"),
    [
        ("did:webvh:QmaJp6pmb6RUk4oaDyWQcjeqYbvxsc3kvmHWPpz7B5JTEc:x.example", 404, "NOT_FOUND"),
        ("did:webvh:QmaJp6pmb6RUk4oaDyWQcjeqYbvxsc3kvmHWPpz7B5JTEc", 400, "INVALID_DID"),
        ("did:webvh:x:registry.gwanin.example", 400, "INVALID_DID"),
        ("did:webvh:", 400, "INVALID_DID"),
        ("did:key:x", 400, "INVALID_DID"),
        ("did:key:z6LSbysY2xFMRpGMhb7tFTLMpeuPRaqaWM1yECx2AtzE3KCc", 501, "FEATURE_NOT_SUPPORTED"),
        (f"{DID_KEY}#{DID_KEY[8:]}", 400, "INVALID_DID"),
        (f"{DID_KEY}/x", 400, "INVALID_DID"),
        ("did:jwk:e30", 400, "INVALID_DID"),
        ("did:web:example.org", 501, "METHOD_NOT_SUPPORTED"),
        ("did:tdw:x", 501, "METHOD_NOT_SUPPORTED"),
        ("did:tdw:x:%3A", 501, "METHOD_NOT_SUPPORTED"),
        ("nonsense", 400, "INVALID_DID"),
        ("세금", 400, "INVALID_DID"),
        ("did:tdw:", 400, "INVALID_DID"),
        ("did:tdw", 400, "INVALID_DID"),
        ("did::x", 400, "INVALID_DID"),
        ("DID:tdw:x", 400, "INVALID_DID"),
        ("did:TDW:x", 400, "INVALID_DID"),
        ("did:tdw:x:", 400, "INVALID_DID"),
        ("did:tdw:%x", 400, "INVALID_DID"),
        ("did:tdw:세금", 400, "INVALID_DID"),
        ("did:tdw:x/y", 400, "INVALID_DID"),
        ("did:tdw:x?y=z", 400, "INVALID_DID"),
        ("did:tdw:x#y", 400, "INVALID_DID"),
        ("did:tdw:" + "x" * 2048, 400, "INVALID_DID"),
    ],
)
def test_what_is_no_did_of_ours(world: ResolverWorld, did: str, status: int, error: str) -> None:
    answer = world.resolve(did)
    assert (answer.status_code, answer.content_type) == (status, RESULT)
    assert read_body_of(answer)["didResolutionMetadata"]["error"]["type"] == ERROR + error


def test_a_key_is_its_own_document(world: ResolverWorld) -> None:
    answer = world.resolve(DID_KEY)
    assert (answer.status_code, answer.content_type) == (200, RESULT)
    members = read_body_of(answer)["didDocument"]
    method = f"{DID_KEY}#{DID_KEY[8:]}"
    document = parse_document(JsonObject(members, "document"))
    for purpose in (Purpose.AUTHENTICATION, Purpose.ASSERTION, Purpose.CAPABILITY_INVOCATION):
        assert document.method(method, purpose) == parse_self_describing(DID_KEY)
    assert "keyAgreement" not in members
    assert world.resolve(DID_KEY, versionNumber="1").status_code == 501


def test_a_jwk_is_its_own_document(world: ResolverWorld) -> None:
    key = P256Signer(bytes([7]) * 32).public_key
    did = encode_did_jwk(key)
    body = read_body_of(world.resolve(did, DOCUMENT))
    document = parse_document(JsonObject(body, "document"))
    assert document.id == did
    assert document.method(f"{did}#0", Purpose.ASSERTION) == key


def test_a_did_at_another_address_is_not_ours(world: ResolverWorld) -> None:
    answer = world.resolve(str(world.agency).replace("registry.", "elsewhere."))
    assert answer.status_code == 400
    assert read_body_of(answer)["didDocument"] is None


def test_a_key_in_a_did_is_not_a_did(world: ResolverWorld) -> None:
    assert world.resolve(f"{world.agency}#eddsa-1").status_code == 400


@pytest.mark.parametrize("port", [None, 8443])
def test_a_did_may_be_appended_as_it_is(sqlite_database: Database, port: int | None) -> None:
    """DID Resolution §12.1 step 2: without options nothing need be encoded, so that the `%3A` of
    a port is decoded by whoever reads the path."""
    world = ResolverWorld(sqlite_database, port)
    encoded, plain = world.resolve(world.agency), world.http.get(f"/1.0/identifiers/{world.agency}")
    assert encoded.status_code == plain.status_code == 200
    assert read_body_of(plain) == read_body_of(encoded)
    assert read_body_of(plain)["didDocument"]["id"] == str(world.agency)


# Representations


def test_who_asks_for_nothing_special_gets_the_result(world: ResolverWorld) -> None:
    whole = read_body_of(world.resolve(world.agency))
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
        assert read_body_of(answer) == whole


def test_who_asks_for_the_document_gets_it_alone(world: ResolverWorld) -> None:
    for accept in (DOCUMENT, f"{RESULT};q=0.1, {DOCUMENT}"):
        answer = world.resolve(world.agency, accept)
        assert (answer.status_code, answer.content_type) == (200, DOCUMENT)
        assert read_body_of(answer) == read_body_of(world.resolve(world.agency))["didDocument"]


@pytest.mark.parametrize("accept", ["application/did+json", "application/did+ld+json"])
def test_the_document_is_there_by_its_names_of_did_core_as_well(
    world: ResolverWorld, accept: str
) -> None:
    answer = world.resolve(world.agency, accept)
    assert (answer.status_code, answer.content_type) == (200, accept)
    assert read_body_of(answer) == read_body_of(world.resolve(world.agency))["didDocument"]
    assert "Accept" in answer.headers["Vary"]


def test_who_asks_for_a_document_that_is_not_there_gets_the_result(world: ResolverWorld) -> None:
    for did, status in ((world.ended, 410), ("did:webvh:x", 400)):
        answer = world.resolve(did, DOCUMENT)
        assert (answer.status_code, answer.content_type) == (status, RESULT)
        assert read_body_of(answer)["didDocument"] is None


def test_older_clients_get_the_error_as_one_word(world: ResolverWorld) -> None:
    answer = world.resolve("did:webvh:x", LEGACY)
    assert (answer.status_code, answer.content_type) == (400, LEGACY)
    assert read_body_of(answer)["didResolutionMetadata"]["error"] == "invalidDid"
    found = world.resolve(world.agency, LEGACY)
    assert (found.status_code, found.content_type) == (200, LEGACY)
    assert read_body_of(found) == read_body_of(world.resolve(world.agency))


@pytest.mark.parametrize(
    "accept",
    [
        "text/html",
        "application/did+cbor",
        "image/*",
        f"{RESULT};q=0",
        "application/did-url-dereferencing",
        f"{DOCUMENT};q=0, text/*",
    ],
)
def test_no_other_representation_is_there(world: ResolverWorld, accept: str) -> None:
    answer = world.resolve(world.agency, accept)
    assert (answer.status_code, answer.content_type) == (406, RESULT)
    error = read_body_of(answer)["didResolutionMetadata"]["error"]["type"]
    assert error == ERROR + "REPRESENTATION_NOT_SUPPORTED"


# Headers


def test_an_answer_is_public_and_kept_apart_by_what_was_accepted(world: ResolverWorld) -> None:
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
def test_a_refusal_is_public_and_not_kept(
    world: ResolverWorld, did: str, accept: str | None
) -> None:
    answer = world.resolve(did or world.agency, accept)
    assert answer.status_code >= 400
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert answer.headers["Cross-Origin-Resource-Policy"] == "cross-origin"


def test_a_head_request_resolves_without_a_body(world: ResolverWorld) -> None:
    path = f"/1.0/identifiers/{quote(str(world.agency), safe='')}"
    answer = world.http.head(path)
    assert (answer.status_code, answer.data) == (200, b"")
    assert world.http.head("/1.0/identifiers/did:key:x").status_code == 400


def test_a_log_that_was_changed_in_the_database_is_not_resolved(sqlite_database: Database) -> None:
    world = ResolverWorld(sqlite_database)
    world.registry.tamper(
        "UPDATE did_version SET entry = :entry WHERE log_idx = 1",
        entry=world.http.get("/dids/GU-11620/did.jsonl").data.replace(b"-11620", b"-11621"),
    )
    answer = world.resolve(world.agency)
    assert answer.status_code == 400
    assert read_body_of(answer)["didDocument"] is None


# What was verified before


def test_a_log_is_verified_once_until_it_grows(sqlite_database: Database) -> None:
    world = ResolverWorld(sqlite_database)
    before = read_body_of(world.resolve(world.agency))
    # Whoever spoils what was verified already is seen by those who read the file, not by us.
    world.registry.tamper("UPDATE did_version SET entry = :entry WHERE log_idx = 1", entry=b"{}\n")
    assert read_body_of(world.resolve(world.agency)) == before
    fresh = world.registry.http().get(f"/1.0/identifiers/{world.agency}")
    assert fresh.status_code == 400


def test_what_was_verified_is_not_believed_of_a_longer_log(sqlite_database: Database) -> None:
    world = ResolverWorld(sqlite_database)
    assert read_body_of(world.resolve(world.agency))["didDocumentMetadata"]["versionId"][0] == "2"
    world.registry.clock.advance(days=1)
    world.registry.rotate(world.agency)
    assert read_body_of(world.resolve(world.agency))["didDocumentMetadata"]["versionId"][0] == "3"


def test_a_last_line_that_is_filed_as_another_is_our_own_fault(sqlite_database: Database) -> None:
    world = ResolverWorld(sqlite_database)
    world.registry.tamper(
        "UPDATE did_version SET version_id = '2-x' WHERE number = 2 AND scid = :scid",
        scid=world.agency.scid,
    )
    answer = world.resolve(world.agency)
    assert (answer.status_code, read_body_of(answer)["code"]) == (500, "internal-error")
