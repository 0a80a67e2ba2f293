"""Multikey: a public key as multibase text. Spec: Controlled Identifiers 1.0 §2.2.2."""

from typing import Final

from credentials.encoding import decode_multibase, encode_multibase
from credentials.errors import Malformed, Unsupported
from credentials.keys import KeyType, PublicKey, ed25519_key, p256_key

# Multicodec code points as canonical varints; fixed bytes, so no other spelling of the number fits.
_ED25519_PUB: Final = b"\xed\x01"
_P256_PUB: Final = b"\x80\x24"


def parse_multikey(text: str) -> PublicKey:
    """Read a `publicKeyMultibase`. Raises Malformed, or Unsupported for another kind of key."""
    data = decode_multibase(text)
    prefix, raw = data[:2], data[2:]
    if prefix == _ED25519_PUB:
        return ed25519_key(raw)
    if prefix == _P256_PUB:
        if len(raw) != 33:
            raise Malformed("a P-256 Multikey holds the compressed point, 33 bytes")
        return p256_key(raw)
    raise Unsupported("not a Multikey of Ed25519 or P-256")


def encode_multikey(key: PublicKey) -> str:
    """Write a public key as `publicKeyMultibase`: 48 characters for Ed25519, 49 for P-256."""
    if key.type is KeyType.ED25519:
        return encode_multibase(_ED25519_PUB + key.raw)
    compressed = bytes((2 + (key.raw[64] & 1),)) + key.raw[1:33]
    return encode_multibase(_P256_PUB + compressed)
