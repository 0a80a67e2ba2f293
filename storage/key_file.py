"""The file of one private key: the secret, encrypted, bound to all that stands beside it."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final, TypeVar

from credentials.encoding import decode_base64url, encode_base64url
from credentials.errors import Malformed, Unsupported
from credentials.jcs import canonicalize
from credentials.json_object import JsonObject, parse_object
from credentials.keys import KeyType, Signer, signer_from_secret
from credentials.multikey import encode_multikey
from credentials.strict_json import JsonValue
from storage.crypto_module import decrypt, encrypt

MAX_KEY_FILE_BYTES: Final = 2048

_VERSION: Final = 1
_Set = TypeVar("_Set", bound=StrEnum)


class KeyPurpose(StrEnum):
    """What a key may sign; a key has one purpose for its whole life."""

    DID_UPDATE = "did-update"
    ASSERTION = "assertion"
    AUTHENTICATION = "authentication"
    LOG_CHECKPOINT = "log-checkpoint"
    COSIGNATURE = "cosignature"
    DID_WITNESS = "did-witness"


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredKey:
    """A private key that was read: its name, what it is for, and what it signs with."""

    key_id: str
    purpose: KeyPurpose
    signer: Signer


def encode_key_file(
    wrapping_key: bytes, key_id: str, purpose: KeyPurpose, key_type: KeyType, secret: bytes
) -> bytes:
    """Write a key file. secret: 32 bytes, as `signer_from_secret` takes them."""
    bound: dict[str, JsonValue] = {
        "algorithm": key_type.value,
        "id": key_id,
        "public": encode_multikey(signer_from_secret(key_type, secret).public_key),
        "purpose": purpose.value,
        "v": _VERSION,
    }
    sealed = encrypt(wrapping_key, secret, _context(bound))
    return canonicalize({**bound, "sealed": encode_base64url(sealed)})


def decode_key_file(wrapping_key: bytes, data: bytes) -> StoredKey:
    """Read a key file. Raises Malformed, TooLarge, Unsupported, or SealBroken if it was changed."""
    members = parse_object(data, max_bytes=MAX_KEY_FILE_BYTES)
    members.only("algorithm", "id", "public", "purpose", "sealed", "v")
    if members.integer("v") != _VERSION:
        raise Unsupported("a key file of another version")
    key_type = _one_of(KeyType, members, "algorithm")
    purpose = _one_of(KeyPurpose, members, "purpose")
    bound = {name: value for name, value in members.members.items() if name != "sealed"}
    secret = decrypt(wrapping_key, decode_base64url(members.text("sealed")), _context(bound))
    signer = signer_from_secret(key_type, secret)
    return StoredKey(key_id=members.text("id"), purpose=purpose, signer=signer)


def _one_of(kinds: type[_Set], members: JsonObject, name: str) -> _Set:
    try:
        return kinds(members.text(name))
    except ValueError as error:
        raise Malformed(f"the key file's {name} is unknown") from error


def _context(bound: dict[str, JsonValue]) -> bytes:
    return canonicalize(["gwanin key file", bound])
