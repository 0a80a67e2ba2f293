"""Multikey: the texts of the specification, and one spelling for each key."""

from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from credentials.encoding import decode_multibase, encode_multibase
from credentials.errors import Error, Malformed, Unsupported
from credentials.keys import Ed25519Signer, KeyType, P256Signer, PublicKey
from credentials.multikey import encode_multikey, parse_multikey

KEYS: Final[list[PublicKey]] = [
    Ed25519Signer(bytes([1]) * 32).public_key,
    P256Signer(bytes([1]) * 32).public_key,
    P256Signer(bytes([2]) * 32).public_key,
]


@pytest.mark.parametrize(
    ("text", "key_type"),
    [
        # Controlled Identifiers 1.0 §2.2.2; VC DI EdDSA and ECDSA, Test Vectors.
        ("z6MkmM42vxfqZQsv4ehtTjFFxQ4sQKS2w6WR7emozFAn5cxu", KeyType.ED25519),
        ("z6MkrJVnaZkeFzdQyMZu1cgjg7k1pZZ6pvBQ7XJPt4swbTQ2", KeyType.ED25519),
        ("zDnaepBuvsQ8cpsWrVKw8fbpGpvPeNSjVPTWoq6cRqaYzBKVP", KeyType.P256),
    ],
)
def test_reads_and_writes_the_keys_of_the_specifications(text: str, key_type: KeyType) -> None:
    key = parse_multikey(text)
    assert key.type is key_type
    assert encode_multikey(key) == text


@pytest.mark.parametrize("key", KEYS)
def test_returns_the_key_it_was_given(key: PublicKey) -> None:
    assert parse_multikey(encode_multikey(key)) == key


@pytest.mark.parametrize(
    "data",
    [
        b"\xed\x01" + bytes(31),
        b"\xed\x01" + bytes(33),
        b"\x80\x24" + KEYS[1].raw,
        b"\x80\x24" + b"\x02" + b"\xff" * 32,
        b"\x80\x24" + bytes(33),
        b"\x80\x24",
    ],
    ids=[
        "ed25519-too-short",
        "ed25519-too-long",
        "p256-uncompressed",
        "p256-off-the-curve",
        "p256-zeros",
        "p256-without-a-point",
    ],
)
def test_refuses_what_is_no_key(data: bytes) -> None:
    with pytest.raises(Malformed):
        parse_multikey(encode_multibase(data))


@pytest.mark.parametrize(
    "data",
    [b"", b"\xed", b"\x81\x24" + bytes(49), b"\xec\x01" + bytes(32), b"\xed\x81\x00" + bytes(32)],
    ids=["nothing", "half-a-prefix", "p384", "x25519", "prefix-in-another-spelling"],
)
def test_refuses_other_kinds_of_keys(data: bytes) -> None:
    with pytest.raises(Unsupported):
        parse_multikey(encode_multibase(data))


def test_refuses_other_bases() -> None:
    with pytest.raises(Malformed):
        parse_multikey("u" + encode_multikey(KEYS[0])[1:])


@given(st.text() | st.binary(max_size=40).map(encode_multibase))
def test_any_text_gives_a_key_in_its_one_spelling_or_our_error(text: str) -> None:
    try:
        key = parse_multikey(text)
    except Error:
        return
    assert encode_multikey(key) == text
    assert decode_multibase(text)
