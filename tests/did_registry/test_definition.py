import hashlib

import pytest

from credentials.encoding import encode_base64url
from did_registry.definition import is_defined_as_logged
from did_registry.leaf import LeafKind
from did_registry.view import RegistryView
from schemas.catalogue import get
from schemas.published_documents import integrity, published_documents
from tests.simulators.registry_log import URL, RegistryLog

TYPE = get("SeoulResidencyCredential")
DOCUMENTS = published_documents(TYPE, URL)
STATED = integrity(TYPE, URL)
OTHER = "sha256-" + "A" * 43 + "="


def _view(documents: dict[str, bytes]) -> RegistryView:
    log = RegistryLog()
    for path, document in documents.items():
        digest = encode_base64url(hashlib.sha256(document).digest())
        log.add(LeafKind.SCHEMA, path, {"h": digest})
    return log.view()


def test_a_type_is_defined_when_all_its_documents_are_logged_as_they_are() -> None:
    view = _view(dict(DOCUMENTS))
    assert is_defined_as_logged(TYPE, STATED, view, URL)
    assert is_defined_as_logged(TYPE, {}, view, URL)


@pytest.mark.parametrize("path", DOCUMENTS)
def test_a_document_that_is_not_logged_is_not_defined(path: str) -> None:
    documents = {name: data for name, data in DOCUMENTS.items() if name != path}
    assert not is_defined_as_logged(TYPE, STATED, _view(documents), URL)


@pytest.mark.parametrize("path", DOCUMENTS)
def test_a_document_that_is_logged_otherwise_is_not_defined(path: str) -> None:
    documents = {**DOCUMENTS, path: DOCUMENTS[path] + b" "}
    assert not is_defined_as_logged(TYPE, STATED, _view(documents), URL)


@pytest.mark.parametrize("url", STATED)
def test_a_credential_that_states_another_digest_does_not_agree(url: str) -> None:
    view = _view(dict(DOCUMENTS))
    assert not is_defined_as_logged(TYPE, {**STATED, url: OTHER}, view, URL)
    assert not is_defined_as_logged(TYPE, {url: OTHER}, view, URL)


def test_a_digest_of_a_foreign_document_does_not_agree() -> None:
    view = _view(dict(DOCUMENTS))
    stated = {"https://elsewhere.example/schema.json": next(iter(STATED.values()))}
    assert not is_defined_as_logged(TYPE, stated, view, URL)


def test_documents_of_another_address_are_other_documents() -> None:
    view = _view(dict(DOCUMENTS))
    assert not is_defined_as_logged(TYPE, {}, view, "https://elsewhere.example")
