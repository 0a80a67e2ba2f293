"""Base45: the examples of RFC 9285, and one spelling per value."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from credentials.base45 import decode_base45, encode_base45
from credentials.errors import Malformed

# RFC 9285 §4.3 and §4.4.
EXAMPLES = {
    b"AB": "BB8",
    b"Hello!!": "%69 VD92EX0",
    b"base-45": "UJCLQE7W581",
    b"ietf!": "QED8WEX0",
    b"": "",
}


@pytest.mark.parametrize(("data", "text"), EXAMPLES.items(), ids=EXAMPLES.values())
def test_writes_and_reads_the_examples(data: bytes, text: str) -> None:
    assert encode_base45(data) == text
    assert decode_base45(text) == data


@pytest.mark.parametrize(
    "text", ["A", "AAAA", "GGW", ":::", "::", "V5", "bb8", "BB_", "B\u00e98", "BB\u0660", "BB8\n"]
)
def test_refuses(text: str) -> None:
    with pytest.raises(Malformed):
        decode_base45(text)


@given(st.binary(max_size=200))
def test_gives_back_any_bytes(data: bytes) -> None:
    assert decode_base45(encode_base45(data)) == data


@given(st.text("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:", max_size=12) | st.text(max_size=6))
def test_reads_no_value_in_a_second_spelling(text: str) -> None:
    try:
        data = decode_base45(text)
    except Malformed:
        return
    assert encode_base45(data) == text
