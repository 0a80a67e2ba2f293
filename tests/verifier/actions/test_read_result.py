from datetime import timedelta

import pytest

from openid4vc.authorization_response import MAX_PRESENTATIONS, AuthorizationResponse
from openid4vc.dcql import MAX_CREDENTIALS
from storage.errors import SealBroken
from tests.simulators.city import SimulatedCity
from tests.simulators.forger import RESIDENCY
from tests.simulators.judge import ASKED
from verifier import store
from verifier.actions.create_request import MadeRequest
from verifier.actions.read_result import MAX_VERDICT_BYTES
from verifier.errors import RequestNotFound
from verifier.models import RequestRow


def decided(city: SimulatedCity) -> MadeRequest:
    """A request of VER-LIB's that P01 has answered."""
    offer = city.offer("GU-11620", RESIDENCY, city.claims("P01"))
    wallet = city.wallet()
    wallet.receive(offer.link, offer.tx_code)
    made = city.ask("VER-LIB", city.query(RESIDENCY, ASKED))
    wallet.present(made.link)
    return made


def stored(city: SimulatedCity, result_id: str) -> RequestRow:
    with city.city.database.reading() as session:
        row = store.find_request(session, result_id)
    assert row is not None
    return row


def test_refuses_a_result_that_nobody_asked_for(city: SimulatedCity) -> None:
    with pytest.raises(RequestNotFound):
        city.result("r_" + "A" * 32)


def test_refuses_what_a_wallet_knows_of_a_request(city: SimulatedCity) -> None:
    made = city.ask("VER-LIB", city.query(RESIDENCY, ASKED))
    with pytest.raises(RequestNotFound):
        city.result(made.request_uri.rpartition("/")[2])


def test_tells_the_state_until_there_is_a_verdict(city: SimulatedCity) -> None:
    made = city.ask("VER-LIB", city.query(RESIDENCY, ASKED))
    expected = {"id": made.result_id, "state": "requested", "verifier": "VER-LIB"}
    assert city.result(made.result_id) == expected
    assert city.http().get(made.request_uri).status_code == 200
    assert city.result(made.result_id) == {**expected, "state": "fetched"}


@pytest.mark.parametrize("fetched", [False, True])
def test_a_request_whose_time_is_over_has_expired(city: SimulatedCity, fetched: bool) -> None:
    made = city.ask("VER-LIB", city.query(RESIDENCY, ASKED))
    if fetched:
        city.http().get(made.request_uri)
    city.clock.set(made.expires_at)
    assert city.result(made.result_id)["state"] == "expired"
    assert stored(city, made.result_id).state == "expired"


def test_a_decided_request_stays_decided(city: SimulatedCity) -> None:
    made = decided(city)
    city.clock.advance(minutes=11)
    result = city.result(made.result_id)
    assert (result["state"], result["decision"]) == ("decided", "accepted")


def test_a_verdict_is_kept_to_its_last_day_and_then_erased(city: SimulatedCity) -> None:
    made = decided(city)
    until = stored(city, made.result_id).keep_until
    assert until is not None
    city.clock.set(until - timedelta(seconds=1))
    assert city.result(made.result_id)["claims"] == {ASKED: True}
    city.clock.set(until)
    assert city.result(made.result_id) == {
        "id": made.result_id,
        "state": "decided",
        "verifier": "VER-LIB",
    }
    assert stored(city, made.result_id).sealed_verdict is None


def test_notices_a_verdict_that_was_altered(city: SimulatedCity) -> None:
    made = decided(city)
    with city.city.database.writing() as session:
        row = store.find_request(session, made.result_id)
        assert row is not None
        assert row.sealed_verdict is not None
        row.sealed_verdict = row.sealed_verdict[:-1] + bytes([row.sealed_verdict[-1] ^ 1])
    with pytest.raises(SealBroken):
        city.result(made.result_id)


def test_notices_the_verdict_of_another_request(city: SimulatedCity) -> None:
    first, second = decided(city), decided(city)
    with city.city.database.writing() as session:
        rows = [store.find_request(session, made.result_id) for made in (first, second)]
        assert rows[0] is not None
        assert rows[1] is not None
        rows[0].sealed_verdict = rows[1].sealed_verdict
    with pytest.raises(SealBroken):
        city.result(first.result_id)


def test_the_longest_answer_can_be_read(city: SimulatedCity) -> None:
    """A wallet that answers with as many credentials as it may must not blind the desk."""
    made = city.ask("VER-LIB", city.query(RESIDENCY, ASKED))
    client = city.http()
    client.get(made.request_uri)
    ids = [f"{'q' * 126}{n:02}" for n in range(MAX_CREDENTIALS)]
    answer = AuthorizationResponse(
        vp_token=dict.fromkeys(ids, ("a",) * MAX_PRESENTATIONS),
        state=stored(city, made.result_id).state_value,
    )
    sent = client.post(
        made.request_uri.replace("/requests/", "/responses/"),
        data=answer.to_form(),
        content_type="application/x-www-form-urlencoded",
    )
    assert sent.status_code == 200, sent.json
    result = city.result(made.result_id)
    assert result["decision"] == "rejected"
    sealed = stored(city, made.result_id).sealed_verdict
    assert sealed is not None
    assert len(sealed) * 2 < MAX_VERDICT_BYTES
