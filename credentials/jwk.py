"""JWK: a public key as JSON, and its RFC 7638 thumbprint. RFC 7517, RFC 7518 §6.2, RFC 8037 §2.

Private members are refused on reading: somebody's private key is nothing we want to have seen.
"""

import hashlib
from typing import Final

from credentials.encoding import decode_base64url, encode_base64url
from credentials.errors import Malformed, Unsupported
from credentials.jcs import canonicalize
from credentials.json_object import JsonObject
from credentials.keys import KeyType, PublicKey, ed25519_key, p256_key
from credentials.strict_json import JsonValue

_MAX_KEY_OPS: Final = 8  # as many as RFC 7517 §4.3 knows
_PRIVATE_MEMBERS: Final = frozenset({"d", "p", "q", "dp", "dq", "qi", "oth", "k"})


def parse_jwk(jwk: JsonObject) -> PublicKey:
    """Read a public JWK of kty OKP/Ed25519 or EC/P-256, with which signatures may be verified.

    Raises Malformed (private members, wrong lengths, a point off the curve, an `alg`, `use` or
    `key_ops` for something else) or Unsupported. Spec: RFC 7517 §4, RFC 7518 §6.2, RFC 8037 §2.
    """
    if not _PRIVATE_MEMBERS.isdisjoint(jwk.members):
        raise Malformed("the JWK holds private or symmetric key material")
    kind = (jwk.text("kty"), jwk.text_or_none("crv"))
    if kind == ("OKP", "Ed25519"):
        key = ed25519_key(_coordinate(jwk, "x"))
        algorithms = {"EdDSA", "Ed25519"}
    elif kind == ("EC", "P-256"):
        key = p256_key(b"\x04" + _coordinate(jwk, "x") + _coordinate(jwk, "y"))
        algorithms = {"ES256"}
    else:
        raise Unsupported("the JWK is neither OKP with Ed25519 nor EC with P-256")
    if jwk.text_or_none("alg") not in {None, *algorithms}:
        raise Malformed("the JWK's alg does not fit its key type")
    if jwk.text_or_none("use") not in {None, "sig"}:
        raise Malformed("the JWK is not for signatures")
    if "key_ops" in jwk and "verify" not in jwk.texts("key_ops", max_items=_MAX_KEY_OPS):
        raise Malformed("the JWK is not for verifying signatures")
    return key


def encode_jwk(key: PublicKey) -> dict[str, JsonValue]:
    """Write a public key as a JWK with the required members only."""
    if key.type is KeyType.ED25519:
        return {"kty": "OKP", "crv": "Ed25519", "x": encode_base64url(key.raw)}
    return {
        "kty": "EC",
        "crv": "P-256",
        "x": encode_base64url(key.raw[1:33]),
        "y": encode_base64url(key.raw[33:]),
    }


def thumbprint(key: PublicKey) -> str:
    """The SHA-256 JWK thumbprint, base64url. Spec: RFC 7638 §3."""
    return encode_base64url(hashlib.sha256(canonicalize(encode_jwk(key))).digest())


def _coordinate(jwk: JsonObject, name: str) -> bytes:
    value = decode_base64url(jwk.text(name))
    if len(value) != 32:
        raise Malformed(f"the JWK's {name} must have 32 bytes")
    return value
