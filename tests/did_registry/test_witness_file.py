"""A witness's set-up: one name, one key for each log, and no way to exchange a log's key."""

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from credentials.errors import Error, Malformed
from credentials.keys import Ed25519Signer
from did_registry.tlog.note import verifier_key
from did_registry.witness_file import WitnessSetup, encode_witness_setup, parse_witness_setup

KEYS = [
    verifier_key(f"log.example/{year}", Ed25519Signer(bytes([year % 251]) * 32).public_key)
    for year in (2026, 2027)
]
SETUP = WitnessSetup(name="SEL-WIT1", logs=tuple(KEYS))


def test_what_is_written_is_read_back() -> None:
    assert parse_witness_setup(encode_witness_setup(SETUP)) == SETUP


def test_a_log_is_added_once() -> None:
    empty = WitnessSetup(name="SEL-WIT1", logs=())
    assert empty.watching(KEYS[0]).watching(KEYS[1]).watching(KEYS[0]) == SETUP


def test_the_key_of_a_log_is_not_exchanged() -> None:
    other = verifier_key(KEYS[0].name, Ed25519Signer(b"x" * 32).public_key)
    with pytest.raises(Malformed):
        SETUP.watching(other)


@pytest.mark.parametrize(
    "data",
    [
        b"{}",
        b'{"logs":[],"name":""}',
        b'{"logs":[],"name":"a b"}',
        b'{"logs":["x"],"name":"W"}',
        b'{"logs":[],"name":"W","more":1}',
        encode_witness_setup(WitnessSetup(name="W", logs=(KEYS[0], KEYS[0]))),
    ],
    ids=["empty", "no name", "space", "no key", "unknown", "a log twice"],
)
def test_refuses(data: bytes) -> None:
    with pytest.raises(Malformed):
        parse_witness_setup(data)


@given(st.binary(max_size=100))
def test_any_bytes_give_our_typed_error(data: bytes) -> None:
    with contextlib.suppress(Error):
        parse_witness_setup(data)
