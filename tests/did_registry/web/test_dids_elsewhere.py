"""DIDs at other hosts: asked for through the one guarded client, and not as often as one likes."""

import json
from dataclasses import replace
from urllib.parse import quote

import pytest
from werkzeug.test import TestResponse

from did_registry.web.dids import FETCHES_A_MINUTE
from did_registry.web.service import EXTENSION
from storage.transaction import Database
from tests.simulators import network
from tests.simulators.did_resolver import ResolverWorld, read_body_of
from tests.simulators.stranger import stranger
from web.outbound import Outbound, tls_context

RESULT = "application/did-resolution"
DOCUMENT = "application/did"
LEGACY = 'application/ld+json;profile="https://w3id.org/did-resolution"'
ERROR = "https://www.w3.org/ns/did#"


DID_KEY = "did:key:z6MkpTHR8VNsBxYAAWHut2Geadd9jSwuBV8xRoAnwWsdvktH"


class Neighbour:
    """Our registry, and one server elsewhere that it may ask."""

    def __init__(self, database: Database) -> None:
        self.world = ResolverWorld(database)
        self.network = network.SimulatedNetwork()
        app = self.world.registry.app()
        app.extensions[EXTENSION] = replace(
            app.extensions[EXTENSION],
            outbound=Outbound(
                allowed=frozenset(), network=self.network.network, tls=tls_context(None)
            ),
        )
        self.http = stranger(app, self.world.registry.url)

    def resolve(self, did: str, accept: str = RESULT) -> TestResponse:
        """One request to the resolver."""
        path = f"/1.0/identifiers/{quote(did, safe='')}"
        return self.http.get(path, headers={"Accept": accept})


def test_a_did_web_is_asked_of_its_host(sqlite_database: Database) -> None:
    neighbour = Neighbour(sqlite_database)
    did = "did:web:agency.example"
    body = json.dumps({"id": did}).encode()
    neighbour.network.serve("agency.example", network.answer(200, "application/json", body))
    found = neighbour.resolve(did)
    assert (found.status_code, found.content_type) == (200, RESULT)
    assert read_body_of(found)["didDocument"] == {"id": did}
    assert b"GET /.well-known/did.json" in neighbour.network.requests[0]


def test_what_is_no_json_ld_is_not_called_so(sqlite_database: Database) -> None:
    neighbour = Neighbour(sqlite_database)
    did = "did:web:agency.example"
    body = json.dumps({"id": did}).encode()
    neighbour.network.serve("agency.example", network.answer(200, "application/json", body))
    plain = neighbour.resolve(did, "application/did+json")
    assert (plain.status_code, plain.content_type) == (200, "application/did+json")
    linked = neighbour.resolve(did, "application/did+ld+json")
    assert (linked.status_code, linked.content_type) == (406, RESULT)
    error = read_body_of(linked)["didResolutionMetadata"]["error"]["type"]
    assert error == ERROR + "REPRESENTATION_NOT_SUPPORTED"


def test_a_did_webvh_is_asked_of_its_host(sqlite_database: Database) -> None:
    neighbour = Neighbour(sqlite_database)
    neighbour.network.serve("agency.example", network.answer(404, "text/plain", b""))
    scid = "QmaJp6pmb6RUk4oaDyWQcjeqYbvxsc3kvmHWPpz7B5JTEc"
    found = neighbour.resolve(f"did:webvh:{scid}:agency.example:x")
    assert found.status_code == 404
    assert b"GET /x/did.jsonl" in neighbour.network.requests[0]
    assert neighbour.resolve(str(neighbour.world.agency)).status_code == 200
    assert len(neighbour.network.requests) == 1


@pytest.mark.parametrize(
    ("did", "status"),
    [
        ("did:web:registry.gwanin.example", 404),
        (
            "did:webvh:QmaJp6pmb6RUk4oaDyWQcjeqYbvxsc3kvmHWPpz7B5JTEc:registry.gwanin.example:x",
            404,
        ),
        ("did:web:localhost%3A5432", 404),
        ("did:web:10.0.0.1", 400),
    ],
    ids=["our own web", "our own webvh", "this machine", "an address"],
)
def test_nobody_is_asked_who_need_not_or_must_not(
    sqlite_database: Database, did: str, status: int
) -> None:
    neighbour = Neighbour(sqlite_database)
    neighbour.network.serve(
        "registry.gwanin.example", network.answer(200, "application/json", b"{}")
    )
    assert neighbour.resolve(did).status_code == status
    assert neighbour.network.requests == []


def test_we_do_not_ask_others_as_often_as_somebody_likes(sqlite_database: Database) -> None:
    neighbour = Neighbour(sqlite_database)
    neighbour.network.serve("agency.example", network.answer(404, "text/plain", b""))
    statuses = [
        neighbour.resolve("did:web:agency.example").status_code for _ in range(FETCHES_A_MINUTE + 1)
    ]
    assert statuses == [404] * FETCHES_A_MINUTE + [429]
    assert neighbour.resolve(str(neighbour.world.agency)).status_code == 200
