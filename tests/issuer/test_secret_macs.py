"""Codes, tokens and nonces: what is stored of them, and which nonces are ours and alive."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from credentials.encoding import decode_base64url, encode_base64url
from issuer.secret_macs import NONCE_LIFETIME, SecretKind, SecretMacs

MACS = SecretMacs(bytes(range(32)))
OTHER = SecretMacs(bytes(32))
ISSUER = "https://gwanin.example/issuers/GU-11620"
NOW = datetime(2026, 3, 13, 3, 0, tzinfo=UTC)
RANDOM = bytes(range(16))


def test_a_digest_has_32_bytes_and_is_the_same_each_time() -> None:
    assert MACS.digest(SecretKind.CODE, "x") == SecretMacs(bytes(range(32))).digest(
        SecretKind.CODE, "x"
    )
    assert len(MACS.digest(SecretKind.CODE, "x")) == 32


def test_a_digest_depends_on_the_key() -> None:
    assert MACS.digest(SecretKind.CODE, "x") != OTHER.digest(SecretKind.CODE, "x")


def test_no_kind_of_secret_passes_for_another() -> None:
    assert len({MACS.digest(kind, "x") for kind in SecretKind}) == len(SecretKind)


parts = st.lists(st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=5), max_size=3)


@given(parts, parts)
def test_parts_that_differ_have_digests_that_differ(one: list[str], other: list[str]) -> None:
    digests = (MACS.digest(SecretKind.CODE, *texts) for texts in (one, other))
    assert (len(set(digests)) == 1) == (one == other)


@pytest.mark.parametrize(
    ("one", "other"), [(("a\0b",), ("a", "b")), (("a", ""), ("a",)), (("ab", "c"), ("a", "bc"))]
)
def test_no_part_can_pass_for_two(one: tuple[str, ...], other: tuple[str, ...]) -> None:
    assert MACS.digest(SecretKind.CODE, *one) != MACS.digest(SecretKind.CODE, *other)


def test_a_derived_code_is_the_same_each_time_and_no_other_offers() -> None:
    assert MACS.derive_code("o_1", 1) == MACS.derive_code("o_1", 1)
    others = {MACS.derive_code("o_1", 2), MACS.derive_code("o_11", 1), OTHER.derive_code("o_1", 1)}
    assert len(others | {MACS.derive_code("o_1", 1)}) == 4
    assert len(decode_base64url(MACS.derive_code("o_1", 1))) == 32


@pytest.mark.parametrize("code", ["o_1\x001", "derive\0o_1\x001"])
def test_no_code_that_is_looked_up_gives_a_derived_one(code: str) -> None:
    # What is stored of a stranger's text must never be a code that somebody else may use.
    looked_up = encode_base64url(MACS.digest(SecretKind.CODE, code))
    assert looked_up != MACS.derive_code("o_1", 1)


# ---- nonces ----


def test_a_nonce_lives_five_minutes() -> None:
    nonce = MACS.new_nonce(ISSUER, RANDOM, NOW)
    assert MACS.is_live_nonce(ISSUER, nonce, NOW)
    assert MACS.is_live_nonce(ISSUER, nonce, NOW + NONCE_LIFETIME - timedelta(microseconds=1))
    assert not MACS.is_live_nonce(ISSUER, nonce, NOW + NONCE_LIFETIME)


def test_a_nonce_is_for_one_issuer() -> None:
    nonce = MACS.new_nonce(ISSUER, RANDOM, NOW)
    assert not MACS.is_live_nonce(ISSUER + "0", nonce, NOW)


def test_a_nonce_of_another_key_is_none_of_ours() -> None:
    assert not MACS.is_live_nonce(ISSUER, OTHER.new_nonce(ISSUER, RANDOM, NOW), NOW)


def test_nonces_differ_by_their_randomness() -> None:
    other = bytes(reversed(RANDOM))
    assert MACS.new_nonce(ISSUER, RANDOM, NOW) != MACS.new_nonce(ISSUER, other, NOW)


def test_a_nonce_with_any_bit_changed_is_none_of_ours() -> None:
    nonce = decode_base64url(MACS.new_nonce(ISSUER, RANDOM, NOW))
    for bit in range(len(nonce) * 8):
        data = bytearray(nonce)
        data[bit // 8] ^= 1 << bit % 8
        assert not MACS.is_live_nonce(ISSUER, encode_base64url(bytes(data)), NOW)


@given(st.one_of(st.text(max_size=80), st.binary(max_size=60).map(encode_base64url)))
def test_no_text_of_a_stranger_is_a_nonce_of_ours(text: str) -> None:
    assert not MACS.is_live_nonce(ISSUER, text, NOW)


@pytest.mark.parametrize("change", [lambda it: it[:-1], lambda it: it + "A", lambda it: it + "="])
def test_a_nonce_is_read_whole(change: Callable[[str], str]) -> None:
    assert not MACS.is_live_nonce(ISSUER, change(MACS.new_nonce(ISSUER, RANDOM, NOW)), NOW)


def test_what_an_offer_needs_is_the_same_each_time_and_no_other_offers() -> None:
    macs, other = SecretMacs(bytes(32)), SecretMacs(bytes([1]) * 32)
    assert macs.derive_offer_secret("o_1") == macs.derive_offer_secret("o_1")
    assert len(decode_base64url(macs.derive_offer_secret("o_1"))) == 16
    secrets = {m.derive_offer_secret(it) for m in (macs, other) for it in ("o_1", "o_2")}
    assert len(secrets) == 4
    codes = {m.derive_tx_code(it, 6) for m in (macs, other) for it in ("o_1", "o_2")}
    assert len(codes) == 4
    assert macs.derive_tx_code("o_1", 6) == macs.derive_tx_code("o_1", 6)
