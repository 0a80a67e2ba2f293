"""The endpoint where a holder asks for a proof: one form of answer, whatever is asked."""

import json
from typing import Any

import pytest
from werkzeug.test import TestResponse

from credentials.encoding import encode_base64url
from credentials.issuance_proof import parse_issuance_proof
from credentials.model import Serialized
from credentials.securing import mechanism_of
from did_registry.issuance_tree import find_batch
from issuer.actions.close_batches import close_batches
from tests.simulators.city import SimulatedCity


@pytest.fixture
def credential(city: SimulatedCity) -> Serialized:
    made = city.offer("GU-11620", "SeoulResidencyCredential", city.claims("P01"))
    return city.wallet().receive(made.link, made.tx_code).accepted.serialized


def digest_of(credential: Serialized) -> bytes:
    mechanism = mechanism_of(credential)
    return mechanism.issued_digest(mechanism.parse(credential))


def post(city: SimulatedCity, body: Any, agency: str = "GU-11620") -> TestResponse:
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    path = f"/issuers/{agency}/issuance-proof"
    return city.http().post(path, data=data, content_type="application/json")


def ask(city: SimulatedCity, digest: bytes, agency: str = "GU-11620") -> TestResponse:
    return post(city, {"digest": encode_base64url(digest)}, agency)


def close(city: SimulatedCity) -> None:
    city.clock.advance(days=1)
    issuer = city.city.issuer
    with issuer.database.writing() as session:
        until = city.clock().replace(microsecond=0)
        close_batches(session, issuer.context, "GU-11620", until=until, now=city.clock())


def test_a_holder_gets_a_proof_that_leads_to_the_log(
    city: SimulatedCity, credential: Serialized
) -> None:
    close(city)
    answer = ask(city, digest_of(credential))
    assert (answer.status_code, answer.headers["Cache-Control"]) == (200, "no-store")
    proof = parse_issuance_proof(json.dumps(answer.json["issuance_proof"]).encode())  # type: ignore[index]
    view = city.city.replay()
    did = next(str(one.did) for one in view.histories.values() if one.did.path[-1] == "GU-11620")
    batch = find_batch(view, did, digest_of(credential), proof)
    assert batch is not None
    assert batch.size == 64


def test_unknown_too_early_and_somebody_elses_are_answered_alike(
    city: SimulatedCity, credential: Serialized
) -> None:
    too_early = ask(city, digest_of(credential))
    close(city)
    unknown = ask(city, bytes(32))
    elsewhere = ask(city, digest_of(credential), "SEL-HR")
    answers = [too_early, unknown, elsewhere]
    assert [answer.status_code for answer in answers] == [200] * 3
    assert {answer.data for answer in answers} == {too_early.data}
    assert too_early.json == {"issuance_proof": None}


@pytest.mark.parametrize(
    "body",
    [b"x", b"[]", b"{}", {"digest": 1}, {"digest": "AAAA"}, {"digest": "A" * 43, "more": 1}],
    ids=str,
)
def test_what_is_no_digest_is_refused(city: SimulatedCity, body: Any) -> None:
    answer = post(city, body)
    assert answer.status_code == 400
    assert answer.content_type == "application/problem+json"


def test_an_agency_that_issues_nothing_here_has_no_proofs(city: SimulatedCity) -> None:
    assert ask(city, bytes(32), "GU-99999").status_code == 404


def test_asking_is_limited(city: SimulatedCity) -> None:
    codes = [ask(city, bytes(32)).status_code for _ in range(121)]
    assert set(codes[:120]) == {200}
    assert codes[120] == 429
