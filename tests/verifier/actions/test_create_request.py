from datetime import timedelta
from typing import Any

import pytest

from did_registry.errors import NotAccredited, OverAsking
from openid4vc.dcql import Query, parse_query
from openid4vc.request_uri import RequestUriMethod, parse_request_link
from tests.simulators.city import URL, SimulatedCity
from tests.simulators.forger import RESIDENCY
from tests.simulators.one_change import changed
from verifier import store
from verifier.errors import UnknownVerifier


def library_asks(city: SimulatedCity) -> Query:
    return city.query(RESIDENCY, "residentOfSeoul", "ageOver19")


def test_makes_a_link_that_a_wallet_can_open(city: SimulatedCity) -> None:
    made = city.ask("VER-LIB", library_asks(city))
    link = parse_request_link(made.link)
    assert made.link.startswith(f"{URL}/wallet#")
    assert (link.client_id, link.request_uri) == (made.client_id, made.request_uri)
    assert link.method is RequestUriMethod.GET
    assert made.client_id.startswith("decentralized_identifier:did:webvh:")
    assert made.client_id.endswith(":dids:VER-LIB")
    assert made.expires_at == city.clock() + timedelta(minutes=10)


def test_nothing_in_a_link_tells_the_verifiers_own_name_for_the_request(
    city: SimulatedCity,
) -> None:
    made = city.ask("VER-LIB", library_asks(city))
    assert made.result_id.removeprefix("r_") not in made.link
    with city.city.database.reading() as session:
        row = store.find_request(session, made.result_id)
        assert row is not None
        secrets = {row.id, row.address, row.state_value, row.nonce}
    assert len(secrets) == 4
    assert all(len(secret) >= 32 for secret in secrets)
    assert row.nonce not in made.link
    assert row.state_value not in made.link


def test_no_two_requests_share_anything(city: SimulatedCity) -> None:
    made = [city.ask("VER-LIB", library_asks(city)) for _ in range(2)]
    assert made[0].request_uri != made[1].request_uri
    assert made[0].result_id != made[1].result_id


def test_refuses_whoever_is_no_verifier_here(city: SimulatedCity) -> None:
    with pytest.raises(UnknownVerifier):
        city.ask("VER-MART", library_asks(city))


def test_refuses_a_verifier_whose_registration_is_over(city: SimulatedCity) -> None:
    city.clock.advance(days=366)
    with pytest.raises(NotAccredited):
        city.ask("VER-LIB", library_asks(city))


OVER_ASKING: dict[str, dict[str, Any]] = {
    "another-claim": {"claims": [{"path": ["birthDate"]}]},
    "one-more-claim": {"claims": [{"path": ["residentOfSeoul"]}, {"path": ["birthDate"]}]},
    "a-whole-object": {"claims": [{"path": ["residentOfGu"]}]},
    "every-element": {"claims": [{"path": ["residentOfSeoul", None]}]},
    "another-type": {"meta": {"vct_values": [f"{URL}/types/CityCertificateCredential/v1"]}},
    "one-more-type": {
        "meta": {
            "vct_values": [
                f"{URL}/types/{RESIDENCY}/v1",
                f"{URL}/types/CityCertificateCredential/v1",
            ]
        }
    },
    "unknown-type": {"meta": {"vct_values": ["https://elsewhere.example/types/Diploma/v1"]}},
}


@pytest.mark.parametrize("changes", OVER_ASKING.values(), ids=OVER_ASKING)
def test_refuses_a_question_beyond_the_registration(
    city: SimulatedCity, changes: dict[str, Any]
) -> None:
    document = library_asks(city).to_json()
    for name, value in changes.items():
        document = changed(document, "credentials", 0, name, to=value)
    with pytest.raises(OverAsking):
        city.ask("VER-LIB", parse_query(document))


def test_refuses_a_question_without_claims_which_asks_for_all(city: SimulatedCity) -> None:
    document: Any = library_asks(city).to_json()
    del document["credentials"][0]["claims"]
    with pytest.raises(OverAsking):
        city.ask("VER-LIB", parse_query(document))
