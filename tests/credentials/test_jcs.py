"""RFC 8785: the vectors of its authors, and the fast path against the slow one."""

import json
from pathlib import Path
from typing import Any

import pytest
import rfc8785
from hypothesis import given, settings
from hypothesis import strategies as st

from credentials.errors import Malformed
from credentials.jcs import canonicalize

VECTORS = Path(__file__).parents[1] / "vectors" / "rfc8785-jcs"

# Names and texts from every plane, since the order of names is where UTF-8 and UTF-16 differ.
TEXT = st.text(
    st.sampled_from('aZ"\\/\b\x1f\x7f\xe9가\ud7ff\ue000\uffff\U00010000\U0010ffff'), max_size=4
)
JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53) + 1, 2**53 - 1)
    | st.floats(allow_nan=False, allow_infinity=False)
    | TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=5),
    max_leaves=10,
)


@pytest.mark.parametrize("name", sorted(path.stem for path in (VECTORS / "input").glob("*.json")))
def test_writes_the_bytes_of_the_vector(name: str) -> None:
    value = json.loads((VECTORS / "input" / f"{name}.json").read_bytes())
    expected = (VECTORS / "output" / f"{name}.json").read_bytes()
    assert canonicalize(value) == expected
    assert canonicalize(value) == bytes.fromhex((VECTORS / "outhex" / f"{name}.txt").read_text())


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (0.0, b"0"),
        (-0.0, b"0"),
        (5e-324, b"5e-324"),
        (1.7976931348623157e308, b"1.7976931348623157e+308"),
        (9007199254740992.0, b"9007199254740992"),
        (295147905179352830000.0, b"295147905179352830000"),
        (9.999999999999997e22, b"9.999999999999997e+22"),
        (1e21, b"1e+21"),
        (1e-6, b"0.000001"),
        (333333333.33333329, b"333333333.3333333"),
        (5.0, b"5"),
    ],
)
def test_writes_numbers_as_appendix_b_does(number: float, text: bytes) -> None:
    assert canonicalize(number) == text
    assert canonicalize([number]) == b"[" + text + b"]"


@settings(max_examples=300)
@given(JSON)
def test_fast_and_slow_path_write_the_same_bytes(value: Any) -> None:
    assert canonicalize(value) == rfc8785.dumps(value)


@settings(max_examples=150)
@given(JSON)
def test_is_stable_when_read_and_written_again(value: Any) -> None:
    data = canonicalize(value)
    # As in JavaScript, every number is read as a double: 2^53 is written without a point.
    assert canonicalize(json.loads(data, parse_int=float)) == data


def test_orders_names_by_utf_16() -> None:
    assert canonicalize({"\U00010000": 1, "\ue000": 2}) == '{"\U00010000":1,"\ue000":2}'.encode()


@pytest.mark.parametrize(
    "value",
    [
        2**53,
        -(2**53),
        [{"a": 2**53}],
        float("nan"),
        float("inf"),
        "\ud800",
        {"\udfff": 1},
        {1: "a"},
        {"a": b"bytes"},
        {"a": {1, 2}},
    ],
    ids=repr,
)
def test_refuses_what_json_cannot_carry(value: Any) -> None:
    with pytest.raises(Malformed):
        canonicalize(value)


def test_accepts_the_largest_safe_integers() -> None:
    assert canonicalize([2**53 - 1, 1 - 2**53]) == b"[9007199254740991,-9007199254740991]"


def test_refuses_endless_depth() -> None:
    value: Any = []
    for _ in range(100_000):
        value = [value]
    with pytest.raises(Malformed):
        canonicalize(value)
