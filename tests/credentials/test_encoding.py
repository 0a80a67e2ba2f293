"""One spelling for each value: what the decoders accept is what the encoders write."""

import base64

import base58
import pytest
from hypothesis import given
from hypothesis import strategies as st

from credentials.encoding import (
    MAX_BASE58_CHARS,
    decode_base58,
    decode_base64url,
    decode_multibase,
    encode_base58,
    encode_base64url,
    encode_multibase,
)
from credentials.errors import Error, Malformed, TooLarge


@given(st.binary(max_size=100))
def test_base64url_returns_what_it_was_given(data: bytes) -> None:
    assert decode_base64url(encode_base64url(data)) == data


@given(st.binary(max_size=100))
def test_base64url_is_the_standard_librarys_without_padding(data: bytes) -> None:
    assert encode_base64url(data) == base64.urlsafe_b64encode(data).decode().rstrip("=")


@pytest.mark.parametrize(
    ("text", "data"),
    [("", b""), ("Zg", b"f"), ("Zm8", b"fo"), ("Zm9v", b"foo"), ("-_-_", b"\xfb\xff\xbf")],
)
def test_reads_base64url_as_rfc_4648_writes_it(text: str, data: bytes) -> None:
    assert decode_base64url(text) == data


@given(
    st.text(max_size=12)
    | st.text("ABCDEfghij019-_+/= \n", max_size=12)
    | st.binary(max_size=8).map(encode_base64url)
)
def test_base64url_has_one_spelling(text: str) -> None:
    try:
        data = decode_base64url(text)
    except Malformed:
        return
    assert encode_base64url(data) == text


@pytest.mark.parametrize(
    "text",
    [
        "Z",
        "Zm9vZ",
        "Zg==",
        "Zg=",
        "Zm8=",
        "Zh",
        "Zm9",
        "+_+_",
        "-/-/",
        "Zm 9v",
        "Zm9v\n",
        "Zm9é",
        "김",
        "\ud800",
    ],
    ids=[
        "one-character",
        "one-character-too-many",
        "padded-twice",
        "padded-once-of-twice",
        "padded",
        "four-unused-bits-set",
        "two-unused-bits-set",
        "plus",
        "slash",
        "space",
        "newline-at-the-end",
        "latin",
        "hangul",
        "lone-surrogate",
    ],
)
def test_refuses_what_is_not_base64url(text: str) -> None:
    with pytest.raises(Malformed):
        decode_base64url(text)


@given(st.binary(max_size=64))
def test_base58_returns_what_it_was_given_and_agrees_with_the_reference(data: bytes) -> None:
    assert encode_base58(data) == base58.b58encode(data).decode()
    assert decode_base58(encode_base58(data)) == data


@given(st.text(max_size=20) | st.text("123ABCabc0OIl", max_size=20))
def test_base58_has_one_spelling(text: str) -> None:
    try:
        data = decode_base58(text)
    except Malformed:
        return
    assert encode_base58(data) == text


@pytest.mark.parametrize("text", ["0", "O", "I", "l", " 2", "2\n", "é"])
def test_refuses_what_is_not_base58(text: str) -> None:
    with pytest.raises(Malformed):
        decode_base58(text)


def test_base58_keeps_leading_zeros() -> None:
    assert (encode_base58(b"\0\0\x01"), decode_base58("112")) == ("112", b"\0\0\x01")
    assert (encode_base58(b""), decode_base58("")) == ("", b"")


def test_base58_is_bounded_because_decoding_is_quadratic() -> None:
    assert decode_base58("1" * MAX_BASE58_CHARS) == bytes(MAX_BASE58_CHARS)
    with pytest.raises(TooLarge):
        decode_base58("1" * (MAX_BASE58_CHARS + 1))


@given(st.binary(max_size=64))
def test_multibase_returns_what_it_was_given(data: bytes) -> None:
    assert encode_multibase(data).startswith("z")
    assert decode_multibase(encode_multibase(data)) == data


@pytest.mark.parametrize("text", ["", "u" + encode_base64url(b"data"), "Zabc", "fabc", "z0"])
def test_refuses_every_other_multibase(text: str) -> None:
    with pytest.raises(Malformed):
        decode_multibase(text)


@given(st.text())
def test_any_text_gives_bytes_or_our_error(text: str) -> None:
    for decode in (decode_base64url, decode_base58, decode_multibase):
        try:
            assert isinstance(decode(text), bytes)
        except Error:
            continue
