"""Every member is fetched with the type its message demands, or refused with its path."""

import contextlib
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from credentials.errors import Error, Malformed, TooLarge
from credentials.json_object import MAX_TEXT, JsonObject, parse_object

READERS: dict[str, Callable[[JsonObject], object]] = {
    "text": lambda o: o.text("m"),
    "integer": lambda o: o.integer("m"),
    "numeric_date": lambda o: o.numeric_date("m"),
    "object": lambda o: o.object("m").members,
    "array": lambda o: o.array("m", max_items=2),
    "texts": lambda o: o.texts("m", max_items=2),
    "objects": lambda o: [item.members for item in o.objects("m", max_items=2)],
}
OPTIONAL: dict[str, Callable[[JsonObject], object]] = {
    "text_or_none": lambda o: o.text_or_none("m"),
    "integer_or_none": lambda o: o.integer_or_none("m"),
    "boolean_or_none": lambda o: o.boolean_or_none("m"),
    "numeric_date_or_none": lambda o: o.numeric_date_or_none("m"),
    "object_or_none": lambda o: o.object_or_none("m"),
}
ACCEPTED: list[tuple[str, Any]] = [
    ("text", "x"),
    ("text", "x" * MAX_TEXT),
    ("integer", 0),
    ("integer", -5),
    ("object", {}),
    ("array", []),
    ("array", [None, 1]),
    ("texts", []),
    ("texts", ["a", "b"]),
    ("texts", ["x" * MAX_TEXT]),
    ("objects", [{}, {"a": 1}]),
]
REFUSED: list[tuple[str, Any]] = [
    ("text", ""),
    ("text", 1),
    ("text", None),
    ("text", ["x"]),
    ("text", "x" * (MAX_TEXT + 1)),
    ("integer", True),
    ("integer", 1.0),
    ("integer", "1"),
    ("numeric_date", -1),
    ("numeric_date", 253_402_300_800),
    ("numeric_date", True),
    ("object", []),
    ("object", None),
    ("array", {}),
    ("array", [1, 2, 3]),
    ("texts", ["a", ""]),
    ("texts", ["a", 1]),
    ("texts", ["x" * (MAX_TEXT + 1)]),
    ("objects", [{}, []]),
]


@pytest.mark.parametrize(("reader", "value"), ACCEPTED, ids=lambda v: str(v)[:20])
def test_accepts(reader: str, value: Any) -> None:
    assert READERS[reader](JsonObject({"m": value})) == value


@pytest.mark.parametrize(("reader", "value"), REFUSED, ids=lambda v: str(v)[:20])
def test_refuses(reader: str, value: Any) -> None:
    with pytest.raises(Malformed):
        READERS[reader](JsonObject({"m": value}))


@pytest.mark.parametrize("reader", READERS)
def test_a_missing_member_is_malformed(reader: str) -> None:
    with pytest.raises(Malformed, match=r"outer\.m is missing"):
        READERS[reader](JsonObject({}, "outer"))


@pytest.mark.parametrize("reader", OPTIONAL)
def test_an_optional_member_may_be_missing_but_not_null(reader: str) -> None:
    assert OPTIONAL[reader](JsonObject({})) is None
    with pytest.raises(Malformed):
        OPTIONAL[reader](JsonObject({"m": None}))


def test_reads_booleans_only_as_booleans() -> None:
    assert JsonObject({"m": False}).boolean_or_none("m") is False
    with pytest.raises(Malformed):
        JsonObject({"m": 0}).boolean_or_none("m")


def test_reads_a_numeric_date_as_utc() -> None:
    assert JsonObject({"m": 0}).numeric_date("m") == datetime(1970, 1, 1, tzinfo=UTC)
    last = JsonObject({"m": 253_402_300_799}).numeric_date("m")
    assert last == datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC)


def test_names_the_path_of_what_is_wrong() -> None:
    inner = JsonObject({"list": [{"a": {}}]}, "doc").objects("list", max_items=1)[0]
    with pytest.raises(Malformed, match=r"doc\.list\[0\]\.a\.b"):
        inner.object("a").text("b")
    with pytest.raises(Malformed, match=r"^malformed: m is missing$"):
        JsonObject({}).text("m")
    with pytest.raises(Malformed, match=r"^malformed: list must be"):
        JsonObject([], "list")
    with pytest.raises(Malformed, match=r"^malformed: the document must be"):
        JsonObject([])


def test_does_not_repeat_a_value_in_an_error() -> None:
    with pytest.raises(Malformed) as refused:
        JsonObject({"m": "secret"}).integer("m")
    assert "secret" not in str(refused.value)


def test_a_closed_set_of_members_refuses_others() -> None:
    JsonObject({"a": 1}).only("a", "b")
    with pytest.raises(Malformed, match=r"^malformed: the document has unknown member 'c'"):
        JsonObject({"a": 1, "c": 1}).only("a", "b")
    with pytest.raises(Malformed, match=r"^malformed: inner has unknown member 'c'"):
        JsonObject({"c": 1}, "inner").only("a", "b")


@pytest.mark.parametrize("value", [None, [], "x", 1], ids=repr)
def test_only_an_object_is_an_object(value: Any) -> None:
    with pytest.raises(Malformed):
        JsonObject(value)


def test_parses_bytes_strictly() -> None:
    assert parse_object(b'{"a":1}').members == {"a": 1}
    with pytest.raises(Malformed):
        parse_object(b"[]")
    with pytest.raises(TooLarge):
        parse_object(b'{"a":1}', max_bytes=6)


@settings(max_examples=150)
@given(
    st.sampled_from(sorted(READERS)),
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=2), inner),
    ),
)
def test_any_value_gives_itself_or_our_error(reader: str, value: Any) -> None:
    with contextlib.suppress(Error):
        READERS[reader](JsonObject({"m": value}))
