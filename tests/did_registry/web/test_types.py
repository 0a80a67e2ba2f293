import hashlib
from collections.abc import Iterator

import pytest
from flask.testing import FlaskClient

from schemas.catalogue import load_all
from schemas.published_documents import published_documents
from storage.base import Base
from storage.engine import build_engine
from storage.transaction import Database
from tests.simulators.registry import SimulatedRegistry

RESIDENCY = "/types/SeoulResidencyCredential"


@pytest.fixture(scope="module")
def registry(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SimulatedRegistry]:
    file = tmp_path_factory.mktemp("types") / "types.sqlite"
    database = Database(build_engine(f"sqlite:///{file}"))
    database.create_tables(Base.metadata)
    registry = SimulatedRegistry(database)
    registry.publish_types()
    registry.publish()
    yield registry
    database.close()


@pytest.fixture(scope="module")
def http(registry: SimulatedRegistry) -> FlaskClient:
    return registry.http()


def test_every_logged_document_is_served_byte_for_byte(
    registry: SimulatedRegistry, http: FlaskClient
) -> None:
    logged = registry.replay().schemas
    assert len(logged) == 3 * len(load_all())
    for path, digest in logged.items():
        answer = http.get(f"/{path}")
        assert answer.status_code == 200
        assert hashlib.sha256(answer.data).digest() == digest, path


def test_each_document_says_what_it_is(http: FlaskClient) -> None:
    kinds = {
        f"{RESIDENCY}/v1": "application/json",
        f"{RESIDENCY}/v1/schema.json": "application/schema+json",
        "/contexts/SeoulResidencyCredential/v1": "application/ld+json",
    }
    for path, kind in kinds.items():
        assert http.get(path).content_type == kind
        headers = http.get(path).headers
        assert headers["Cache-Control"] == "public, max-age=3600"
        assert headers["Access-Control-Allow-Origin"] == "*"
        tag = {"If-None-Match": headers["ETag"]}
        assert http.get(path, headers=tag).status_code == 304
        assert (http.head(path).status_code, http.head(path).data) == (200, b"")


def test_documents_name_the_registrys_own_address(http: FlaskClient) -> None:
    document = http.get(f"{RESIDENCY}/v1").json
    assert document is not None
    assert document["vct"] == f"https://registry.gwanin.example{RESIDENCY}/v1"


@pytest.mark.parametrize(
    "path",
    [
        f"{RESIDENCY}/v2",
        f"{RESIDENCY}/v0",
        f"{RESIDENCY}/v01",
        f"{RESIDENCY}/v-1",
        f"{RESIDENCY}/v١",
        f"{RESIDENCY}/1",
        f"{RESIDENCY}/V1",
        f"{RESIDENCY}/v" + "9" * 5000,
        f"{RESIDENCY}/v1/",
        f"{RESIDENCY}/v1/schema",
        f"{RESIDENCY}/v1%2Fschema.json/schema.json",
        RESIDENCY,
        "/types/Unheard/v1",
        "/types/seoulresidencycredential/v1",
        "/types/SeoulResidencyCredential%00/v1",
        "/contexts/Unheard/v1",
        "/contexts/SeoulResidencyCredential/v1/schema.json",
        "/types/../types/SeoulResidencyCredential/v1",
    ],
)
def test_a_document_has_one_address_and_no_other(http: FlaskClient, path: str) -> None:
    answer = http.get(path)
    assert answer.status_code == 404
    assert answer.content_type == "application/problem+json"


def test_documents_are_what_the_catalogue_derives(http: FlaskClient) -> None:
    url = "https://registry.gwanin.example"
    for credential_type in load_all().values():
        for path, document in published_documents(credential_type, url).items():
            assert http.get(f"/{path}").data == document
