import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage.crypto_module import KEY_BYTES, decrypt, encrypt, random_bytes, stretch, subkey
from storage.errors import SealBroken

KEY = bytes(range(32))
KEYS = st.binary(min_size=32, max_size=32)


@given(KEYS, st.binary(max_size=100), st.binary(max_size=50))
def test_decrypts_what_it_encrypted(key: bytes, plaintext: bytes, context: bytes) -> None:
    sealed = encrypt(key, plaintext, context)
    assert len(sealed) == len(plaintext) + 40
    assert decrypt(key, sealed, context) == plaintext


def test_one_plaintext_never_encrypts_to_the_same_bytes() -> None:
    assert encrypt(KEY, b"", b"") != encrypt(KEY, b"", b"")


def test_refuses_another_key_and_another_context() -> None:
    sealed = encrypt(KEY, b"plaintext", b"context")
    with pytest.raises(SealBroken):
        decrypt(KEY[::-1], sealed, b"context")
    with pytest.raises(SealBroken):
        decrypt(KEY, sealed, b"")


def test_refuses_every_single_flipped_bit() -> None:
    sealed = encrypt(KEY, b"plaintext", b"context")
    for bit in range(len(sealed) * 8):
        flipped = bytearray(sealed)
        flipped[bit // 8] ^= 1 << bit % 8
        with pytest.raises(SealBroken):
            decrypt(KEY, bytes(flipped), b"context")


@given(st.binary(max_size=60))
def test_any_other_bytes_are_refused(data: bytes) -> None:
    with pytest.raises(SealBroken):
        decrypt(KEY, data, b"context")


def test_stretches_as_argon2id_is_defined() -> None:
    # The reference implementation, through argon2-cffi 25.1, gives this for 2 passes and 64 MiB.
    key = stretch(b"passphrase", bytes(16), passes=2, memory_bytes=64 * 1024 * 1024)
    assert key.hex() == "84db289cc907946493e34a99cb00632423bedcf6c309d00a381d57aa7286c93d"


def test_each_label_has_a_key_of_its_own() -> None:
    assert subkey(KEY, "one") == subkey(KEY, "one")
    assert len({subkey(KEY, "one"), subkey(KEY, "two"), subkey(KEY[::-1], "one"), KEY}) == 4
    assert len(subkey(KEY, "one")) == KEY_BYTES


def test_random_bytes_are_as_many_as_asked_for_and_never_the_same() -> None:
    drawn = {random_bytes(16) for _ in range(100)}
    assert len(drawn) == 100
    assert {len(value) for value in drawn} == {16}
