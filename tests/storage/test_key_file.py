"""Key files: each bound to its own name, purpose and algorithm."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from credentials.errors import Error, Malformed, Unsupported
from credentials.jcs import canonicalize
from credentials.json_object import parse_object
from credentials.keys import KeyType, signer_from_secret
from credentials.multikey import encode_multikey
from credentials.strict_json import JsonValue
from storage.errors import SealBroken
from storage.key_file import KeyPurpose, decode_key_file, encode_key_file

WRAPPING = bytes(range(32))
SECRET = bytes([7]) * 32
NAME = "GU-11620/es256-1"
FILE = encode_key_file(WRAPPING, NAME, KeyPurpose.ASSERTION, KeyType.P256, SECRET)


@pytest.mark.parametrize("key_type", KeyType)
@pytest.mark.parametrize("purpose", KeyPurpose)
def test_reads_the_key_it_wrote(key_type: KeyType, purpose: KeyPurpose) -> None:
    key = decode_key_file(WRAPPING, encode_key_file(WRAPPING, NAME, purpose, key_type, SECRET))
    expected = signer_from_secret(key_type, SECRET).public_key
    assert (key.key_id, key.purpose, key.signer.public_key) == (NAME, purpose, expected)
    expected.verify(key.signer.sign(b"message"), b"message")


def test_shows_the_public_key_and_hides_the_secret() -> None:
    public = signer_from_secret(KeyType.P256, SECRET).public_key
    assert parse_object(FILE).text("public") == encode_multikey(public)
    assert SECRET not in FILE
    assert SECRET.hex().encode() not in FILE


@pytest.mark.parametrize(
    ("name", "value", "error"),
    [
        pytest.param("id", "GU-11620/es256-2", SealBroken, id="another name"),
        pytest.param("purpose", "did-update", SealBroken, id="another purpose"),
        pytest.param("purpose", "decryption", Malformed, id="unknown purpose"),
        pytest.param("algorithm", "EdDSA", SealBroken, id="another algorithm"),
        pytest.param("algorithm", "none", Malformed, id="unknown algorithm"),
        pytest.param("public", "z6Mk", SealBroken, id="another public key"),
        pytest.param("v", 2, Unsupported, id="another version"),
        pytest.param("extra", 1, Malformed, id="unknown member"),
    ],
)
def test_refuses_a_key_file_with_one_thing_changed(
    name: str, value: JsonValue, error: type[Error]
) -> None:
    with pytest.raises(error):
        decode_key_file(WRAPPING, canonicalize({**parse_object(FILE).members, name: value}))


def test_refuses_a_key_file_of_another_keystore() -> None:
    with pytest.raises(SealBroken):
        decode_key_file(WRAPPING[::-1], FILE)


def test_refuses_every_single_flipped_bit() -> None:
    for bit in range(len(FILE) * 8):
        flipped = bytearray(FILE)
        flipped[bit // 8] ^= 1 << bit % 8
        with pytest.raises(Error):
            decode_key_file(WRAPPING, bytes(flipped))


@given(st.binary(max_size=100))
def test_any_bytes_are_refused_with_our_error(data: bytes) -> None:
    with pytest.raises(Error):
        decode_key_file(WRAPPING, data)
