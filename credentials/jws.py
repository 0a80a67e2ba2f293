"""JWS in compact form, strictly: RFC 7515 with the advice of RFC 8725.

The algorithm is the one that the key signs with; the header has to agree with it and is never
asked. Keys inside a header (`jwk`, `x5c`, `jku`) are no concern of this file: a caller that allows
one reads it with `peek_header` and decides first.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from credentials.encoding import decode_base64url, encode_base64url
from credentials.errors import KeyMismatch, Malformed, TooLarge, Unsupported
from credentials.jcs import canonicalize
from credentials.json_object import JsonObject, parse_object
from credentials.keys import KeyType, PublicKey, Signer
from credentials.strict_json import JsonValue

MAX_HEADER_BYTES: Final = 8 * 1024
MAX_JWS_BYTES: Final = 256 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class UnverifiedJws:
    """A parsed JWS: a stranger's header and payload until `verify_parsed` has returned.

    signed: the ASCII bytes under the signature, of which `header` and `payload` are the content.
    """

    header: JsonObject
    payload: bytes
    signed: bytes
    signature: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class VerifiedJws:
    """A JWS whose signature, algorithm and type have been verified."""

    header: JsonObject
    payload: bytes

    def claims(self) -> JsonObject:
        """The payload as a JSON object. Raises Malformed."""
        return parse_object(self.payload, max_bytes=MAX_JWS_BYTES)


def sign_compact(header: Mapping[str, JsonValue], payload: bytes, signer: Signer) -> str:
    """Sign a payload; `alg` is added from the signer's key. Spec: RFC 7515 §5.1."""
    signed = _header_segment(dict(header), signer.public_key.type) + "." + encode_base64url(payload)
    return signed + "." + encode_base64url(signer.sign(signed.encode("ascii")))


def sign_claims(header: Mapping[str, JsonValue], claims: JsonValue, signer: Signer) -> str:
    """Sign a JSON payload, written canonically so that equal claims give equal bytes."""
    return sign_compact(header, canonicalize(claims), signer)


def verify_compact(token: str, key: PublicKey, *, typ: str) -> VerifiedJws:
    """Verify a compact JWS with the key that the caller trusts, and its media type.

    typ: the exact `typ` that the header must have (RFC 8725 §3.11), with or without `application/`.
    Raises Malformed, TooLarge, Unsupported (`crit`, `b64`), KeyMismatch (the header's alg is not
    the key's) or SignatureInvalid. Spec: RFC 7515 §5.2.
    """
    return verify_parsed(parse_compact(token), key, typ=typ)


def parse_compact(token: str) -> UnverifiedJws:
    """Read a compact JWS, for a caller that has to look inside to find the key.

    Raises Malformed, TooLarge or Unsupported (`crit`, `b64`). Spec: RFC 7515 §5.2 steps 1-7.
    """
    header_segment, payload_segment, signature_segment = _split(token)
    return UnverifiedJws(
        header=_parse_header(header_segment),
        payload=decode_base64url(payload_segment),
        signature=decode_base64url(signature_segment),
        signed=token[: len(header_segment) + 1 + len(payload_segment)].encode("ascii"),
    )


def verify_parsed(jws: UnverifiedJws, key: PublicKey, *, typ: str) -> VerifiedJws:
    """Verify a JWS that was parsed before; arguments and errors as for `verify_compact`."""
    if jws.header.text("alg") not in _ALG_NAMES[key.type]:
        raise KeyMismatch("the header's alg is not the algorithm of the registered key")
    if jws.header.text("typ").removeprefix("application/") != typ:
        raise Malformed(f"the header's typ must be {typ}")
    key.verify(jws.signature, jws.signed)
    return VerifiedJws(header=jws.header, payload=jws.payload)


def peek_header(token: str) -> JsonObject:
    """Look at the unverified header, to find which key it names. Never decides anything."""
    return _parse_header(_split(token)[0])


def peek_claims(token: str) -> JsonObject:
    """Look at the unverified payload, to find whose key to fetch. Never decides anything."""
    payload = decode_base64url(_split(token)[1])
    return parse_object(payload, max_bytes=MAX_JWS_BYTES)


_ALG_NAMES: Final = {
    KeyType.ED25519: frozenset({"EdDSA", "Ed25519"}),  # RFC 8037, and its RFC 9864 name
    KeyType.P256: frozenset({"ES256"}),
}


def _split(token: str) -> tuple[str, str, str]:
    if len(token) > MAX_JWS_BYTES:
        raise TooLarge("the JWS is too long")
    parts = token.split(".")
    if len(parts) != 3 or not all(parts):
        raise Malformed("a compact JWS has three non-empty parts")
    return parts[0], parts[1], parts[2]


@lru_cache(maxsize=512)
def _parse_header(segment: str) -> JsonObject:
    # Every credential of one issuer has the same header, so its parse is worth remembering. The
    # object is shared: nobody may write to it.
    header = parse_object(decode_base64url(segment), max_bytes=MAX_HEADER_BYTES, where="header")
    if "crit" in header or "b64" in header:
        raise Unsupported("the header demands an extension that is not understood here")
    return header


def _header_segment(header: dict[str, JsonValue], key_type: KeyType) -> str:
    header["alg"] = key_type.value
    return encode_base64url(canonicalize(header))
