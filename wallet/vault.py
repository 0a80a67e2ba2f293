"""The vault's file format: one line of header, then everything else encrypted. Bytes to bytes.

    {"kdf":"argon2id","memory":67108864,"nonce":"…","passes":3,"salt":"…","version":1}
    <ciphertext>

XChaCha20-Poly1305 takes the header as associated data, so a header that was weakened or exchanged
opens nothing. The bounds are checked before hashing: a vault from a stranger must not be able to
ask for 4 GiB of memory.
"""

from dataclasses import dataclass
from typing import Final

import nacl.bindings
import nacl.exceptions
import nacl.pwhash.argon2id

from credentials.encoding import decode_base64url, encode_base64url
from credentials.errors import Malformed, TooLarge
from credentials.jcs import canonicalize
from credentials.json_object import parse_object
from wallet.errors import VaultUnreadable, VaultWeakened

SALT_BYTES: Final = nacl.pwhash.argon2id.SALTBYTES
NONCE_BYTES: Final = nacl.bindings.crypto_aead_xchacha20poly1305_ietf_NPUBBYTES
MAX_VAULT_BYTES: Final = 16 * 1024 * 1024  # two hundred credentials fit fifty times over
MAX_HEADER_BYTES: Final = 512

MIB: Final = 1024 * 1024
_VERSION: Final = 1
_KEY_BYTES: Final = 32
_TAG_BYTES: Final = nacl.bindings.crypto_aead_xchacha20poly1305_ietf_ABYTES


@dataclass(frozen=True, slots=True, kw_only=True)
class Hardness:
    """The cost of a guess at the passphrase: Argon2id memory in bytes, passes. RFC 9106 §4."""

    memory: int = 64 * MIB
    passes: int = 3

    def check(self) -> None:
        """Raises VaultWeakened outside 19 to 256 MiB and 2 to 10 passes (OWASP's floor)."""
        if not 19 * MIB <= self.memory <= 256 * MIB or not 2 <= self.passes <= 10:
            raise VaultWeakened("the vault's Argon2id parameters are out of bounds")


def seal_vault(
    content: bytes, passphrase: bytes, *, salt: bytes, nonce: bytes, hardness: Hardness
) -> bytes:
    """Encrypt a vault's content. salt (16) and nonce (24 bytes) must be fresh random bytes.

    Raises TooLarge for what could not be opened again.
    """
    header = canonicalize(
        {
            "kdf": "argon2id",
            "memory": hardness.memory,
            "nonce": encode_base64url(nonce),
            "passes": hardness.passes,
            "salt": encode_base64url(salt),
            "version": _VERSION,
        }
    )
    key = _derive_key(passphrase, salt, hardness)
    box = nacl.bindings.crypto_aead_xchacha20poly1305_ietf_encrypt(content, header, nonce, key)
    vault = header + b"\n" + box
    if len(vault) > MAX_VAULT_BYTES:
        raise TooLarge("the vault is full")
    return vault


def open_vault(data: bytes, passphrase: bytes) -> bytes:
    """Decrypt a vault.

    Raises TooLarge, VaultWeakened, or VaultUnreadable: no vault, an altered one, or another
    passphrase.
    """
    if len(data) > MAX_VAULT_BYTES:
        raise TooLarge("the vault is too large")
    header, newline, box = data.partition(b"\n")
    if not newline:
        raise VaultUnreadable("not a vault: it has no header line")
    try:
        salt, nonce, hardness = _parse_header(header)
    except (Malformed, TooLarge) as error:
        raise VaultUnreadable("not a vault, or its header was altered") from error
    if len(box) < _TAG_BYTES:  # the library would not tell it from a bug of ours
        raise VaultUnreadable("the vault was cut off")
    key = _derive_key(passphrase, salt, hardness)
    try:
        return nacl.bindings.crypto_aead_xchacha20poly1305_ietf_decrypt(box, header, nonce, key)
    except nacl.exceptions.CryptoError as error:
        raise VaultUnreadable("the vault was altered, or the passphrase is another one") from error


def _parse_header(header: bytes) -> tuple[bytes, bytes, Hardness]:
    fields = parse_object(header, max_bytes=MAX_HEADER_BYTES, where="vault header")
    fields.only("kdf", "memory", "nonce", "passes", "salt", "version")
    if fields.integer("version") != _VERSION or fields.text("kdf") != "argon2id":
        raise Malformed("not a vault of this version")
    salt, nonce = decode_base64url(fields.text("salt")), decode_base64url(fields.text("nonce"))
    if len(salt) != SALT_BYTES or len(nonce) != NONCE_BYTES:
        raise Malformed("the vault's salt or nonce has another length")
    hardness = Hardness(memory=fields.integer("memory"), passes=fields.integer("passes"))
    hardness.check()
    return salt, nonce, hardness


def _derive_key(passphrase: bytes, salt: bytes, hardness: Hardness) -> bytes:
    return nacl.pwhash.argon2id.kdf(
        _KEY_BYTES, passphrase, salt, opslimit=hardness.passes, memlimit=hardness.memory
    )
