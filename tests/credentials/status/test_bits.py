"""The one store of states, and the compressed streams that carry it."""

import gzip
import zlib
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from credentials.errors import Error, Malformed, TooLarge
from credentials.status.bits import (
    GZIP,
    MAX_ENTRIES,
    MAX_INFLATED_BYTES,
    MIN_ENTRIES,
    ZLIB,
    State,
    StatusBits,
    StatusIndexOutOfRange,
    StatusListTooShort,
    compress,
    inflate,
)

FORMATS = pytest.mark.parametrize("wbits", [ZLIB, GZIP], ids=["zlib", "gzip"])


@pytest.mark.parametrize(
    ("size", "error"),
    [
        (0, StatusListTooShort),
        (MIN_ENTRIES - 8, StatusListTooShort),
        (MIN_ENTRIES + 1, Malformed),
        (MAX_ENTRIES + 8, TooLarge),
    ],
)
def test_refuses_a_size(size: int, error: type[Error]) -> None:
    with pytest.raises(error) as refused:
        StatusBits(size=size, marked={})
    assert type(refused.value) is error


@pytest.mark.parametrize("size", [MIN_ENTRIES, MAX_ENTRIES])
def test_accepts_a_size(size: int) -> None:
    StatusBits(size=size, marked={size - 1: State.REVOKED})


@pytest.mark.parametrize("index", [-1, MIN_ENTRIES])
def test_refuses_a_mark_beyond_the_list(index: int) -> None:
    with pytest.raises(StatusIndexOutOfRange):
        StatusBits(size=MIN_ENTRIES, marked={index: State.REVOKED})


def test_does_not_change_with_what_it_was_made_from() -> None:
    marked = {1: State.REVOKED}
    bits = StatusBits(size=MIN_ENTRIES, marked=marked)
    marked[2] = State.REVOKED
    assert dict(bits.marked) == {1: State.REVOKED}


def test_packs_from_the_lowest_bit_upwards() -> None:
    bits = StatusBits(size=MIN_ENTRIES, marked={0: State.REVOKED, 5: State.SUSPENDED})
    assert bits.pack(bits=1, values={State.REVOKED: 1})[:2] == b"\x01\x00"
    both = bits.pack(bits=2, values={State.REVOKED: 1, State.SUSPENDED: 2})
    assert both[:2] == b"\x01\x08"
    assert len(both) == MIN_ENTRIES // 4


@FORMATS
@settings(max_examples=60)
@given(st.binary(max_size=500))
def test_what_is_compressed_inflates(wbits: int, data: bytes) -> None:
    assert inflate(compress(data, wbits), wbits) == data


def test_compresses_as_others_do_and_without_a_date() -> None:
    assert zlib.decompress(compress(b"x" * 99, ZLIB)) == b"x" * 99
    assert gzip.decompress(compress(b"x" * 99, GZIP)) == b"x" * 99
    assert compress(b"x", GZIP)[4:8] == bytes(4)


@FORMATS
@pytest.mark.parametrize(
    "broken",
    [
        lambda data: data[:-1],
        lambda data: data + b"\0",
        lambda data: data + data,
        lambda data: b"",
        lambda data: data[:-6] + bytes(6),
        lambda data: b"\0" + data,
    ],
    ids=["cut off", "trailing byte", "second stream", "empty", "checksum", "leading byte"],
)
def test_refuses_a_broken_stream(wbits: int, broken: Callable[[bytes], bytes]) -> None:
    with pytest.raises(Malformed):
        inflate(broken(compress(b"status list" * 9, wbits)), wbits)


def test_does_not_take_one_format_for_the_other() -> None:
    with pytest.raises(Malformed):
        inflate(compress(b"x", GZIP), ZLIB)
    with pytest.raises(Malformed):
        inflate(compress(b"x", ZLIB), GZIP)


@FORMATS
def test_stops_a_bomb_at_the_bound(wbits: int) -> None:
    whole = bytes(MAX_INFLATED_BYTES)
    assert len(inflate(compress(whole, wbits), wbits)) == MAX_INFLATED_BYTES
    with pytest.raises(TooLarge):
        inflate(compress(whole + b"\0", wbits), wbits)
    with pytest.raises(TooLarge):
        inflate(compress(whole * 12, wbits), wbits)


@FORMATS
@settings(max_examples=100)
@given(st.binary(max_size=60))
def test_any_bytes_inflate_or_give_our_error(wbits: int, data: bytes) -> None:
    try:
        inflate(data, wbits)
    except Error:
        return
    assert zlib.decompress(data, wbits) is not None
