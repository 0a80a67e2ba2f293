"""A choice of claims that leaves nothing out."""

import pytest

from credentials.claim_coverage import check_covers
from credentials.claims import ClaimPath, Claims
from credentials.errors import Malformed, Unsupported

CLAIMS: Claims = {"a": 1, "b": {"c": {"d": 2}, "e": None}, "f": [{"g": 3}, {"g": 4}], "h": {}}
ALL: list[ClaimPath] = [("a",), ("b",), ("f",), ("h",)]


@pytest.mark.parametrize(
    "paths",
    [
        ALL,
        [*ALL, ("b", "c", "d")],
        [("a",), ("b", "c"), ("b", "e"), ("f",), ("h",)],
        [("a",), ("b", "c", "d"), ("b", "e"), ("f", None), ("h",)],
        [("a",), ("b",), ("f", 0), ("f", 1, "g"), ("h",)],
        [("a",), ("b",), ("f", None, "g"), ("h",)],
    ],
    ids=str,
)
def test_covers_everything(paths: list[ClaimPath]) -> None:
    check_covers(CLAIMS, paths)


@pytest.mark.parametrize(
    "paths",
    [
        [],
        [("a",)],
        [("b",), ("f",), ("h",)],
        [("a",), ("b", "c"), ("f",), ("h",)],
        [("a",), ("b",), ("f", 0), ("h",)],
        [("a",), ("b",), ("f",)],
    ],
    ids=str,
)
def test_leaves_something_out(paths: list[ClaimPath]) -> None:
    with pytest.raises(Unsupported):
        check_covers(CLAIMS, paths)


@pytest.mark.parametrize("path", [("x",), ("a", "x"), ("f", 2), ("b", None)], ids=str)
def test_a_path_that_leads_nowhere_is_malformed(path: ClaimPath) -> None:
    with pytest.raises(Malformed):
        check_covers(CLAIMS, [*ALL, path])


def test_every_element_of_an_array_is_not_every_member_of_an_object() -> None:
    with pytest.raises(Malformed):
        check_covers({"f": [[1], {"k": 2}]}, [("f", None, None)])


def test_nothing_covers_nothing() -> None:
    check_covers({}, [])
