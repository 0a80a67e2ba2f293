"""An answer is taken once, for the request it belongs to, in its time; and then judged for good."""

from datetime import timedelta
from typing import Any

import pytest

from openid4vc.authorization_response import AuthorizationErrorResponse, AuthorizationResponse
from openid4vc.errors import InvalidRequest
from tests.simulators.city import SimulatedCity
from tests.simulators.forger import Forger
from tests.simulators.judge import ASKED
from tests.simulators.root import SimulatedRoot
from verifier import store
from verifier.actions.create_request import MadeRequest
from verifier.actions.receive_response import NO_RETENTION, receive_response
from verifier.actions.serve_request import serve_request
from verifier.errors import RequestNotFound, RequestOver
from verifier.models import RequestRow


class Asked:
    """One request of VER-LIB's, and a holder who can answer it."""

    def __init__(self, city: SimulatedCity) -> None:
        self.city = city
        self.forger = Forger(city)
        self.credential = self.forger.issue()
        self.made: MadeRequest = city.ask("VER-LIB", self.forger.question(ASKED).query)
        self.address = self.made.request_uri.rpartition("/")[2]

    def row(self) -> RequestRow:
        with self.city.city.database.reading() as session:
            row = store.find_request(session, self.made.result_id)
        assert row is not None
        return row

    def fetch(self) -> None:
        service = self.city.city.verifier
        with service.database.writing() as session:
            serve_request(session, service, self.address, wallet_nonce=None, now=self.city.clock())

    def answer(self, presented: Any = None, **changes: Any) -> None:
        row = self.row()
        shown = presented or self.forger.present(self.credential, ASKED, nonce=row.nonce)
        state = changes.get("state", row.state_value)
        self.send(
            AuthorizationResponse(vp_token={changes.get("id", "asked"): (shown,)}, state=state)
        )

    def send(self, response: AuthorizationResponse | AuthorizationErrorResponse) -> None:
        service, now = self.city.city.verifier, self.city.clock()
        receive_response(service, self.address, response, now=now)

    def decline(self, error: str = "access_denied") -> None:
        state = self.row().state_value
        self.send(AuthorizationErrorResponse(error=error, description="prose", state=state))

    def result(self) -> Any:
        return self.city.result(self.made.result_id)


@pytest.fixture
def asked(city: SimulatedCity) -> Asked:
    return Asked(city)


def test_judges_an_answer_and_stores_the_verdict(asked: Asked) -> None:
    asked.fetch()
    asked.answer()
    result = asked.result()
    assert (result["state"], result["decision"], result["code"]) == ("decided", "accepted", "OK")
    assert result["claims"] == {ASKED: True}
    assert result["verifier"] == "VER-LIB"
    assert list(result["credentials"]) == ["asked"]


def test_refuses_a_second_answer_and_keeps_the_first_verdict(asked: Asked) -> None:
    asked.fetch()
    asked.answer()
    before = asked.result()
    for again in (asked.answer, asked.decline):
        with pytest.raises(RequestOver):
            again()
    assert asked.result() == before


def test_a_rejected_answer_uses_the_request_up_as_well(asked: Asked) -> None:
    asked.fetch()
    asked.answer("nonsense")
    assert asked.result()["decision"] == "rejected"
    with pytest.raises(RequestOver):
        asked.answer()
    assert asked.result()["decision"] == "rejected"


def test_a_presentation_that_was_sent_to_one_request_is_worth_nothing_to_another(
    city: SimulatedCity,
) -> None:
    first, second = Asked(city), Asked(city)
    first.fetch()
    second.fetch()
    shown = first.forger.present(first.credential, ASKED, nonce=first.row().nonce)
    first.answer(shown)
    second.answer(shown)
    assert first.result()["code"] == "OK"
    assert second.result()["code"] == "REPLAYED"
    assert second.result()["claims"] == {}


def test_refuses_an_answer_to_a_request_that_was_never_fetched(asked: Asked) -> None:
    with pytest.raises(RequestOver):
        asked.answer()
    assert asked.row().state == "requested"


def test_refuses_an_answer_that_comes_too_late(asked: Asked) -> None:
    asked.fetch()
    asked.city.clock.set(asked.made.expires_at)
    with pytest.raises(RequestOver):
        asked.answer()
    assert asked.result()["state"] == "expired"


def test_takes_an_answer_in_the_last_second(asked: Asked) -> None:
    asked.fetch()
    asked.city.clock.set(asked.made.expires_at - timedelta(seconds=1))
    asked.answer()
    assert asked.result()["code"] == "OK"


@pytest.mark.parametrize("state", [None, "", "A" * 32], ids=["missing", "empty", "another"])
def test_refuses_another_state_and_leaves_the_request_open(asked: Asked, state: str | None) -> None:
    asked.fetch()
    with pytest.raises(InvalidRequest):
        asked.answer(state=state)
    asked.answer()
    assert asked.result()["code"] == "OK"


def test_refuses_the_state_of_another_request(city: SimulatedCity) -> None:
    first, second = Asked(city), Asked(city)
    first.fetch()
    with pytest.raises(InvalidRequest):
        first.answer(state=second.row().state_value)


def test_refuses_an_address_that_nobody_made(asked: Asked) -> None:
    asked.address = "A" * 32
    with pytest.raises(RequestNotFound):
        asked.answer()


def test_an_answer_to_another_question_is_judged_as_such(asked: Asked) -> None:
    asked.fetch()
    asked.answer(id="other")
    assert asked.result()["code"] == "RULE_NOT_MET"


def test_a_refusal_of_the_wallets_ends_the_request_without_a_verdict(asked: Asked) -> None:
    asked.fetch()
    asked.decline()
    result = asked.result()
    assert (result["state"], result["error"]) == ("answered", "access_denied")
    assert "decision" not in result
    with pytest.raises(RequestOver):
        asked.answer()


def test_refuses_a_refusal_with_another_state(asked: Asked) -> None:
    asked.fetch()
    with pytest.raises(InvalidRequest):
        asked.send(AuthorizationErrorResponse(error="x", description=None, state="A" * 32))
    assert asked.row().state == "fetched"


# ---- how long it is kept ----


def test_keeps_a_verdict_for_the_days_of_the_registration(asked: Asked) -> None:
    asked.fetch()
    asked.answer()
    assert asked.row().keep_until == asked.city.clock() + timedelta(days=30)


def test_keeps_a_verdict_until_it_can_be_read_where_nothing_may_be_kept(asked: Asked) -> None:
    attribute = f"SeoulResidencyCredential.{ASKED}"
    SimulatedRoot(asked.city).register("VER-LIB", attribute, retention_days=0)
    asked.fetch()
    asked.answer()
    assert asked.row().keep_until == asked.city.clock() + NO_RETENTION


def test_what_is_stored_shows_no_claim(asked: Asked) -> None:
    asked.fetch()
    asked.answer()
    sealed = asked.row().sealed_verdict
    assert sealed is not None
    assert ASKED.encode() not in sealed
    assert b"accepted" not in sealed
