"""A verifier sees what became of its own requests, and of nobody else's that there are any."""

import pytest

from tests.simulators.city import SimulatedCity
from verifier.actions.own_result import own_result
from verifier.errors import RequestNotFound


def test_gives_the_link_and_the_state_to_the_verifier_that_asked(city: SimulatedCity) -> None:
    made = city.ask("VER-LIB", city.query("SeoulCitizenCardCredential", "member"))
    own = own_result(city.city.verifier, "VER-LIB", made.result_id, now=city.clock())
    assert own.made == made
    assert own.result == {"id": made.result_id, "state": "requested", "verifier": "VER-LIB"}


@pytest.mark.parametrize("code", ["VER-EMP", "VER-NONE", ""])
def test_tells_nobody_else_of_it_and_changes_nothing(city: SimulatedCity, code: str) -> None:
    made = city.ask("VER-LIB", city.query("SeoulCitizenCardCredential", "member"))
    city.clock.advance(minutes=11)
    with pytest.raises(RequestNotFound):
        own_result(city.city.verifier, code, made.result_id, now=city.clock())
    with pytest.raises(RequestNotFound):
        own_result(city.city.verifier, "VER-LIB", "r_none", now=city.clock())
