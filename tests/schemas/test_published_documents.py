"""The published documents: complete, canonical, and never changed again."""

import hashlib

import pytest

from credentials.jcs import canonicalize
from credentials.strict_json import parse_json
from schemas.catalogue import get, load_all
from schemas.credential_type import CredentialType
from schemas.published_documents import integrity, published_documents
from schemas.type_metadata import sri

BASE = "https://gwanin.example"

# A published document is immutable: every credential names it by its digest. If this fails, the
# change belongs into a new version of the type (`*.v2.toml`), not into this table.
PINNED: dict[str, str] = {}


def test_every_published_document_is_the_one_that_was_published() -> None:
    digests = {
        path: hashlib.sha256(document).hexdigest()
        for known in load_all().values()
        for path, document in published_documents(known, BASE).items()
    }
    assert digests == PINNED


@pytest.mark.parametrize("known", load_all().values(), ids=lambda known: known.name)
def test_documents_are_canonical_json(known: CredentialType) -> None:
    for document in published_documents(known, BASE).values():
        assert canonicalize(parse_json(document)) == document


def test_a_type_has_three_documents() -> None:
    assert set(published_documents(get("SeoulResidencyCredential"), BASE)) == {
        "types/SeoulResidencyCredential/v1",
        "types/SeoulResidencyCredential/v1/schema.json",
        "contexts/SeoulResidencyCredential/v1",
    }


def test_integrity_is_given_by_full_address() -> None:
    residency = get("SeoulResidencyCredential")
    found = integrity(residency, BASE)
    for path, document in published_documents(residency, BASE).items():
        assert found[f"{BASE}/{path}"] == sri(document)
    assert len(found) == 3
