"""Places in a status list: at random, free, and refused rather than taken twice."""

from collections.abc import Callable, Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from credentials.status.bits import MAX_ENTRIES, MIN_ENTRIES, StatusBits
from issuer.errors import StatusListFull
from issuer.status_allocation import EPOCHS, LIST_SIZE, free_index


def drawing(*numbers: int) -> Callable[[int], bytes]:
    """Randomness that is these numbers, one after another."""
    rest: Iterator[int] = iter(numbers)
    return lambda size: next(rest).to_bytes(size)


def test_a_list_of_this_size_hides_and_is_served() -> None:
    assert MIN_ENTRIES <= LIST_SIZE <= MAX_ENTRIES
    StatusBits(size=LIST_SIZE, marked={})


def test_takes_the_first_free_place_that_is_drawn() -> None:
    taken = {56, 72}
    assert free_index(800, taken.__contains__, drawing(7, 109, 42), epoch=0) == 336


@given(
    st.integers(min_value=0, max_value=2**64 - 1),
    st.integers(min_value=EPOCHS, max_value=10**6),
    st.integers(min_value=0, max_value=EPOCHS - 1),
)
def test_a_place_is_in_the_list_and_in_the_epochs_share(number: int, size: int, epoch: int) -> None:
    index = free_index(size, lambda _: False, drawing(number), epoch=epoch)
    assert 0 <= index < size
    assert index % EPOCHS == epoch


def test_places_follow_no_order() -> None:
    numbers = (2**63, 5, 2**40 + 1)
    found = [free_index(LIST_SIZE, lambda _: False, drawing(number), epoch=3) for number in numbers]
    share = LIST_SIZE // EPOCHS
    assert found == [number % share * EPOCHS + 3 for number in numbers]


def test_the_last_of_64_draws_counts() -> None:
    assert free_index(2 * EPOCHS, {0}.__contains__, drawing(*[0] * 63, 1), epoch=0) == EPOCHS


def test_a_list_without_a_free_place_is_full() -> None:
    with pytest.raises(StatusListFull):
        free_index(2 * EPOCHS, lambda _: True, drawing(*[0] * 64), epoch=0)


def test_beyond_the_last_epoch_nothing_is_given() -> None:
    with pytest.raises(StatusListFull, match="epoch"):
        free_index(LIST_SIZE, lambda _: False, drawing(1), epoch=EPOCHS)
