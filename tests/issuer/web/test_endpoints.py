"""Token, nonce and credential endpoint over HTTP: answers as wallets expect them."""

import json
from pathlib import Path
from typing import Any

import pytest
from werkzeug.test import TestResponse

from issuer.actions.change_status import StatusChange
from issuer.actions.make_offer import MadeOffer
from issuer.catalogue import MAX_PROOFS
from tests.simulators.city import SimulatedCity, city_settings, copy_city
from tests.simulators.clock import SimulatedClock
from tests.simulators.issuer_client import IssuerClient, unchanged
from tests.simulators.issuing_office import holder


@pytest.fixture
def client(city: SimulatedCity) -> IssuerClient:
    return IssuerClient(city)


@pytest.fixture
def made(city: SimulatedCity) -> MadeOffer:
    return city.offer("GU-11620", "SeoulResidencyCredential", city.claims("P01"))


def body(answer: TestResponse) -> Any:
    assert answer.content_type == "application/json"
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    return json.loads(answer.data)


def test_gives_a_bearer_token_for_a_code(client: IssuerClient, made: MadeOffer) -> None:
    answer = client.redeem(client.pre_authorized_code(made), made.tx_code)
    assert answer.status_code == 200
    document = body(answer)
    assert document.pop("access_token")
    # No c_nonce, which wallets would use instead of asking; no authorization_details.
    assert document == {"token_type": "Bearer", "expires_in": 600}


def test_ignores_what_wallets_add(client: IssuerClient, made: MadeOffer) -> None:
    answer = client.redeem(
        client.pre_authorized_code(made),
        made.tx_code,
        user_pin=made.tx_code or "",
        resource=client.issuer,
        authorization_details="[]",
    )
    assert answer.status_code == 200


def test_gives_a_nonce_to_anybody(client: IssuerClient) -> None:
    with unchanged(client.city):
        answer = client.post("nonce", b"")
    assert (answer.status_code, set(body(answer))) == (200, {"c_nonce"})


def test_nonces_are_never_the_same(client: IssuerClient) -> None:
    assert len({client.nonce() for _ in range(20)}) == 20


def test_issues_what_was_offered(client: IssuerClient, made: MadeOffer) -> None:
    answer = client.ask(client.token(made), client.request(holder(1)))
    assert answer.status_code == 200
    (issued,) = body(answer)["credentials"]
    assert issued["credential"].count("~") > 1
    assert "notification_id" not in body(answer)
    assert "c_nonce" not in body(answer)


def test_issues_a_batch(client: IssuerClient, made: MadeOffer) -> None:
    signers = [holder(number) for number in range(1, MAX_PROOFS + 1)]
    answer = client.ask(client.token(made), client.request(*signers))
    assert len(body(answer)["credentials"]) == MAX_PROOFS


def test_refuses_a_batch_beyond_what_it_says(client: IssuerClient, made: MadeOffer) -> None:
    signers = [holder(number) for number in range(1, MAX_PROOFS + 2)]
    token, request = client.token(made), client.request(*signers)
    with unchanged(client.city):
        answer = client.ask(token, request)
    assert (answer.status_code, body(answer)["error"]) == (400, "invalid_proof")


def test_a_wrong_tx_code_is_counted_before_it_is_answered(
    client: IssuerClient, made: MadeOffer
) -> None:
    code = client.pre_authorized_code(made)
    for _ in range(5):
        answer = client.redeem(code, "wrong")
        assert (answer.status_code, body(answer)["error"]) == (400, "invalid_grant")
    with unchanged(client.city):
        answer = client.redeem(code, made.tx_code)
    assert (answer.status_code, body(answer)["error"]) == (400, "invalid_grant")
    assert client.fetch(made).status_code == 409


def test_a_missing_token_is_told_in_the_header_too(client: IssuerClient) -> None:
    answer = client.ask(None, {})
    assert (answer.status_code, body(answer)["error"]) == (401, "invalid_token")
    assert answer.headers["WWW-Authenticate"] == 'Bearer error="invalid_token"'


def test_denies_what_was_revoked_meanwhile(
    city: SimulatedCity, client: IssuerClient, made: MadeOffer
) -> None:
    token, request = client.token(made), client.request(holder(1))
    city.change_status("GU-11620", made.entitlement_id, StatusChange.REVOKE, "R02")
    with unchanged(city):
        answer = client.ask(token, request)
    assert (answer.status_code, body(answer)["error"]) == (400, "credential_request_denied")


def test_denies_what_the_registry_does_not_let_the_agency_issue(city: SimulatedCity) -> None:
    client, certificate = IssuerClient(city), "CityCertificateCredential"
    claims = city.claims("P12", certificate)
    made = city.offer("GU-11620", certificate, claims, permissions={f"{certificate}/appointment"})
    token = client.token(made)
    request = client.request(holder(1))
    with unchanged(city):
        answer = client.ask(token, request)
    assert (answer.status_code, body(answer)["error"]) == (400, "credential_request_denied")


def test_without_an_accreditation_of_today_nothing_is_signed(
    city: SimulatedCity, client: IssuerClient
) -> None:
    city.clock.advance(days=731)
    residency = "SeoulResidencyCredential"
    made = city.offer("GU-11620", residency, city.claims("P01"), permissions={residency})
    token, request = client.token(made), client.request(holder(1))
    with unchanged(city):
        answer = client.ask(token, request)
    assert (answer.status_code, body(answer)["error"]) == (400, "credential_request_denied")


def test_without_the_registry_nothing_is_signed_and_nothing_is_lost(
    seeded_city: Path, tmp_path: Path
) -> None:
    folder = copy_city(seeded_city, tmp_path / "city")
    alone = SimulatedCity(city_settings(folder, GWANIN_ROLES="issuer"), SimulatedClock())
    client = IssuerClient(alone)
    residency = "SeoulResidencyCredential"
    made = alone.offer("GU-11620", residency, alone.claims("P01"), permissions={residency})
    token, request = client.token(made), client.request(holder(1))
    with unchanged(alone):
        answer = client.ask(token, request)
    assert (answer.status_code, body(answer)["error"]) == (503, "temporarily_unavailable")
    alone.close()
    together = SimulatedCity(city_settings(folder), SimulatedClock())
    assert IssuerClient(together).ask(token, request).status_code == 200
    together.close()
