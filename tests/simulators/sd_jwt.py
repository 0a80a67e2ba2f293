"""An issuer and a holder of SD-JWTs who write exactly what they are told, right or wrong.

name = disclosure("salt", "name", "김시범")
token = sd_jwt({"_sd": [digest(name)]}, name)            == "<JWT>~<disclosure>~"
token + key_binding(token, {"aud": "…", "nonce": "…"})   == an SD-JWT+KB
"""

import hashlib
import json
from datetime import UTC, datetime
from typing import Final

from credentials.claims import Claims
from credentials.encoding import encode_base64url
from credentials.jws import sign_compact
from credentials.keys import Ed25519Signer, P256Signer, Signer

ISSUER: Final = P256Signer(bytes([1]) * 32)
HOLDER: Final = P256Signer(bytes([2]) * 32)
STRANGER: Final = P256Signer(bytes([3]) * 32)
ED25519_ISSUER: Final = Ed25519Signer(bytes([4]) * 32)
ED25519_HOLDER: Final = Ed25519Signer(bytes([5]) * 32)
NOW: Final = datetime(2026, 3, 10, 3, 0, tzinfo=UTC)
TYP: Final = "example+sd-jwt"
HEADER: Final[Claims] = {"typ": TYP}
KB_HEADER: Final[Claims] = {"typ": "kb+jwt"}


def disclosure(*array: object) -> str:
    """The disclosure of these values, whether they make one or not."""
    return encode_base64url(json.dumps(array).encode())


def digest(text: str) -> str:
    """The digest of a disclosure, by the letter of RFC 9901 §4.2.3."""
    return encode_base64url(hashlib.sha256(text.encode()).digest())


def sd_jwt(
    payload: Claims, *disclosures: str, header: Claims = HEADER, signer: Signer = ISSUER
) -> str:
    """An SD-JWT with this payload as it stands; `alg` follows from the signer."""
    jwt = sign_compact(header, json.dumps(payload).encode(), signer)
    return "~".join((jwt, *disclosures, ""))


def key_binding(
    presented: str, claims: Claims, *, header: Claims = KB_HEADER, signer: Signer = HOLDER
) -> str:
    """A KB-JWT for an SD-JWT; `iat` and `sd_hash` are right unless `claims` says otherwise."""
    payload: Claims = {"iat": int(NOW.timestamp()), "sd_hash": digest(presented), **claims}
    return sign_compact(header, json.dumps(payload).encode(), signer)
