"""What a log and a witness say to each other, byte for byte."""

import contextlib
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from credentials.errors import Error, Malformed, TooLarge
from did_registry.tlog.note import (
    NoteSignature,
    encode_signature_lines,
    parse_signature_lines,
)
from did_registry.tlog.witness_messages import (
    MAX_CONSISTENCY_LINES,
    AddCheckpoint,
    encode_add_checkpoint,
    encode_size,
    parse_add_checkpoint,
    parse_size,
)

HASH = bytes(range(32))
TEXT = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="
NOTE = f"example.com/log\n9\n{TEXT}\n\n— example.com/log AAAAAAA=\n".encode()
REQUEST = AddCheckpoint(old_size=4, consistency=(HASH,), checkpoint=NOTE)

requests = st.builds(
    AddCheckpoint,
    old_size=st.integers(0, 2**63 - 1),
    consistency=st.lists(st.binary(min_size=32, max_size=32), max_size=63).map(tuple),
    checkpoint=st.just(NOTE) | st.binary(max_size=40),
)


def test_a_request_is_old_size_proof_and_checkpoint() -> None:
    assert encode_add_checkpoint(REQUEST) == f"old 4\n{TEXT}\n\n".encode() + NOTE


@given(requests)
def test_requests_round_trip(request: AddCheckpoint) -> None:
    assert parse_add_checkpoint(encode_add_checkpoint(request)) == request


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"old 4\n",
        b"old 04\n\n",
        b"old -1\n\n",
        b"old 9223372036854775808\n\n",
        b"new 4\n\n",
        b"old 4\r\n\r\n",
        b"old 4\nxyz\n\n",
        b"\nold 4\n\n",
        b"old 4 \n\n",
        "old ٤\n\n".encode(),
    ],
)
def test_refuses_requests(data: bytes) -> None:
    with pytest.raises(Malformed):
        parse_add_checkpoint(data + NOTE if data.endswith(b"\n\n") else data)


def test_refuses_a_proof_that_is_too_long() -> None:
    with pytest.raises(TooLarge):
        encode_add_checkpoint(replace(REQUEST, consistency=(HASH,) * (MAX_CONSISTENCY_LINES + 1)))


@given(st.integers(0, 2**63 - 1))
def test_sizes_round_trip(size: int) -> None:
    assert parse_size(encode_size(size)) == size


@pytest.mark.parametrize("data", [b"", b"4", b"04\n", b"4\n\n", b"-4\n", b"x\n", b"9" * 40 + b"\n"])
def test_refuses_sizes(data: bytes) -> None:
    with pytest.raises(Malformed):
        parse_size(data)


def test_signature_lines_round_trip() -> None:
    lines = tuple(
        NoteSignature(name=name, key_id=bytes(4), value=bytes(72)) for name in ("w/1", "w/2")
    )
    assert parse_signature_lines(encode_signature_lines(lines)) == lines


@given(st.binary(max_size=120))
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    for parse in (parse_add_checkpoint, parse_size, parse_signature_lines):
        with contextlib.suppress(Error):
            parse(data)
