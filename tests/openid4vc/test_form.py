"""Forms: one reading for each body, or none."""

from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from credentials.errors import Error, Malformed, TooLarge
from openid4vc.form import MAX_FIELDS, encode_form, parse_form

FIELDS = st.dictionaries(
    st.text(st.characters(codec="utf-8"), max_size=8),
    st.text(st.characters(codec="utf-8"), min_size=1, max_size=20),
    max_size=6,
)


@settings(max_examples=200)
@given(FIELDS)
def test_what_is_written_is_read_back(fields: dict[str, str]) -> None:
    assert parse_form(encode_form(fields), max_bytes=10_000).members == fields


@settings(max_examples=200)
@given(st.binary(max_size=60))
def test_any_bytes_are_read_or_refused(body: bytes) -> None:
    with suppress(Error):
        parse_form(body, max_bytes=50)


def test_reads_an_empty_body_as_no_fields() -> None:
    assert parse_form(b"", max_bytes=0).members == {}


def test_reads_plus_and_percent_twenty_as_a_space() -> None:
    assert parse_form(b"a+b=c%20d+e", max_bytes=100).members == {"a b": "c d e"}


def test_writes_a_space_as_percent_twenty_so_that_links_can_hold_it() -> None:
    assert encode_form({"a": "b c/d:e"}) == b"a=b%20c%2Fd%3Ae"


def test_a_field_without_a_value_counts_as_left_out() -> None:
    assert parse_form(b"a=&b=1", max_bytes=100).members == {"b": "1"}


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(b"a=1&a=2", id="the same name twice"),
        pytest.param(b"a=1&%61=2", id="the same name in two spellings"),
        pytest.param(b"a=&a=2", id="the same name, once without a value"),
        pytest.param(b"a", id="no equals sign"),
        pytest.param(b"a=1&", id="an empty field"),
        pytest.param(b"a=%zz", id="a broken escape"),
        pytest.param(b"a=%4", id="half an escape"),
        pytest.param(b"a=%ff", id="not UTF-8"),
        pytest.param(b"a=%ed%a0%80", id="a lone surrogate"),
        pytest.param("a=é".encode(), id="unescaped text beyond ASCII"),
        pytest.param(b"a=1 2", id="an unescaped space"),
        pytest.param(b"a=1\r\nb=2", id="line ends"),
    ],
)
def test_refuses_what_two_parsers_could_read_differently(body: bytes) -> None:
    with pytest.raises(Malformed):
        parse_form(body, max_bytes=100)


def test_refuses_a_body_beyond_its_bound() -> None:
    assert parse_form(b"a=" + b"1" * 8, max_bytes=10)
    with pytest.raises(TooLarge):
        parse_form(b"a=" + b"1" * 9, max_bytes=10)


def test_refuses_more_fields_than_the_web_server_takes() -> None:
    body = "&".join(f"f{number}=1" for number in range(MAX_FIELDS + 1)).encode()
    assert parse_form(body.rpartition(b"&")[0], max_bytes=1000)
    with pytest.raises(TooLarge):
        parse_form(body, max_bytes=1000)
