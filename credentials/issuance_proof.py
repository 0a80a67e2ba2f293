"""What a holder shows beside a credential to prove since when it has existed.

    {"path":["<base64url>",…],"position":17,"salt":"<base64url>","v":1}

An issuer's credentials of one period are leaves of one padded tree, whose root stands in the log.
A leaf is SHA-256(0x00 || salt || digest), with the digest of the credential as it was issued: who
has not both credential and salt can look nothing up. What a root proves is for the registry.
"""

import hashlib
from dataclasses import dataclass
from typing import Final

from credentials.claims import Claims
from credentials.encoding import decode_base64url, encode_base64url
from credentials.errors import Malformed, Unsupported
from credentials.json_object import JsonObject, parse_object
from credentials.strict_json import JsonValue

SALT_BYTES: Final = 16
MIN_PATH: Final = 6  # a tree is padded to 64 leaves at least, so that it tells no small number
MAX_PATH: Final = 24  # sixteen million credentials of one agency in one period
MAX_PROOF_BYTES: Final = 4 * 1024

_VERSION: Final = 1
_DIGEST_BYTES: Final = 32


@dataclass(frozen=True, slots=True, kw_only=True)
class IssuanceProof:
    """An unverified proof. salt: 16 bytes; position: of the leaf, from 0; path: sibling hashes of
    32 bytes, from the leaf upwards, as many as the tree has levels."""

    salt: bytes
    position: int
    path: tuple[bytes, ...]

    def to_json(self) -> Claims:
        """The proof as it is sent and kept."""
        path: list[JsonValue] = [encode_base64url(sibling) for sibling in self.path]
        return {
            "path": path,
            "position": self.position,
            "salt": encode_base64url(self.salt),
            "v": _VERSION,
        }


def parse_issuance_proof(data: bytes) -> IssuanceProof:
    """Read a proof from a file. Raises as `read_issuance_proof`, and TooLarge beyond 4 KiB."""
    where = "issuance proof"
    return read_issuance_proof(parse_object(data, max_bytes=MAX_PROOF_BYTES, where=where))


def read_issuance_proof(proof: JsonObject) -> IssuanceProof:
    """Read a proof.

    Raises Unsupported for another version, TooLarge for a longer path than any tree has, Malformed
    for what is missing, unknown, mistyped, or can be no place in such a tree.
    """
    if proof.integer("v") != _VERSION:
        raise Unsupported("an issuance proof of another version")
    proof.only("path", "position", "salt", "v")
    path = proof.array("path", max_items=MAX_PATH)
    position, salt = proof.integer("position"), decode_base64url(proof.text("salt"))
    if len(path) < MIN_PATH:
        raise Malformed("an issuance proof has a path through a padded tree")
    if not 0 <= position < 1 << len(path):
        raise Malformed("the tree of this path has no such position")
    if len(salt) != SALT_BYTES:
        raise Malformed("an issuance proof has a salt of 16 bytes")
    return IssuanceProof(salt=salt, position=position, path=tuple(map(_sibling, path)))


def issuance_leaf(salt: bytes, digest: bytes) -> bytes:
    """The hash that stands for a credential in its issuer's tree.

    salt: 16 bytes; digest: SHA-256 of the credential as issued.
    """
    assert (len(salt), len(digest)) == (SALT_BYTES, _DIGEST_BYTES)
    return hashlib.sha256(b"\x00" + salt + digest).digest()


def _sibling(text: JsonValue) -> bytes:
    if not isinstance(text, str):
        raise Malformed("a path is a list of texts")
    sibling = decode_base64url(text)
    if len(sibling) != _DIGEST_BYTES:
        raise Malformed("a path holds hashes of 32 bytes")
    return sibling
