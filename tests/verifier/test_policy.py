from datetime import timedelta

from credentials.securing import mechanisms
from verifier.policy import ONLINE


def test_a_verifier_that_is_online_takes_every_mechanism_and_nothing_old() -> None:
    assert ONLINE.mechanisms == frozenset(mechanisms())
    assert ONLINE.registry_age == timedelta(hours=1)
    assert ONLINE.status_age == timedelta(hours=24)  # as long as a list lives: decision 0006
