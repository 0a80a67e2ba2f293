"""Whom the relay may reach: an origin that the registry knows, spelled in one way, and now."""

from datetime import timedelta

import pytest

from credentials.errors import Error, Malformed, TooLarge
from tests.simulators.city import URL, SimulatedCity
from wallet.errors import RelayRefused
from wallet.relay_targets import check_target, known_origins, origin_of

ORIGINS = {
    "https://gwanin.example": "https://gwanin.example",
    "https://gwanin.example/issuers/X?y=1": "https://gwanin.example",
    "HTTPS://GWANIN.example:443/a": "https://gwanin.example",
    "https://gwanin.example:8443/a": "https://gwanin.example:8443",
    "http://localhost:8000/a": "http://localhost:8000",
    "http://localhost:80/a": "http://localhost",
}


@pytest.mark.parametrize("url", ORIGINS)
def test_an_origin_has_one_spelling(url: str) -> None:
    assert origin_of(url) == ORIGINS[url]


@pytest.mark.parametrize(
    ("url", "refusal"),
    [
        ("", Malformed),
        ("gwanin.example", Malformed),
        ("ftp://gwanin.example/", Malformed),
        ("http://gwanin.example/", Malformed),
        ("https://user@gwanin.example/", Malformed),
        ("https://gwanin.example/#x", Malformed),
        ("https://gwanin.example/\n", Malformed),
        ("https://" + "a" * 3000, TooLarge),
    ],
    ids=["empty", "no-scheme", "ftp", "http", "user", "fragment", "newline", "long"],
)
def test_what_is_no_address_has_no_origin(url: str, refusal: type[Error]) -> None:
    with pytest.raises(refusal):
        origin_of(url)


def test_issuers_and_verifiers_are_reached_and_nobody_else(still_city: SimulatedCity) -> None:
    now = still_city.clock()
    view = still_city.city.follower.view(now)
    assert known_origins(view, now) == {URL}
    check_target(f"{URL}/issuers/GU-11620/token", view, now)
    for stranger in (
        "https://stranger.example/",
        "https://gwanin.example.stranger.example/",
        "https://gwanin.example:8443/",
        "http://localhost/",
    ):
        with pytest.raises(RelayRefused):
            check_target(stranger, view, now)


def test_whose_right_is_over_is_not_reached_any_more(still_city: SimulatedCity) -> None:
    now = still_city.clock()
    view = still_city.city.follower.view(now)
    later = now + timedelta(days=365 * 50)
    assert known_origins(view, later) == frozenset()
    with pytest.raises(RelayRefused):
        check_target(f"{URL}/issuers/GU-11620/token", view, later)
