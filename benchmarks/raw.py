"""The raw primitives: what signing and verifying cost with nothing around them.

Keys are objects already, messages are bytes, signatures stand in the form that the library wants.
"""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Final

import nacl.bindings
import nacl.exceptions
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256

from benchmarks.workload import Contender, assert_refused
from credentials.keys import KeyType

# What eddsa-jcs-2022 signs: the hash of the proof's options and the hash of the document.
HASH_DATA: Final = bytes(64)

_SECRET: Final = b"\7" * 32
_ECDSA: Final = ec.ECDSA(SHA256())
_NAMES: Final = {KeyType.ED25519: "Ed25519 {}, libsodium", KeyType.P256: "P-256 {}, OpenSSL"}

_REFUSALS: Final[Mapping[KeyType, type[Exception]]] = {
    KeyType.ED25519: nacl.exceptions.BadSignatureError,
    KeyType.P256: InvalidSignature,
}


def raw_sign(key_type: KeyType, message: bytes) -> Contender:
    """Sign a message once."""
    sign, _ = _pair(key_type)
    run = partial(sign, message)
    return Contender(name=_NAMES[key_type].format("sign"), run=run, check=_check(key_type, message))


def raw_verify(key_type: KeyType, message: bytes, *, times: int = 1) -> Contender:
    """Verify a message as many times as the job has signatures."""
    sign, verify = _pair(key_type)
    once = partial(verify, sign(message), message)
    name = _NAMES[key_type].format("verify" if times == 1 else f"{times} x verify")
    run = once if times == 1 else partial(_repeat, once, times)
    return Contender(name=name, run=run, check=_check(key_type, message))


def _pair(
    key_type: KeyType,
) -> tuple[Callable[[bytes], bytes], Callable[[bytes, bytes], object]]:
    """Sign(message) and verify(signature, message), each one call of the library."""
    if key_type is KeyType.ED25519:
        public, secret = nacl.bindings.crypto_sign_seed_keypair(_SECRET)
        return (
            lambda message: nacl.bindings.crypto_sign(message, secret)[:64],
            lambda signature, message: nacl.bindings.crypto_sign_open(signature + message, public),
        )
    key = ec.derive_private_key(int.from_bytes(_SECRET), ec.SECP256R1())
    public_key = key.public_key()
    return (
        lambda message: key.sign(message, _ECDSA),
        lambda signature, message: public_key.verify(signature, message, _ECDSA),
    )


def _check(key_type: KeyType, message: bytes) -> Callable[[], None]:
    def check() -> None:
        sign, verify = _pair(key_type)
        verify(sign(message), message)
        assert_refused(lambda: verify(sign(message), message + b"!"), _REFUSALS[key_type])

    return check


def _repeat(once: Callable[[], object], times: int) -> None:
    for _ in range(times):
        once()
