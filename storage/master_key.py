"""The master key of a keystore, encrypted under a key that Argon2id makes of a passphrase.

The parameters stand beside the wrapped key; they are bounded before any work is done with them,
so that a changed header can neither weaken the next wrapping nor exhaust this machine.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Final

from credentials.encoding import decode_base64url, encode_base64url
from credentials.errors import Malformed, Unsupported
from credentials.jcs import canonicalize
from credentials.json_object import parse_object
from credentials.strict_json import JsonValue
from storage.crypto_module import SALT_BYTES, decrypt, encrypt, random_bytes, stretch
from storage.errors import KeystoreLocked, PassphraseTooShort, SealBroken
from storage.private_files import read_private

MAX_HEADER_BYTES: Final = 1024
MIN_PASSPHRASE_BYTES: Final = 16
MAX_PASSPHRASE_BYTES: Final = 1024

# The weakest that the OWASP password storage cheat sheet accepts with few passes, and the most
# that opening a keystore may cost: about a second and a quarter of a gigabyte.
MIN_PASSES: Final = 2
MAX_PASSES: Final = 10
MIN_MEMORY_BYTES: Final = 19 * 1024 * 1024
MAX_MEMORY_BYTES: Final = 256 * 1024 * 1024

_VERSION: Final = 1
_KDF: Final = "argon2id"


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    """What one guess at a passphrase costs, with one lane."""

    passes: int
    memory_bytes: int


STANDARD_COST: Final = Cost(passes=3, memory_bytes=64 * 1024 * 1024)


def read_passphrase(path: Path) -> bytes:
    """Read a passphrase from a private file; one line end after it is not part of it.

    Raises FileNotFoundError, PermissionsTooOpen, TooLarge beyond 1,024 bytes, Malformed.
    """
    return read_private(path, max_bytes=MAX_PASSPHRASE_BYTES).removesuffix(b"\n")


def wrap_master_key(master: bytes, passphrase: bytes, cost: Cost) -> bytes:
    """Write the header of a keystore.

    Raises PassphraseTooShort below 16 bytes, Unsupported for a cost out of bounds.
    """
    if len(passphrase) < MIN_PASSPHRASE_BYTES:
        raise PassphraseTooShort(f"a passphrase has at least {MIN_PASSPHRASE_BYTES} bytes")
    salt = random_bytes(SALT_BYTES)
    sealed = encrypt(_stretch(passphrase, salt, cost), master, _context(salt, cost))
    return canonicalize({**_public(salt, cost), "sealed": encode_base64url(sealed)})


def unwrap_master_key(header: bytes, passphrase: bytes) -> bytes:
    """Return the master key of a keystore.

    Raises Malformed or TooLarge for what is no header, Unsupported for another version or a cost
    out of bounds, KeystoreLocked for another passphrase or a header that was changed.
    """
    members = parse_object(header, max_bytes=MAX_HEADER_BYTES)
    members.only("kdf", "memory", "passes", "salt", "sealed", "v")
    if (members.integer("v"), members.text("kdf")) != (_VERSION, _KDF):
        raise Unsupported("a keystore of another version")
    cost = Cost(passes=members.integer("passes"), memory_bytes=members.integer("memory"))
    salt = decode_base64url(members.text("salt"))
    if len(salt) != SALT_BYTES:
        raise Malformed(f"the keystore's salt has {SALT_BYTES} bytes")
    key = _stretch(passphrase, salt, cost)
    try:
        return decrypt(key, decode_base64url(members.text("sealed")), _context(salt, cost))
    except SealBroken as error:
        raise KeystoreLocked(
            "the passphrase does not open this keystore, or its master.json was changed"
        ) from error


def _stretch(passphrase: bytes, salt: bytes, cost: Cost) -> bytes:
    if not MIN_PASSES <= cost.passes <= MAX_PASSES:
        raise Unsupported(f"Argon2id with {MIN_PASSES} to {MAX_PASSES} passes")
    if not MIN_MEMORY_BYTES <= cost.memory_bytes <= MAX_MEMORY_BYTES:
        raise Unsupported(f"Argon2id with {MIN_MEMORY_BYTES} to {MAX_MEMORY_BYTES} bytes")
    return stretch(passphrase, salt, passes=cost.passes, memory_bytes=cost.memory_bytes)


def _context(salt: bytes, cost: Cost) -> bytes:
    return canonicalize(["gwanin master key", _public(salt, cost)])


def _public(salt: bytes, cost: Cost) -> dict[str, JsonValue]:
    return {
        "kdf": _KDF,
        "memory": cost.memory_bytes,
        "passes": cost.passes,
        "salt": encode_base64url(salt),
        "v": _VERSION,
    }
