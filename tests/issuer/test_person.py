"""References of people: random, of one form, and nothing else."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from credentials.errors import Malformed
from issuer.person import REFERENCE_BYTES, new_person_ref, parse_person_ref


@given(st.binary(min_size=REFERENCE_BYTES, max_size=REFERENCE_BYTES))
def test_a_new_reference_is_read_as_itself(random: bytes) -> None:
    assert parse_person_ref(new_person_ref(random)) == new_person_ref(random)


def test_other_randomness_is_another_person() -> None:
    assert new_person_ref(bytes(16)) != new_person_ref(b"\1" + bytes(15))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "P01",
        "p_",
        "p_" + "A" * 21,
        "p_" + "A" * 23,
        "P_" + "A" * 22,
        "e_" + "A" * 22,
        "p_" + "A" * 21 + "=",
        "p_" + "A" * 21 + "가",
        "p_" + "A" * 22 + "\n",
        " p_" + "A" * 22,
        "p_" + "A" * 21 + "\0",
    ],
)
def test_refuses_what_is_no_reference(text: str) -> None:
    with pytest.raises(Malformed):
        parse_person_ref(text)
