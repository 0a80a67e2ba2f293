"""The wrapped master key: its passphrase opens it, and nothing about it can be changed."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from credentials.errors import Error, Malformed, TooLarge, Unsupported
from credentials.jcs import canonicalize
from credentials.json_object import parse_object
from credentials.strict_json import JsonValue
from storage.errors import KeystoreLocked, PassphraseTooShort, PermissionsTooOpen
from storage.master_key import (
    MAX_MEMORY_BYTES,
    MAX_PASSES,
    MIN_MEMORY_BYTES,
    MIN_PASSES,
    STANDARD_COST,
    Cost,
    read_passphrase,
    unwrap_master_key,
    wrap_master_key,
)
from storage.private_files import create_private

MASTER = bytes(range(32))
PASSPHRASE = b"a passphrase for tests"
CHEAP = Cost(passes=MIN_PASSES, memory_bytes=MIN_MEMORY_BYTES)
HEADER = wrap_master_key(MASTER, PASSPHRASE, CHEAP)


def changed(**members: JsonValue) -> bytes:
    return canonicalize({**parse_object(HEADER).members, **members})


def test_the_passphrase_opens_it() -> None:
    assert unwrap_master_key(HEADER, PASSPHRASE) == MASTER
    assert unwrap_master_key(wrap_master_key(MASTER, PASSPHRASE, STANDARD_COST), PASSPHRASE)


def test_another_passphrase_does_not() -> None:
    with pytest.raises(KeystoreLocked):
        unwrap_master_key(HEADER, PASSPHRASE + b"\n")


def test_one_master_key_is_never_wrapped_to_the_same_bytes() -> None:
    assert wrap_master_key(MASTER, PASSPHRASE, CHEAP) != HEADER


def test_nothing_of_the_key_or_the_passphrase_stands_in_the_header() -> None:
    assert set(parse_object(HEADER)) == {"kdf", "memory", "passes", "salt", "sealed", "v"}
    assert PASSPHRASE not in HEADER


def test_refuses_a_short_passphrase() -> None:
    with pytest.raises(PassphraseTooShort):
        wrap_master_key(MASTER, b"fifteen letters", CHEAP)


COSTS_OUT_OF_BOUNDS = [
    pytest.param(MIN_PASSES - 1, MIN_MEMORY_BYTES, id="too few passes"),
    pytest.param(MAX_PASSES + 1, MIN_MEMORY_BYTES, id="too many passes"),
    pytest.param(MIN_PASSES, MIN_MEMORY_BYTES - 1, id="too little memory"),
    pytest.param(MIN_PASSES, MAX_MEMORY_BYTES + 1, id="too much memory"),
    pytest.param(2**53 - 1, 2**53 - 1, id="without end"),
]


@pytest.mark.parametrize(("passes", "memory"), COSTS_OUT_OF_BOUNDS)
def test_refuses_a_cost_out_of_bounds_before_any_work(passes: int, memory: int) -> None:
    with pytest.raises(Unsupported):
        wrap_master_key(MASTER, PASSPHRASE, Cost(passes=passes, memory_bytes=memory))
    with pytest.raises(Unsupported):
        unwrap_master_key(changed(passes=passes, memory=memory), PASSPHRASE)


@pytest.mark.parametrize(
    ("name", "value", "error"),
    [
        pytest.param("v", 2, Unsupported, id="version"),
        pytest.param("kdf", "argon2i", Unsupported, id="another stretching"),
        pytest.param("salt", "AAAA", Malformed, id="short salt"),
        pytest.param("salt", "A" * 22, KeystoreLocked, id="another salt"),
        pytest.param("passes", MIN_PASSES + 1, KeystoreLocked, id="another cost"),
        pytest.param("sealed", "A" * 96, KeystoreLocked, id="another key"),
        pytest.param("extra", 1, Malformed, id="unknown member"),
    ],
)
def test_refuses_a_header_with_one_thing_changed(
    name: str, value: JsonValue, error: type[Error]
) -> None:
    with pytest.raises(error):
        unwrap_master_key(changed(**{name: value}), PASSPHRASE)


def test_refuses_a_header_beyond_its_size() -> None:
    with pytest.raises(TooLarge):
        unwrap_master_key(HEADER + b" " * 1024, PASSPHRASE)


@pytest.mark.parametrize("position", range(len(HEADER)))
def test_refuses_a_flipped_bit_at_every_position(position: int) -> None:
    flipped = bytearray(HEADER)
    flipped[position] ^= 1 << position % 7
    with pytest.raises(Error):
        unwrap_master_key(bytes(flipped), PASSPHRASE)


@settings(max_examples=50)
@given(st.binary(max_size=100))
def test_any_bytes_are_refused_with_our_error(data: bytes) -> None:
    with pytest.raises(Error):
        unwrap_master_key(data, PASSPHRASE)


@pytest.mark.parametrize(
    ("content", "passphrase"),
    [(b"words\n", b"words"), (b"words", b"words"), (b" words \n\n", b" words \n")],
)
def test_a_passphrase_is_the_whole_file_but_its_last_line_end(
    tmp_path: Path, content: bytes, passphrase: bytes
) -> None:
    create_private(tmp_path / "passphrase", content)
    assert read_passphrase(tmp_path / "passphrase") == passphrase


def test_refuses_a_passphrase_that_others_can_read(tmp_path: Path) -> None:
    create_private(tmp_path / "passphrase", PASSPHRASE)
    (tmp_path / "passphrase").chmod(0o644)
    with pytest.raises(PermissionsTooOpen):
        read_passphrase(tmp_path / "passphrase")
