"""The nonce endpoint's answer."""

import json
from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from credentials.errors import Error, Malformed, TooLarge
from openid4vc.nonce import MAX_NONCE_CHARS, NonceResponse, parse_nonce_response


@given(st.text(st.characters(codec="utf-8"), min_size=1, max_size=40))
@settings(max_examples=50)
def test_what_is_written_is_read_back(value: str) -> None:
    response = NonceResponse(c_nonce=value)
    assert parse_nonce_response(json.dumps(response.to_json()).encode()) == response


def test_reads_the_shape_of_the_specification_and_ignores_more() -> None:
    assert parse_nonce_response(b'{"c_nonce":"wKI4LT17ac15ES9bw8ac4","x":1}') == NonceResponse(
        c_nonce="wKI4LT17ac15ES9bw8ac4"
    )


@pytest.mark.parametrize(
    "data",
    [
        b"{}",
        b'{"c_nonce":null}',
        b'{"c_nonce":""}',
        b'{"c_nonce":1}',
        b'["c_nonce"]',
        b'{"c_nonce":"a","c_nonce":"b"}',
        json.dumps({"c_nonce": "x" * (MAX_NONCE_CHARS + 1)}).encode(),
    ],
)
def test_refuses_an_answer_without_one_nonce(data: bytes) -> None:
    with pytest.raises(Malformed):
        parse_nonce_response(data)


def test_refuses_an_answer_beyond_its_bound() -> None:
    with pytest.raises(TooLarge):
        parse_nonce_response(b" " * 4097)


@settings(max_examples=100)
@given(st.binary(max_size=100))
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    with suppress(Error):
        parse_nonce_response(data)
