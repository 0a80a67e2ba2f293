"""Keys and signatures: Wycheproof's cases by name, and what may not become a key."""

import json
from pathlib import Path
from typing import Any, Final

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from credentials.errors import Malformed, SignatureInvalid
from credentials.keys import (
    Ed25519Signer,
    KeyType,
    P256Signer,
    PublicKey,
    Signer,
    ed25519_key,
    is_secret,
    p256_key,
    signer_from_secret,
)

WYCHEPROOF: Final = Path(__file__).parents[1] / "vectors" / "wycheproof"
ORDER: Final = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
SIGNERS: Final[list[Signer]] = [Ed25519Signer(bytes([1]) * 32), P256Signer(bytes([1]) * 32)]
EACH_SIGNER: Final = pytest.mark.parametrize(
    "signer", SIGNERS, ids=[signer.public_key.type.name for signer in SIGNERS]
)


def cases(file: str) -> list[Any]:
    groups = json.loads((WYCHEPROOF / file).read_text("utf-8"))["testGroups"]
    return [
        pytest.param(group["publicKey"], test, id=f"{test['tcId']}-{test['comment']}")
        for group in groups
        for test in group["tests"]
    ]


def check(key: PublicKey, test: Any) -> None:
    signature, message = bytes.fromhex(test["sig"]), bytes.fromhex(test["msg"])
    if test["result"] == "valid":
        key.verify(signature, message)
    else:
        with pytest.raises(SignatureInvalid):
            key.verify(signature, message)


@pytest.mark.parametrize(("public_key", "test"), cases("ed25519_test.json"))
def test_ed25519_gives_wycheproofs_verdict(public_key: Any, test: Any) -> None:
    check(ed25519_key(bytes.fromhex(public_key["pk"])), test)


@pytest.mark.parametrize(("public_key", "test"), cases("ecdsa_secp256r1_sha256_p1363_test.json"))
def test_p256_gives_wycheproofs_verdict(public_key: Any, test: Any) -> None:
    check(p256_key(bytes.fromhex(public_key["uncompressed"])), test)


@EACH_SIGNER
@settings(max_examples=20)
@given(message=st.binary(max_size=200))
def test_verifies_what_it_signs(signer: Signer, message: bytes) -> None:
    signature = signer.sign(message)
    assert len(signature) == 64
    signer.public_key.verify(signature, message)
    with pytest.raises(SignatureInvalid):
        signer.public_key.verify(signature, message + b"\0")


@EACH_SIGNER
@pytest.mark.parametrize("size", [0, 63, 65, 128])
def test_refuses_a_signature_of_another_length(signer: Signer, size: int) -> None:
    signature = (signer.sign(b"message") * 2)[:size]
    with pytest.raises(SignatureInvalid):
        signer.public_key.verify(signature, b"message")


@EACH_SIGNER
def test_no_part_of_a_message_can_move_into_its_signature(signer: Signer) -> None:
    signature = signer.sign(b"message")
    with pytest.raises(SignatureInvalid):
        signer.public_key.verify(signature + b"mess", b"age")


@EACH_SIGNER
def test_refuses_the_signature_of_another_key(signer: Signer) -> None:
    other = signer_from_secret(signer.public_key.type, bytes([2]) * 32)
    with pytest.raises(SignatureInvalid):
        other.public_key.verify(signer.sign(b"message"), b"message")


@pytest.mark.parametrize(
    "raw",
    [bytes(32), bytes([1]) + bytes(31), b"\xec" + b"\xff" * 30 + b"\x7f", b"\xff" * 32],
    ids=["order-4", "identity", "order-2", "not-canonical"],
)
def test_verifies_nothing_with_a_weak_ed25519_key(raw: bytes) -> None:
    # With such a key one signature would fit many messages; libsodium refuses it on every use.
    with pytest.raises(SignatureInvalid):
        ed25519_key(raw).verify(bytes(64), b"message")
    with pytest.raises(SignatureInvalid):
        ed25519_key(raw).verify(raw + bytes(32), b"message")


@pytest.mark.parametrize("size", [0, 31, 33])
def test_an_ed25519_key_has_32_bytes(size: int) -> None:
    with pytest.raises(Malformed):
        ed25519_key(bytes(size))


def test_reads_both_forms_of_a_point_as_one_key() -> None:
    key = SIGNERS[1].public_key
    compressed = bytes([2 + (key.raw[64] & 1)]) + key.raw[1:33]
    assert p256_key(key.raw) == p256_key(compressed) == key


def on_no_curve() -> bytes:
    point = bytearray(SIGNERS[1].public_key.raw)
    point[64] ^= 1
    return bytes(point)


@pytest.mark.parametrize(
    "point",
    [
        b"",
        b"\0",
        SIGNERS[1].public_key.raw[1:],
        SIGNERS[1].public_key.raw + b"\0",
        b"\x06" + SIGNERS[1].public_key.raw[1:],
        b"\x05" + SIGNERS[1].public_key.raw[1:33],
        b"\x02" + b"\xff" * 32,
        on_no_curve(),
    ],
    ids=[
        "nothing",
        "infinity",
        "no-prefix",
        "too-long",
        "hybrid",
        "unknown-prefix",
        "x-beyond-the-field",
        "off-the-curve",
    ],
)
def test_refuses_what_is_no_point_of_p256(point: bytes) -> None:
    with pytest.raises(Malformed):
        p256_key(point)


@given(st.binary(max_size=70) | st.binary(min_size=33, max_size=33))
def test_any_bytes_give_a_key_or_our_error(data: bytes) -> None:
    for read in (ed25519_key, p256_key):
        try:
            assert read(data).raw
        except Malformed:
            continue


@pytest.mark.parametrize(
    ("key_type", "secret"),
    [
        (KeyType.ED25519, bytes(31)),
        (KeyType.ED25519, bytes(33)),
        (KeyType.P256, (1).to_bytes(31)),
        (KeyType.P256, (1).to_bytes(33)),
        (KeyType.P256, bytes(32)),
        (KeyType.P256, ORDER.to_bytes(32)),
        (KeyType.P256, b"\xff" * 32),
    ],
)
def test_refuses_what_is_no_secret(key_type: KeyType, secret: bytes) -> None:
    with pytest.raises(Malformed):
        signer_from_secret(key_type, secret)


@pytest.mark.parametrize(
    ("key_type", "candidate", "expected"),
    [
        (KeyType.ED25519, bytes(32), True),
        (KeyType.P256, bytes(32), False),
        (KeyType.P256, (1).to_bytes(32), True),
        (KeyType.P256, (ORDER - 1).to_bytes(32), True),
        (KeyType.P256, ORDER.to_bytes(32), False),
    ],
)
def test_knows_which_random_bytes_are_a_secret(
    key_type: KeyType, candidate: bytes, expected: bool
) -> None:
    assert is_secret(key_type, candidate) is expected
    if expected:
        assert signer_from_secret(key_type, candidate).public_key.type is key_type
