from typing import Any

import pytest

from credentials.json_object import JsonObject
from credentials.keys import Ed25519Signer, P256Signer
from credentials.multikey import encode_multikey
from did_registry.agency_document import build_agency_document, credential_issuers
from did_registry.document import Purpose, parse_document

DID = "did:webvh:{SCID}:registry.gwanin.example:dids:GU-11620"
KEYS = {
    "es256-1": P256Signer(b"\1" * 32).public_key,
    "eddsa-1": Ed25519Signer(b"\2" * 32).public_key,
}
ISSUER = "https://gwanin.example/issuers/GU-11620"


def test_every_key_serves_every_purpose_and_no_other() -> None:
    purposes = (Purpose.ASSERTION, Purpose.AUTHENTICATION)
    built = build_agency_document(DID, KEYS, purposes=purposes, credential_issuer=None)
    document = parse_document(JsonObject(built))
    names = tuple(f"{DID}#{fragment}" for fragment in KEYS)
    for purpose in Purpose:
        assert document.methods(purpose) == (names if purpose in purposes else ())
    for fragment, key in KEYS.items():
        assert document.method(f"{DID}#{fragment}", Purpose.ASSERTION) == key
    assert "service" not in built


def test_keys_are_multikeys_that_the_did_controls() -> None:
    built = build_agency_document(DID, KEYS, purposes=(), credential_issuer=None)
    assert built == {
        "@context": ["https://www.w3.org/ns/did/v1", "https://w3id.org/security/multikey/v1"],
        "id": DID,
        "verificationMethod": [
            {
                "id": f"{DID}#{fragment}",
                "type": "Multikey",
                "controller": DID,
                "publicKeyMultibase": encode_multikey(key),
            }
            for fragment, key in KEYS.items()
        ],
    }


def test_the_credential_issuer_is_a_service_that_is_found_again() -> None:
    built = build_agency_document(DID, KEYS, purposes=(), credential_issuer=ISSUER)
    assert built["service"] == [
        {"id": f"{DID}#credential-issuer", "type": "CredentialIssuer", "serviceEndpoint": ISSUER}
    ]
    assert credential_issuers(built) == (ISSUER,)


@pytest.mark.parametrize(
    ("services", "found"),
    [
        (None, ()),
        ("CredentialIssuer", ()),
        ({}, ()),
        ([], ()),
        ([7, None, "CredentialIssuer"], ()),
        ([{"type": "Other", "serviceEndpoint": ISSUER}], ()),
        ([{"serviceEndpoint": ISSUER}], ()),
        ([{"type": "CredentialIssuer"}], ()),
        ([{"type": "CredentialIssuer", "serviceEndpoint": [ISSUER]}], ()),
        ([{"type": "CredentialIssuer", "serviceEndpoint": {"uri": ISSUER}}], ()),
        ([{"type": ["CredentialIssuer"], "serviceEndpoint": ISSUER}], ()),
        (
            [{"type": "CredentialIssuer", "serviceEndpoint": url} for url in (ISSUER, "https://b")],
            (ISSUER, "https://b"),
        ),
    ],
    ids=repr,
)
def test_services_of_any_shape_are_read_without_harm(services: Any, found: tuple[str, ...]) -> None:
    assert credential_issuers({"service": services}) == found


def test_a_document_without_services_names_no_issuer() -> None:
    assert credential_issuers({}) == ()
