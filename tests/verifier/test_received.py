"""What is handed over is read by its first characters, strictly and within bounds."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from credentials.errors import Error, Malformed, TooLarge, Unsupported
from credentials.presentation_qr import encode_presentation_qr
from verifier.errors import NotACredential
from verifier.received import MAX_TEXT_BYTES, Received, read_received

CODE = encode_presentation_qr("a.b.c~d.e.f")


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b" eyJ.e.s~\n", Received(presented="eyJ.e.s~", is_code=False)),
        (b'\n{"proof": 1}', Received(presented={"proof": 1}, is_code=False)),
        (CODE.encode(), Received(presented="a.b.c~d.e.f", is_code=True)),
        (CODE.encode() + b"\r\n", Received(presented="a.b.c~d.e.f", is_code=True)),
    ],
    ids=["sd-jwt", "json", "code", "code-on-a-line"],
)
def test_reads(data: bytes, expected: Received) -> None:
    assert read_received(data) == expected


@pytest.mark.parametrize(
    ("data", "refusal"),
    [
        (b"a" * (MAX_TEXT_BYTES + 1), TooLarge),
        (b"GWN1:" + b"A" * 5000, TooLarge),
        (b"GWN2:AB", Unsupported),
        (CODE.encode() + b" ", Malformed),
        (b"GWN", Malformed),
        (b"\xff\xfe", NotACredential),
        ("한글".encode(), NotACredential),
        (b"hello", NotACredential),
        (b'{"a": 1}', NotACredential),
        (b"{", Malformed),
        (b'{"a": 1, "a": 2}', Malformed),
    ],
    ids=[
        "too-long", "long-code", "another-version", "space-behind", "half-a-prefix", "bytes",
        "korean", "a-word", "some-json", "half-json", "a-member-twice",
    ],
)  # fmt: skip
def test_refuses(data: bytes, refusal: type[Error]) -> None:
    with pytest.raises(refusal):
        read_received(data)


@given(st.binary(max_size=200) | st.text(max_size=80).map(str.encode))
def test_nothing_else_than_our_refusals_comes_out(data: bytes) -> None:
    try:
        read_received(data)
    except Error:
        return
