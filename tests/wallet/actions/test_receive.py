"""The wallet before an issuer: who it speaks to at all, and what it takes from whom."""

import json
import os
from collections.abc import Callable
from typing import Any

import pytest

from credentials.errors import Error, Malformed, TooLarge, Unsupported
from credentials.jws import peek_claims, peek_header
from credentials.keys import KeyType, signer_from_secret
from issuer.actions.make_offer import MadeOffer
from openid4vc.offer import CredentialOffer, OfferReference, build_offer_link, parse_offer
from tests.simulators.city import URL, SimulatedCity
from tests.simulators.dishonest import DishonestServer
from tests.simulators.forger import CERTIFICATE, RESIDENCY, Forger
from tests.simulators.sd_jwt import HOLDER
from wallet.actions.receive import Received, receive
from wallet.errors import CounterpartRefused, IssuerNotTrusted, NotAsOffered

METADATA = "/openid-credential-issuer/issuers/GU-11620"
SERVER_METADATA = "/oauth-authorization-server/issuers/GU-11620"


class Counter:
    """P01 at the counter of GU-11620 with a phone, and a server between the two."""

    def __init__(self, city: SimulatedCity) -> None:
        self.city = city
        self.server = DishonestServer(city)
        self.offer: MadeOffer = city.offer("GU-11620", RESIDENCY, city.claims("P01"))
        self.typed: list[int | None] = []

    def receive(
        self,
        link: str | None = None,
        tx_code: str | None = None,
        entropy: Callable[[int], bytes] = os.urandom,
    ) -> Received:
        def ask(length: int | None) -> str:
            self.typed.append(length)
            return tx_code or self.offer.tx_code or ""

        return receive(
            link or self.offer.link,
            self.server.connection(),
            ask_tx_code=ask,
            entropy=entropy,
            now=self.city.clock(),
        )

    def by_value(self, **changes: Any) -> str:
        """The offer itself in a link, with members changed."""
        fetched = self.city.http().get(self.offer.offer_uri).get_data()
        offer = parse_offer(fetched)
        members = {
            "credential_issuer": offer.credential_issuer,
            "configuration_ids": offer.configuration_ids,
            "pre_authorized": offer.pre_authorized,
            **changes,
        }
        return build_offer_link(CredentialOffer(**members), "openid-credential-offer")


@pytest.fixture
def counter(city: SimulatedCity) -> Counter:
    return Counter(city)


def paths(counter: Counter) -> list[str]:
    return [path.rpartition("/")[2] for _, path in counter.server.asked]


def test_receives_a_credential_bound_to_a_key_made_for_it_alone(counter: Counter) -> None:
    received = counter.receive()
    assert received.accepted.type.name == RESIDENCY
    holder = signer_from_secret(received.key_type, received.key_secret).public_key
    assert received.accepted.verified.holder == holder
    assert received.key_type is KeyType.P256
    assert counter.typed == [6]  # asked once, and told how long it is
    again = Counter(counter.city).receive()
    assert again.key_secret != received.key_secret


def test_asks_for_everything_once_and_in_order(counter: Counter) -> None:
    counter.receive()
    assert [method for method, _ in counter.server.asked] == ["GET"] * 3 + ["POST"] * 3
    assert paths(counter)[1:] == ["GU-11620", "GU-11620", "token", "nonce", "credential"]


def test_receives_from_an_offer_by_value_and_without_a_tx_code(city: SimulatedCity) -> None:
    counter = Counter(city)
    counter.offer = city.offer("GU-11620", RESIDENCY, city.claims("P02"), needs_tx_code=False)
    received = counter.receive(counter.by_value())
    assert counter.typed == []
    assert received.accepted.verified.claims["nameKo"] == "이가상"


def test_draws_again_where_random_bytes_are_no_secret_of_the_curve(counter: Counter) -> None:
    draws = iter([bytes(32), b"\xff" * 32, bytes([2]) * 32])
    received = counter.receive(entropy=lambda _: next(draws))
    assert received.accepted.verified.holder == HOLDER.public_key


# ---- whom it speaks to ----


@pytest.mark.parametrize(
    "issuer", [f"{URL}/issuers/GU-11440", "https://issuer.example/gu", f"{URL}/issuers/SEL-DIG"]
)
def test_sends_nothing_to_an_issuer_that_the_registry_does_not_know(
    counter: Counter, issuer: str
) -> None:
    link = counter.by_value(credential_issuer=issuer)
    with pytest.raises(IssuerNotTrusted):
        counter.receive(link)
    assert counter.server.asked == []
    assert counter.typed == []


def test_an_offer_by_reference_is_fetched_and_nothing_else(counter: Counter) -> None:
    other = {"credential_issuer": f"{URL}/issuers/GU-11440"}
    uri = counter.offer.offer_uri.removeprefix(URL)
    counter.server.rewrite(uri, lambda offer: {**offer, **other})
    with pytest.raises(IssuerNotTrusted):
        counter.receive()
    assert counter.server.asked == [("GET", uri)]


def test_does_not_ask_for_a_code_before_it_knows_where_it_would_go(counter: Counter) -> None:
    counter.server.answer(SERVER_METADATA, 404, {})
    with pytest.raises(CounterpartRefused):
        counter.receive()
    assert counter.typed == []


# ---- offers that it does not take ----


@pytest.mark.parametrize(
    "link",
    [
        "",
        "nonsense",
        "openid-credential-offer://?",
        "openid-credential-offer://?credential_offer=%7B%7D",
        "openid4vp://?client_id=x&request_uri=https%3A%2F%2Fgwanin.example",
        "openid-credential-offer://?credential_offer_uri=http%3A%2F%2Fgwanin.example%2Fx",
        "openid-credential-offer://?credential_offer_uri=" + "x" * 9000,
    ],
    ids=["empty", "text", "no-offer", "empty-offer", "a-request", "plain-http", "long"],
)
def test_refuses_a_link_that_is_no_offer(counter: Counter, link: str) -> None:
    with pytest.raises((Malformed, TooLarge)):
        counter.receive(link or " ")
    assert counter.server.asked == []


def test_refuses_an_offer_that_does_not_lead_anywhere(counter: Counter) -> None:
    link = build_offer_link(OfferReference(uri=f"{URL}/issuers/GU-11620/offers/x"), "haip-vci")
    with pytest.raises(CounterpartRefused):
        counter.receive(link)


@pytest.mark.parametrize(
    "changes",
    [
        {"pre_authorized": None},
        {"configuration_ids": (f"{RESIDENCY}.dc+sd-jwt", f"{RESIDENCY}.ldp_vc")},
    ],
    ids=["another-grant", "two-credentials"],
)
def test_refuses_an_offer_that_it_can_not_take(counter: Counter, changes: dict[str, Any]) -> None:
    with pytest.raises(Unsupported):
        counter.receive(counter.by_value(**changes))
    assert counter.server.asked == []


def test_refuses_a_configuration_that_the_issuer_does_not_have(counter: Counter) -> None:
    with pytest.raises(Malformed):
        counter.receive(counter.by_value(configuration_ids=(f"{CERTIFICATE}.dc+sd-jwt",)))


def test_refuses_an_offer_that_was_used(counter: Counter) -> None:
    counter.receive()
    with pytest.raises(CounterpartRefused):
        counter.receive()


# ---- an issuer that does not keep to its word ----


def _other_issuer(metadata: Any) -> Any:
    return {**metadata, "credential_issuer": metadata["credential_issuer"] + "/"}


def _no_nonce(metadata: Any) -> Any:
    return {name: value for name, value in metadata.items() if name != "nonce_endpoint"}


def _no_algorithm(metadata: Any) -> Any:
    configuration = metadata["credential_configurations_supported"][f"{RESIDENCY}.dc+sd-jwt"]
    configuration["proof_types_supported"]["jwt"]["proof_signing_alg_values_supported"] = ["RS256"]
    return metadata


def _no_binding(metadata: Any) -> Any:
    configuration = metadata["credential_configurations_supported"][f"{RESIDENCY}.dc+sd-jwt"]
    configuration["cryptographic_binding_methods_supported"] = ["did:web"]
    return metadata


def _other_vct(metadata: Any) -> Any:
    configuration = metadata["credential_configurations_supported"][f"{RESIDENCY}.dc+sd-jwt"]
    configuration["vct"] = f"{URL}/types/{CERTIFICATE}/v1"
    return metadata


@pytest.mark.parametrize(
    ("end", "change", "refusal"),
    [
        (METADATA, _other_issuer, Malformed),
        (METADATA, _no_nonce, Unsupported),
        (METADATA, _no_algorithm, Unsupported),
        (METADATA, _no_binding, Unsupported),
        (METADATA, _other_vct, NotAsOffered),
        (SERVER_METADATA, lambda found: {**found, "issuer": found["issuer"] + "x"}, Malformed),
        ("/token", lambda found: {**found, "token_type": "MAC"}, Error),
        ("/nonce", lambda found: {}, Malformed),
        ("/credential", lambda found: {"credentials": []}, Error),
        ("/credential", lambda found: {"credentials": found["credentials"] * 2}, NotAsOffered),
        ("/credential", lambda found: {"transaction_id": "t", "interval": 5}, Error),
    ],
    ids=[
        *("another-issuer", "no-nonce-endpoint", "no-algorithm-of-ours", "no-binding-of-ours"),
        *("another-type", "another-server", "another-token", "no-nonce", "no-credential"),
        *("two-credentials", "deferred"),
    ],
)
def test_refuses_an_issuer_that_contradicts_itself(
    counter: Counter, end: str, change: Callable[[Any], Any], refusal: type[Error]
) -> None:
    counter.server.rewrite(end, change)
    with pytest.raises(refusal):
        counter.receive()


def test_refuses_a_credential_for_somebody_elses_key(counter: Counter) -> None:
    """An issuer, or whoever stands before it, could otherwise plant a credential."""
    planted = Forger(counter.city).issue()
    counter.server.rewrite("/credential", lambda _: {"credentials": [{"credential": planted}]})
    with pytest.raises(NotAsOffered):
        counter.receive()


def test_proves_its_key_to_this_issuer_alone(counter: Counter) -> None:
    counter.receive()
    (body,) = (sent for path, sent in counter.server.bodies if path.endswith("/credential"))
    (proof,) = json.loads(body)["proofs"]["jwt"]
    assert peek_header(proof).text("typ") == "openid4vci-proof+jwt"
    assert "jwk" in peek_header(proof)
    assert peek_claims(proof).text("aud") == f"{URL}/issuers/GU-11620"
    assert "iss" not in peek_claims(proof)


# ---- refusals on the way ----


def test_a_wrong_tx_code_is_refused_by_the_issuer_and_can_be_tried_again(
    counter: Counter,
) -> None:
    wrong = "000000" if counter.offer.tx_code != "000000" else "111111"
    with pytest.raises(CounterpartRefused, match="400: invalid_grant"):
        counter.receive(tx_code=wrong)
    assert counter.receive().accepted.type.name == RESIDENCY


@pytest.mark.parametrize("end", [METADATA, SERVER_METADATA, "/token", "/nonce", "/credential"])
def test_repeats_the_code_of_an_error_and_not_its_prose(counter: Counter, end: str) -> None:
    prose = {"error": "server_error", "error_description": "call +82 2 123 with your code"}
    counter.server.answer(end, 500, prose)
    with pytest.raises(CounterpartRefused) as refusal:
        counter.receive()
    assert refusal.value.detail == "the other side answered 500: server_error"
