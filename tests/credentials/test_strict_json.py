"""JSON that two parsers could read differently is refused."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from credentials.errors import Error, Malformed, TooLarge
from credentials.strict_json import MAX_DEPTH, MAX_JSON_BYTES, parse_json

JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**63) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=4), inner),
    max_leaves=12,
)


@settings(max_examples=150)
@given(JSON)
def test_reads_what_another_writer_wrote(value: object) -> None:
    assert parse_json(json.dumps(value).encode()) == value
    assert parse_json(json.dumps(value, ensure_ascii=False).encode()) == value


@settings(max_examples=200)
@given(
    st.binary(max_size=64) | st.text('{}[]":,\\u0d8bE+-.truefalsn ', max_size=40).map(str.encode)
)
def test_any_bytes_give_a_value_or_our_error(data: bytes) -> None:
    try:
        value = parse_json(data)
    except Error:
        return
    assert json.loads(data) == value


def outcome(data: bytes) -> object:
    try:
        return repr(parse_json(data))  # as 1 is no 1.0 and no true
    except Error as error:
        return type(error)


ATOMS = [
    "{",
    "}",
    "[",
    "]",
    '"',
    ":",
    ",",
    "\\",
    "\\u00e9",
    "\\ud834",
    "\\n",
    "/",
    "é",
    "a",
    "true",
]
NUMBERS = ["0", "-", "1", ".5", "1.0", "1e9", "1E9", "e+22", "18446744073709551616", "-0.0", "null"]


# No writer leaves white space behind a text, so the second of each pair takes the slower way.
@settings(max_examples=300)
@given(
    JSON.map(json.dumps)
    | JSON.map(lambda value: json.dumps(value, ensure_ascii=False, separators=(",", ":")))
    | st.floats().map(repr)
    | st.lists(st.sampled_from(ATOMS + NUMBERS), max_size=12).map("".join)
)
def test_compact_texts_are_read_like_all_others(text: str) -> None:
    assert outcome(text.encode()) == outcome(text.encode() + b" ")


@pytest.mark.parametrize(
    "text",
    [
        *('{"a":1,"a":1}', '{"b":[{"a":1,"a":2}]}', '"\\ud800"', "18446744073709551615"),
        *("18446744073709551616", "-9223372036854775809", "1.0", "-0.0", "1e22", "1E400"),
        *("0.1000000000000000055", "5e-324", "2.2250738585072014e-308", "[1.0,1,true]", "null"),
    ],
)
def test_compact_texts_keep_their_traps(text: str) -> None:
    assert outcome(text.encode()) == outcome(text.encode() + b" ")


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(b'{"a":1,"a":1}', id="member name twice"),
        pytest.param(b'{"a":1,"\\u0061":2}', id="member name twice, once escaped"),
        pytest.param(b'{"x":[{"a":1,"a":1}]}', id="member name twice, inside"),
        pytest.param(b"NaN", id="NaN"),
        pytest.param(b"[Infinity]", id="Infinity"),
        pytest.param(b"[-Infinity]", id="-Infinity"),
        pytest.param(b"1e400", id="float out of range"),
        pytest.param(b'"\\ud800"', id="lone high surrogate"),
        pytest.param(b'{"\\udfff":1}', id="lone low surrogate as a name"),
        pytest.param(b'"\xed\xa0\x80"', id="surrogate in UTF-8"),
        pytest.param(b'\xef\xbb\xbf"x"', id="byte-order mark"),
        pytest.param(b'"\xff"', id="not UTF-8"),
        pytest.param('"x"'.encode("utf-16"), id="UTF-16"),
        pytest.param(b'"\x00"', id="control character in a string"),
        pytest.param(b"[1,]", id="trailing comma"),
        pytest.param(b"{} {}", id="two values"),
        pytest.param(b"/**/1", id="comment"),
        pytest.param(b"01", id="leading zero"),
        pytest.param(b"'x'", id="single quotes"),
        pytest.param(b"\xc2\xa01", id="white space that JSON does not have"),
        pytest.param(b"", id="nothing"),
    ],
)
def test_refuses(data: bytes) -> None:
    with pytest.raises(Malformed):
        parse_json(data)


def test_accepts_a_surrogate_pair_in_escapes() -> None:
    assert parse_json(b'"\\ud842\\udfb7"') == "\U00020bb7"


@pytest.mark.parametrize("pair", [b"[]", b"{}"], ids=["arrays", "objects"])
def test_bounds_depth(pair: bytes) -> None:
    opening = b"[" if pair == b"[]" else b'{"a":'
    closing = pair[1:]
    innermost = pair
    deepest = opening * (MAX_DEPTH - 1) + innermost + closing * (MAX_DEPTH - 1)
    assert parse_json(deepest) is not None
    with pytest.raises(TooLarge):
        parse_json(opening + deepest + closing)


def test_counts_depth_and_not_brackets() -> None:
    siblings = b"[" + b"[]," * 100 + b"[" * (MAX_DEPTH - 1) + b"]" * MAX_DEPTH
    assert parse_json(siblings) is not None
    with pytest.raises(TooLarge):
        parse_json(b"[" + siblings + b"]")


def test_does_not_count_brackets_in_strings_as_depth() -> None:
    assert parse_json(b'["' + b'[{\\"' * 100 + b'"]') == ['[{"' * 100]


def test_does_not_lose_depth_behind_an_escaped_quote() -> None:
    with pytest.raises(TooLarge):
        parse_json(b'["\\"' + b'",' + b"[" * 40 + b"]" * 41)


def test_survives_depth_that_would_exhaust_the_stack() -> None:
    with pytest.raises(TooLarge):
        parse_json(b"[" * 200_000)


def test_bounds_size() -> None:
    text = b'"' + b"x" * (MAX_JSON_BYTES - 2) + b'"'
    assert isinstance(parse_json(text), str)
    with pytest.raises(TooLarge):
        parse_json(text + b" ")
    with pytest.raises(TooLarge):
        parse_json(b"12345", max_bytes=4)


@pytest.mark.parametrize("data", [b"1" * 21, b"-" + b"1" * 20, b"1." + b"1" * 23], ids=len)
def test_bounds_numbers(data: bytes) -> None:
    assert parse_json(data[:-1]) is not None
    with pytest.raises(TooLarge):
        parse_json(data)
