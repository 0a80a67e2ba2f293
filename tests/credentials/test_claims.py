"""Claim paths: what is one, and what it points at. OpenID4VP 1.0 §7."""

from typing import Any, Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from credentials.claims import (
    MAX_PATH_LENGTH,
    ClaimPath,
    Claims,
    keep,
    parse_claim_path,
    select,
)
from credentials.errors import Malformed

# The example of OpenID4VP 1.0 §7.2.
EXAMPLE: Final[Claims] = {
    "name": "Arthur Dent",
    "address": {"street_address": "42 Market Street", "locality": "Milliways"},
    "degrees": [
        {"type": "Bachelor of Science", "university": "University of Betelgeuse"},
        {"type": "Master of Science", "university": "University of Betelgeuse"},
    ],
    "nationalities": ["British", "Betelgeusian"],
}


@pytest.mark.parametrize(
    ("path", "selected"),
    [
        (("name",), ["Arthur Dent"]),
        (("address",), [EXAMPLE["address"]]),
        (("address", "street_address"), ["42 Market Street"]),
        (("degrees", None, "type"), ["Bachelor of Science", "Master of Science"]),
        (("nationalities", 1), ["Betelgeusian"]),
        (("nationalities", None), ["British", "Betelgeusian"]),
        ((), [EXAMPLE]),
    ],
)
def test_selects_as_the_specification_does(path: ClaimPath, selected: list[Any]) -> None:
    assert select(EXAMPLE, path) == selected


@pytest.mark.parametrize(
    "path",
    [
        ("missing",),
        ("name", "in"),
        ("name", 0),
        ("name", None),
        ("address", 0),
        ("address", None),
        ("nationalities", "0"),
        ("nationalities", 2),
        ("degrees", None, "missing"),
        ("nationalities", None, None),
    ],
)
def test_selects_nothing_where_the_path_leads_nowhere(path: ClaimPath) -> None:
    assert select(EXAMPLE, path) == []


def test_selects_a_null_as_a_value() -> None:
    assert select({"a": None}, ("a",)) == [None]


def test_selects_from_the_elements_that_have_the_member() -> None:
    claims: Claims = {"list": [{"a": 1}, {}, {"a": 3}]}
    assert select(claims, ("list", None, "a")) == [1, 3]


def test_selects_nothing_when_one_element_is_of_another_kind() -> None:
    claims: Claims = {"list": [{"a": 1}, 2, {"a": 3}]}
    assert select(claims, ("list", None, "a")) == []


@pytest.mark.parametrize(
    ("paths", "kept"),
    [
        ([], {}),
        ([("name",)], {"name": "Arthur Dent"}),
        ([("address",)], {"address": EXAMPLE["address"]}),
        ([("address", "locality")], {"address": {"locality": "Milliways"}}),
        ([("address", "locality"), ("address", "street_address")], {"address": EXAMPLE["address"]}),
        ([("address",), ("address", "locality")], {"address": EXAMPLE["address"]}),
        ([("address", "locality"), ("address",)], {"address": EXAMPLE["address"]}),
        ([("nationalities", 0)], {"nationalities": EXAMPLE["nationalities"]}),
        ([("degrees", None, "type")], {"degrees": EXAMPLE["degrees"]}),
        ([("missing",)], {}),
        ([("name", "in")], {}),
        ([("address", "missing")], {}),
        ([("address", "locality", "in")], {}),
        ([(0,)], {}),
        ([(None,)], {}),
    ],
)
def test_keeps_what_the_paths_lead_to_and_nothing_else(
    paths: list[ClaimPath], kept: Claims
) -> None:
    assert keep(EXAMPLE, paths) == kept


def test_keeping_leaves_the_claims_as_they_are() -> None:
    claims: Claims = {"a": {"b": 1, "c": 2}}
    assert keep(claims, [("a",), ("a", "b")]) == {"a": {"b": 1, "c": 2}}
    assert keep(claims, [("a", "c")]) == {"a": {"c": 2}}
    assert claims == {"a": {"b": 1, "c": 2}}


@pytest.mark.parametrize("value", [["a"], ["a", 0, None, "b"], [None], [0], ["x"] * 16])
def test_reads_a_path(value: Any) -> None:
    assert parse_claim_path(value) == tuple(value)


@pytest.mark.parametrize(
    "value",
    ["a", {}, None, 1, [], ["x"] * (MAX_PATH_LENGTH + 1), [-1], [True], ["a", 1.0], [["a"]], [{}]],
)
def test_refuses_what_is_no_path(value: Any) -> None:
    with pytest.raises(Malformed):
        parse_claim_path(value)


JSON: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=2),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=2), inner),
)


@given(JSON, JSON)
def test_any_json_gives_a_path_that_selects_or_our_error(value: Any, claims: Any) -> None:
    try:
        path = parse_claim_path(value)
    except Malformed:
        return
    assert isinstance(select(claims, path), list)
