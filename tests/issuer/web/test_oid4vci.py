"""The offer at its address: a JSON document for a wallet, a problem document for a person."""

from typing import Any

import pytest
from werkzeug.test import TestResponse

from issuer.actions.make_offer import MadeOffer
from openid4vc.offer import parse_offer
from tests.simulators.city import URL, SimulatedCity
from tests.simulators.issuer_client import IssuerClient, unchanged
from tests.simulators.issuing_office import holder


@pytest.fixture
def client(city: SimulatedCity) -> IssuerClient:
    return IssuerClient(city)


@pytest.fixture
def made(city: SimulatedCity) -> MadeOffer:
    return city.offer("GU-11620", "SeoulResidencyCredential", city.claims("P01"))


def problem(answer: TestResponse) -> tuple[int, str]:
    assert answer.content_type == "application/problem+json"
    document: Any = answer.get_json(force=True)
    assert document["title_ko"]
    assert document["advice_en"]
    return answer.status_code, document["code"]


def test_an_offer_is_read_by_a_wallet(client: IssuerClient, made: MadeOffer) -> None:
    answer = client.fetch(made)
    assert (answer.status_code, answer.content_type) == (200, "application/json")
    assert answer.headers["Cache-Control"] == "no-store"
    offer = parse_offer(answer.data)
    assert offer.credential_issuer == f"{URL}/issuers/GU-11620"
    assert offer.configuration_ids == ("SeoulResidencyCredential.dc+sd-jwt",)


def test_asking_twice_gives_the_same_offer(client: IssuerClient, made: MadeOffer) -> None:
    first = client.fetch(made).data
    with unchanged(client.city):
        assert client.fetch(made).data == first


def test_nothing_of_the_person_is_in_it(client: IssuerClient, made: MadeOffer) -> None:
    text = client.fetch(made).get_data(as_text=True)
    claims = client.city.claims("P01")
    del claims["guCode"]  # stands in the agency's address
    assert not any(str(value) in text for value in claims.values())


def test_an_offer_that_there_is_not(client: IssuerClient) -> None:
    with unchanged(client.city):
        answer = client.city.http().get("/issuers/GU-11620/offers/" + "A" * 22)
    assert problem(answer) == (404, "offer-not-found")


def test_an_offer_that_was_used(client: IssuerClient, made: MadeOffer) -> None:
    client.ask(client.token(made), client.request(holder(1)))
    with unchanged(client.city):
        assert problem(client.fetch(made)) == (409, "offer-not-open")


def test_an_offer_whose_time_is_over(client: IssuerClient, made: MadeOffer) -> None:
    client.city.clock.advance(days=14)
    with unchanged(client.city):
        assert problem(client.fetch(made)) == (410, "offer-expired")


def test_an_offer_of_another_agency(client: IssuerClient, made: MadeOffer) -> None:
    path = made.offer_uri.removeprefix(URL).replace("GU-11620", "SEL-HR")
    with unchanged(client.city):
        assert problem(client.city.http().get(path)) == (404, "offer-not-found")


def test_an_agency_that_there_is_not(client: IssuerClient, made: MadeOffer) -> None:
    path = made.offer_uri.removeprefix(URL).replace("GU-11620", "GU-99999")
    with unchanged(client.city):
        assert problem(client.city.http().get(path)) == (404, "unknown-agency")


@pytest.mark.parametrize("secret", ["%01", "%FF", "%E2%80%AE", "A" * 4000, "%2e%2e", "'%20OR%201"])
def test_whatever_stands_in_the_address_is_no_offer(client: IssuerClient, secret: str) -> None:
    with unchanged(client.city):
        answer = client.city.http().get(f"/issuers/GU-11620/offers/{secret}")
    assert problem(answer) == (404, "offer-not-found")


@pytest.mark.parametrize("code", ["%01", "gu-11620", "%F0%9F%92%A9", "A" * 300, "'"])
def test_whatever_stands_in_the_address_is_no_agency(client: IssuerClient, code: str) -> None:
    with unchanged(client.city):
        answer = client.city.http().get(f"/issuers/{code}/offers/{'A' * 22}")
    assert problem(answer) == (404, "unknown-agency")


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH"])
def test_an_offer_is_only_read(client: IssuerClient, made: MadeOffer, method: str) -> None:
    with unchanged(client.city):
        answer = client.city.http().open(made.offer_uri.removeprefix(URL), method=method)
    assert problem(answer) == (405, "method-not-allowed")


def test_a_link_is_not_tried_without_end(client: IssuerClient) -> None:
    http = client.city.http()
    path = "/issuers/GU-11620/offers/" + "A" * 22
    statuses = [http.get(path).status_code for _ in range(601)]
    assert statuses == [404] * 600 + [429]
