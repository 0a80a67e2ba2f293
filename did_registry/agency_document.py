"""The DID document of an agency or a verifier, before its SCID is known."""

from collections.abc import Mapping, Sequence
from typing import Final

from credentials.claims import Claims
from credentials.keys import PublicKey
from credentials.multikey import encode_multikey
from credentials.strict_json import JsonValue
from did_registry.document import Purpose

CREDENTIAL_ISSUER: Final = "CredentialIssuer"

_CONTEXTS: Final = ("https://www.w3.org/ns/did/v1", "https://w3id.org/security/multikey/v1")


def build_agency_document(
    did: str,
    keys: Mapping[str, PublicKey],
    *,
    purposes: Sequence[Purpose],
    credential_issuer: str | None,
) -> Claims:
    """A document in which every key serves every one of these purposes.

    did: with the placeholder for the SCID; keys: fragment → key; credential_issuer: the Credential
    Issuer Identifier that a wallet may believe to be this agency's. Spec: DID Core §5.
    """
    methods = [f"{did}#{fragment}" for fragment in keys]
    document: Claims = {
        "@context": list(_CONTEXTS),
        "id": did,
        "verificationMethod": [_method(did, fragment, key) for fragment, key in keys.items()],
    }
    for purpose in purposes:
        document[purpose.value] = list(methods)
    if credential_issuer is not None:
        document["service"] = [
            {
                "id": f"{did}#credential-issuer",
                "type": CREDENTIAL_ISSUER,
                "serviceEndpoint": credential_issuer,
            }
        ]
    return document


def credential_issuers(document: Claims) -> tuple[str, ...]:
    """The Credential Issuer Identifiers that a DID document names; others' services are skipped."""
    services = document.get("service")
    found = services if isinstance(services, list) else []
    endpoints = [
        service.get("serviceEndpoint")
        for service in found
        if isinstance(service, dict) and service.get("type") == CREDENTIAL_ISSUER
    ]
    return tuple(endpoint for endpoint in endpoints if isinstance(endpoint, str))


def _method(did: str, fragment: str, key: PublicKey) -> JsonValue:
    return {
        "id": f"{did}#{fragment}",
        "type": "Multikey",
        "controller": did,
        "publicKeyMultibase": encode_multikey(key),
    }
