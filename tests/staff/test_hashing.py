"""Few hash at one time, few wait, and the others are turned away at once."""

import threading

import pytest

from staff.errors import SignInBusy
from staff.hashing import HashingPlaces


def test_places_are_bounded_and_free_again() -> None:
    places = HashingPlaces(at_once=1, in_all=2)
    with places.admitted(), places.admitted(), pytest.raises(SignInBusy), places.admitted():
        pass
    with places.admitted(), places.admitted():
        pass


def test_no_more_hash_at_one_time_than_there_are_places() -> None:
    places, inside, most = HashingPlaces(at_once=2, in_all=8), threading.Semaphore(2), []

    def hash_one() -> None:
        with places.admitted(), places.hashing():
            most.append(inside.acquire(blocking=False))
            inside.release()

    threads = [threading.Thread(target=hash_one) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert most == [True] * 8
