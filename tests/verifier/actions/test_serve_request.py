from datetime import timedelta

import pytest

from credentials.jws import peek_claims, peek_header
from did_registry.document import Purpose
from openid4vc.authorization_request import AuthorizationRequest, verify_request_object
from tests.simulators.city import URL, SimulatedCity
from tests.simulators.forger import RESIDENCY
from verifier import store
from verifier.actions.create_request import MadeRequest
from verifier.actions.serve_request import serve_request
from verifier.errors import RequestNotFound, RequestOver


def serve(city: SimulatedCity, made: MadeRequest, wallet_nonce: str | None = None) -> str:
    address = made.request_uri.rpartition("/")[2]
    return serve_at(city, address, wallet_nonce)


def serve_at(city: SimulatedCity, address: str, wallet_nonce: str | None = None) -> str:
    verifier = city.city.verifier
    with verifier.database.writing() as session:
        return serve_request(
            session, verifier, address, wallet_nonce=wallet_nonce, now=city.clock()
        )


def verified(
    city: SimulatedCity, made: MadeRequest, signed: str, wallet_nonce: str | None = None
) -> AuthorizationRequest:
    view = city.city.follower.view(city.clock())
    key = view.key_at(peek_header(signed).text("kid"), Purpose.AUTHENTICATION, city.clock())
    return verify_request_object(
        signed,
        key.key,
        client_id=made.client_id,
        wallet_nonce=wallet_nonce,
        now=city.clock(),
    )


@pytest.fixture
def made(city: SimulatedCity) -> MadeRequest:
    return city.ask("VER-LIB", city.query(RESIDENCY, "residentOfSeoul"))


def test_signs_what_was_asked_with_the_verifiers_registered_key(
    city: SimulatedCity, made: MadeRequest
) -> None:
    request = verified(city, made, serve(city, made))
    assert request.client_id == made.client_id
    assert request.query == city.query(RESIDENCY, "residentOfSeoul")
    assert request.response_uri == made.request_uri.replace("/requests/", "/responses/")
    assert request.response_uri.startswith(f"{URL}/verifier/responses/")
    assert request.expires_at == made.expires_at
    assert set(request.vp_formats) == {"dc+sd-jwt", "ldp_vc"}
    with city.city.database.reading() as session:
        row = store.find_request(session, made.result_id)
        assert row is not None
        assert (request.nonce, request.state) == (row.nonce, row.state_value)
        assert row.state == "fetched"


def test_says_nothing_that_wallets_take_for_an_older_draft(
    city: SimulatedCity, made: MadeRequest
) -> None:
    claims = peek_claims(serve(city, made))
    assert claims.text("aud") == "https://self-issued.me/v2"
    assert claims.text("response_mode") == "direct_post"
    assert {"client_id_scheme", "request_uri_method", "presentation_definition"}.isdisjoint(claims)
    assert set(claims.object("client_metadata")) == {"vp_formats_supported"}


def test_serves_a_request_as_often_as_it_is_fetched(city: SimulatedCity, made: MadeRequest) -> None:
    first, second = (verified(city, made, serve(city, made)) for _ in range(2))
    assert (first.nonce, first.state) == (second.nonce, second.state)


def test_repeats_the_wallets_nonce(city: SimulatedCity, made: MadeRequest) -> None:
    request = verified(city, made, serve(city, made, "w" * 32), wallet_nonce="w" * 32)
    assert request.wallet_nonce == "w" * 32


def test_refuses_an_address_that_nobody_made(city: SimulatedCity) -> None:
    with pytest.raises(RequestNotFound):
        serve_at(city, "A" * 32)


def test_refuses_the_verifiers_own_name_for_a_request(
    city: SimulatedCity, made: MadeRequest
) -> None:
    with pytest.raises(RequestNotFound):
        serve_at(city, made.result_id)


def test_serves_until_the_end_and_not_at_it(city: SimulatedCity, made: MadeRequest) -> None:
    city.clock.set(made.expires_at - timedelta(seconds=1))
    serve(city, made)
    city.clock.set(made.expires_at)
    with pytest.raises(RequestOver):
        serve(city, made)


@pytest.mark.parametrize("state", ["answered", "decided", "expired"])
def test_refuses_a_request_that_is_over(city: SimulatedCity, made: MadeRequest, state: str) -> None:
    with city.city.database.writing() as session:
        row = store.find_request(session, made.result_id)
        assert row is not None
        row.state = state
    with pytest.raises(RequestOver):
        serve(city, made)
