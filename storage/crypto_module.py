"""All cryptography that protects data at rest, in one place, so that a validated module can take
its place: authenticated encryption, key stretching, subkeys. libsodium does the work.
"""

import hashlib
import secrets
from typing import Final

import nacl.bindings
import nacl.exceptions

from storage.errors import SealBroken

KEY_BYTES: Final = 32
SALT_BYTES: Final = nacl.bindings.crypto_pwhash_SALTBYTES

_NONCE_BYTES: Final = nacl.bindings.crypto_aead_xchacha20poly1305_ietf_NPUBBYTES
_TAG_BYTES: Final = nacl.bindings.crypto_aead_xchacha20poly1305_ietf_ABYTES


def random_bytes(count: int) -> bytes:
    """Secret random bytes, for keys, salts and nonces."""
    return secrets.token_bytes(count)


def encrypt(key: bytes, plaintext: bytes, context: bytes) -> bytes:
    """Encrypt and authenticate: nonce (24 bytes) and ciphertext with tag (16 bytes more).

    context: what the ciphertext belongs to; `decrypt` succeeds with the same one only.
    """
    # XChaCha20 has nonces long enough to be drawn at random for ever.
    nonce = random_bytes(_NONCE_BYTES)
    return nonce + nacl.bindings.crypto_aead_xchacha20poly1305_ietf_encrypt(
        plaintext, context, nonce, key
    )


def decrypt(key: bytes, sealed: bytes, context: bytes) -> bytes:
    """Return what `encrypt` was given. Raises SealBroken for any other key, bytes or context."""
    if len(sealed) < _NONCE_BYTES + _TAG_BYTES:
        raise SealBroken("the sealed bytes are cut short")
    nonce, ciphertext = sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:]
    try:
        return nacl.bindings.crypto_aead_xchacha20poly1305_ietf_decrypt(
            ciphertext, context, nonce, key
        )
    except nacl.exceptions.CryptoError as error:
        raise SealBroken("the sealed bytes do not belong to this key and place") from error


def stretch(passphrase: bytes, salt: bytes, *, passes: int, memory_bytes: int) -> bytes:
    """A key from a passphrase, by Argon2id with one lane. RFC 9106 §3."""
    return nacl.bindings.crypto_pwhash_alg(
        KEY_BYTES,
        passphrase,
        salt,
        passes,
        memory_bytes,
        nacl.bindings.crypto_pwhash_ALG_ARGON2ID13,
    )


def subkey(key: bytes, label: str) -> bytes:
    """An independent key of 32 bytes for each label, by keyed BLAKE2b. RFC 7693 §2.9."""
    return hashlib.blake2b(label.encode("ascii"), key=key, digest_size=KEY_BYTES).digest()
