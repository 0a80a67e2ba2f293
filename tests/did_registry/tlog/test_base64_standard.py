import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from credentials.errors import Malformed
from did_registry.tlog.base64_standard import decode_base64, decode_digest, encode_base64


@given(st.binary(max_size=100))
def test_reads_what_it_wrote(data: bytes) -> None:
    assert decode_base64(encode_base64(data)) == data


@given(st.text(max_size=50))
def test_any_text_is_the_one_spelling_of_some_bytes_or_malformed(text: str) -> None:
    with contextlib.suppress(Malformed):
        assert encode_base64(decode_base64(text)) == text


@pytest.mark.parametrize("text", ["/_8=", "//8", "//9=", "//8=\n", "//8= ", "=", "값"])
def test_refuses_every_other_spelling(text: str) -> None:
    assert decode_base64("//8=") == b"\xff\xff"
    with pytest.raises(Malformed):
        decode_base64(text)


@pytest.mark.parametrize("length", [0, 31, 33])
def test_a_digest_has_32_bytes(length: int) -> None:
    assert decode_digest(encode_base64(bytes(32))) == bytes(32)
    with pytest.raises(Malformed):
        decode_digest(encode_base64(bytes(length)))
