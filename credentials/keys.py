"""Public keys and signers: Ed25519 by libsodium, P-256 by OpenSSL, behind one pair of types.

The algorithm follows from the key and never from a message, so no message can choose it. Text
forms of keys (JWK, Multikey) are in `jwk.py` and `multikey.py`.
"""

from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from typing import Final, Protocol

import nacl.bindings
import nacl.exceptions
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256

from credentials.errors import Malformed, SignatureInvalid

SIGNATURE_BYTES: Final = 64
_CACHED_KEYS: Final = 4096  # building an OpenSSL point costs a tenth of a verification
_ECDSA_SHA256: Final = ec.ECDSA(SHA256())
_ORDER: Final = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551  # n of P-256


class KeyType(StrEnum):
    """The key types in use; the value is the JOSE `alg` that each one signs with."""

    ED25519 = "EdDSA"
    P256 = "ES256"


@dataclass(frozen=True, slots=True)
class PublicKey:
    """A public key that is known to be one: built by `ed25519_key` or `p256_key` only.

    raw: Ed25519: 32 bytes (RFC 8032 §5.1.2). P-256: the uncompressed point, 65 bytes (SEC 1).
    """

    type: KeyType
    raw: bytes

    def verify(self, signature: bytes, message: bytes) -> None:
        """Prove that this key's owner signed these bytes.

        signature: 64 bytes; Ed25519 R‖S (RFC 8032 §5.1.6), P-256 r‖s (RFC 7518 §3.4).
        Raises SignatureInvalid.
        """
        if len(signature) != SIGNATURE_BYTES:
            raise SignatureInvalid("the signature does not have 64 bytes")
        try:
            if self.type is KeyType.ED25519:
                nacl.bindings.crypto_sign_open(signature + message, self.raw)
            else:
                _p256_object(self.raw).verify(_der(signature), message, _ECDSA_SHA256)
        except (nacl.exceptions.BadSignatureError, InvalidSignature) as error:
            raise SignatureInvalid("the signature does not belong to this content") from error


class Signer(Protocol):
    """Something that signs with one key, wherever the key lives (file, HSM, signer process)."""

    @property
    def public_key(self) -> PublicKey: ...

    def sign(self, message: bytes) -> bytes:
        """Sign these bytes: 64 bytes, in the form that `PublicKey.verify` takes."""
        ...


def ed25519_key(raw: bytes) -> PublicKey:
    """A public key from its 32 bytes. Raises Malformed for another length.

    That the bytes are a canonical point of large order is checked by libsodium in every `verify`;
    checking it here as well would cost as much as a signature.
    """
    if len(raw) != 32:
        raise Malformed("an Ed25519 public key has 32 bytes")
    return PublicKey(KeyType.ED25519, raw)


def p256_key(point: bytes) -> PublicKey:
    """A public key from a compressed (33) or uncompressed (65 bytes) point. Raises Malformed."""
    try:
        key = _p256_object(point)
    except ValueError as error:
        raise Malformed("not a P-256 public key") from error
    if point[0] == 4:
        return PublicKey(KeyType.P256, point)
    numbers = key.public_numbers()
    return PublicKey(KeyType.P256, b"\x04" + numbers.x.to_bytes(32) + numbers.y.to_bytes(32))


class Ed25519Signer:
    """Signs with an Ed25519 key held in this process's memory.

    seed: 32 secret random bytes, RFC 8032 §5.1.5.
    """

    __slots__ = ("_secret", "public_key")

    def __init__(self, seed: bytes) -> None:
        if len(seed) != 32:
            raise Malformed("an Ed25519 seed has 32 bytes")
        raw, self._secret = nacl.bindings.crypto_sign_seed_keypair(seed)
        self.public_key: PublicKey = PublicKey(KeyType.ED25519, raw)

    def sign(self, message: bytes) -> bytes:
        """R‖S, 64 bytes."""
        return nacl.bindings.crypto_sign(message, self._secret)[:SIGNATURE_BYTES]


class P256Signer:
    """Signs with a P-256 key held in this process's memory.

    secret: the scalar, 32 bytes big-endian, from 1 to n-1.
    """

    __slots__ = ("_key", "public_key")

    def __init__(self, secret: bytes) -> None:
        if len(secret) != 32:
            raise Malformed("a P-256 secret has 32 bytes")
        try:
            self._key = ec.derive_private_key(int.from_bytes(secret), ec.SECP256R1())
        except ValueError as error:
            raise Malformed("not a P-256 secret") from error
        numbers = self._key.public_key().public_numbers()
        point = b"\x04" + numbers.x.to_bytes(32) + numbers.y.to_bytes(32)
        self.public_key: PublicKey = PublicKey(KeyType.P256, point)

    def sign(self, message: bytes) -> bytes:
        """r‖s, 64 bytes."""
        r, s = decode_dss_signature(self._key.sign(message, _ECDSA_SHA256))
        return r.to_bytes(32) + s.to_bytes(32)


def signer_from_secret(key_type: KeyType, secret: bytes) -> Signer:
    """A signer from 32 secret bytes. Raises Malformed if they can't be a key of this type."""
    return Ed25519Signer(secret) if key_type is KeyType.ED25519 else P256Signer(secret)


def is_secret(key_type: KeyType, candidate: bytes) -> bool:
    """Whether 32 random bytes may serve as this type's secret (all but one in 2^32 do)."""
    return key_type is KeyType.ED25519 or 0 < int.from_bytes(candidate) < _ORDER


@lru_cache(maxsize=_CACHED_KEYS)
def _p256_object(point: bytes) -> ec.EllipticCurvePublicKey:
    return ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), point)


def _der(signature: bytes) -> bytes:
    """The DER form OpenSSL wants, by bytes: no big integers on the hot path."""
    body = _der_integer(signature[:32]) + _der_integer(signature[32:])
    return b"\x30" + bytes((len(body),)) + body


def _der_integer(value: bytes) -> bytes:
    value = value.lstrip(b"\0") or b"\0"
    if value[0] & 0x80:
        value = b"\0" + value
    return b"\x02" + bytes((len(value),)) + value
