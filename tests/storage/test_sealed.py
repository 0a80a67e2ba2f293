"""Sealed fields: readable with their key, in their place, and nowhere else."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage.errors import SealBroken
from storage.sealed import Sealer

OLD, NEW = bytes([1]) * 32, bytes([2]) * 32
SEALER = Sealer({1: OLD, 2: NEW}, current=2)


def test_opens_what_it_sealed_in_the_same_place() -> None:
    sealed = SEALER.seal(b"plaintext", table="person", row=7, column="name")
    assert SEALER.unseal(sealed, table="person", row=7, column="name") == b"plaintext"
    assert b"plaintext" not in sealed


@pytest.mark.parametrize(
    ("table", "row", "column"),
    [
        pytest.param("persons", 7, "name", id="table"),
        pytest.param("person", 8, "name", id="row"),
        pytest.param("person", "7", "name", id="kind of row"),
        pytest.param("person", 7, "names", id="column"),
        pytest.param("person:7", "name", "", id="the same parts, cut elsewhere"),
    ],
)
def test_a_sealed_field_cannot_be_moved(table: str, row: str | int, column: str) -> None:
    sealed = SEALER.seal(b"plaintext", table="person", row=7, column="name")
    with pytest.raises(SealBroken):
        SEALER.unseal(sealed, table=table, row=row, column=column)


def test_a_field_stays_readable_while_its_key_is_kept() -> None:
    sealed = Sealer({1: OLD}, current=1).seal(b"x", table="person", row=7, column="name")
    assert SEALER.unseal(sealed, table="person", row=7, column="name") == b"x"
    with pytest.raises(SealBroken):
        Sealer({2: NEW}, current=2).unseal(sealed, table="person", row=7, column="name")


def test_seals_with_the_current_key() -> None:
    assert SEALER.seal(b"x", table="person", row=7, column="name")[0] == 2


def test_a_field_cannot_be_passed_off_as_sealed_with_another_key() -> None:
    same_key_twice = Sealer({1: OLD, 2: OLD}, current=1)
    sealed = same_key_twice.seal(b"x", table="person", row=7, column="name")
    with pytest.raises(SealBroken):
        same_key_twice.unseal(b"\2" + sealed[1:], table="person", row=7, column="name")


@given(st.binary(max_size=60))
def test_any_other_bytes_are_refused(data: bytes) -> None:
    with pytest.raises(SealBroken):
        SEALER.unseal(data, table="person", row=7, column="name")


def test_does_not_show_its_keys() -> None:
    assert "object at" in repr(SEALER)
