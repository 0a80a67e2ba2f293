"""Other people's libraries, given the same keys and everything from memory, as we have it."""

import json
from collections.abc import Mapping
from importlib.metadata import version
from typing import Any, Final

from jwcrypto.jwk import JWK  # type: ignore[import-untyped]
from openvc.did.base import DidDocument, DidResolverRegistry, parse_did_document
from openvc.keys import Ed25519SigningKey, P256SigningKey

from benchmarks.world import World
from credentials.encoding import encode_base64url
from credentials.jwk import encode_jwk
from credentials.keys import KeyType, PublicKey, signer_from_secret

OPENVC: Final = f"openvc-core {version('openvc-core')}"
SD_JWT: Final = f"sd-jwt {version('sd-jwt')}"
DID_WEBVH: Final = f"did-webvh {version('did-webvh')}"

_ISSUER_SECRET: Final = b"\1" * 32


def openvc_key(
    key_type: KeyType, key_id: str, secret: bytes = _ISSUER_SECRET
) -> Ed25519SigningKey | P256SigningKey:
    """A signing key of openvc."""
    kind = Ed25519SigningKey if key_type is KeyType.ED25519 else P256SigningKey
    return kind.from_jwk(_private_jwk(key_type, secret), key_id)


def jwcrypto_key(key_type: KeyType, secret: bytes = _ISSUER_SECRET) -> JWK:
    """A private key of jwcrypto, which sd-jwt signs and verifies with."""
    return JWK.from_json(json.dumps(_private_jwk(key_type, secret)))


def public_key(key_type: KeyType) -> PublicKey:
    """The public half of the key with which the peers issue."""
    return signer_from_secret(key_type, _ISSUER_SECRET).public_key


def public_jwk(world: World, key_type: KeyType) -> dict[str, Any]:
    """Our agency's key, as the peers want it."""
    return {**encode_jwk(world.signers[key_type].public_key)}


def resolver(world: World) -> DidResolverRegistry:
    """openvc's registry of resolvers, with our agency's document in memory."""
    document = world.view.history(world.agency.did).latest.document.members
    return DidResolverRegistry([_InMemory({world.agency.did: parse_did_document(document)})])


def _private_jwk(key_type: KeyType, secret: bytes) -> dict[str, Any]:
    public = signer_from_secret(key_type, secret).public_key
    return {**encode_jwk(public), "d": encode_base64url(secret)}


class _InMemory:
    def __init__(self, documents: Mapping[str, DidDocument]) -> None:
        self._documents = documents

    def supports(self, did: str) -> bool:
        return did in self._documents

    def resolve(self, did: str) -> DidDocument:
        return self._documents[did]
