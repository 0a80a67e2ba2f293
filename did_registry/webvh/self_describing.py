"""The documents of did:key and did:jwk, which follow from the DID alone.

Spec: did:key §3.1.2 (Multikey documents), did:jwk "Read".
"""

from collections.abc import Sequence
from typing import Final

from credentials.claims import Claims
from credentials.did_key import parse_self_describing
from credentials.errors import Malformed, Unsupported
from credentials.jwk import encode_jwk
from credentials.keys import PublicKey
from credentials.multikey import encode_multikey
from did_registry.document import Purpose
from did_registry.webvh.resolution import Refusal, Resolution, refuse

PREFIXES: Final = ("did:key:", "did:jwk:")

_DID_CONTEXT: Final = "https://www.w3.org/ns/did/v1"
_MULTIKEY_CONTEXT: Final = "https://w3id.org/security/multikey/v1"
_JWK_CONTEXT: Final = "https://w3id.org/security/jwk/v1"


def resolve_self_describing(did: str, options: Sequence[tuple[str, str]]) -> Resolution:
    """Answer a request for a did:key or did:jwk; never raises. There is one version, which has
    neither a name nor a time, so no option is taken."""
    if options:
        return refuse(Refusal.FEATURE_NOT_SUPPORTED, "a DID that is its own key has one version")
    if not did.isascii() or any(mark in did for mark in "#?/"):
        return refuse(Refusal.INVALID_DID, "a DID is asked for without path, query or fragment")
    try:
        key = parse_self_describing(did)
    except Unsupported as error:
        return refuse(Refusal.FEATURE_NOT_SUPPORTED, error.detail)
    except Malformed as error:
        return refuse(Refusal.INVALID_DID, error.detail)
    document = _of_key(did, key) if did.startswith(PREFIXES[0]) else _of_jwk(did, key)
    return Resolution(document=document, metadata={}, refusal=None, detail="")


def _of_key(did: str, key: PublicKey) -> Claims:
    multikey = encode_multikey(key)
    method: Claims = {
        "id": f"{did}#{multikey}",
        "type": "Multikey",
        "controller": did,
        "publicKeyMultibase": multikey,
    }
    return _document(did, _MULTIKEY_CONTEXT, method)


def _of_jwk(did: str, key: PublicKey) -> Claims:
    method: Claims = {
        "id": f"{did}#0",
        "type": "JsonWebKey",
        "controller": did,
        "publicKeyJwk": encode_jwk(key),
    }
    return _document(did, _JWK_CONTEXT, method)


def _document(did: str, context: str, method: Claims) -> Claims:
    """A key to sign with serves every purpose of signing. It agrees on no other key, so there is no
    `keyAgreement`."""
    document: Claims = {
        "@context": [_DID_CONTEXT, context],
        "id": did,
        "verificationMethod": [method],
    }
    return document | {purpose.value: [method["id"]] for purpose in _SIGNING}


_SIGNING: Final = (
    Purpose.AUTHENTICATION,
    Purpose.ASSERTION,
    Purpose.CAPABILITY_INVOCATION,
    Purpose.CAPABILITY_DELEGATION,
)
