"""Many wallets, or one wallet many times, at one request at one moment: it is answered once."""

from collections import Counter
from collections.abc import Callable, Iterator
from functools import partial
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from openid4vc.authorization_response import AuthorizationErrorResponse, AuthorizationResponse
from tests.faults.sizes import ANSWER_ROUNDS, ANSWERS
from tests.simulators.city import SimulatedCity, city_settings, seed_city
from tests.simulators.clock import SimulatedClock
from tests.simulators.forger import Forger
from tests.simulators.judge import ASKED
from tests.simulators.race import race
from verifier import store
from verifier.actions.create_request import MadeRequest
from verifier.models import RequestRow

FORM = "application/x-www-form-urlencoded"


@pytest.fixture
def city(database_url: str, tmp_path: Path) -> Iterator[SimulatedCity]:
    """A city of its own, once on each database."""
    settings = city_settings(tmp_path / "city", GWANIN_DATABASE_URL=database_url)
    clock = SimulatedClock()
    seed_city(settings, clock)
    simulated = SimulatedCity(settings, clock)
    yield simulated
    simulated.close()


class Crowd:
    """One request of VER-LIB's, and a crowd of clients with one card."""

    def __init__(self, city: SimulatedCity) -> None:
        self.city = city
        self._places = count()
        self.forger = Forger(city)
        self.made: MadeRequest = city.ask("VER-LIB", self.forger.question(ASKED).query)
        self.response_uri = self.made.request_uri.replace("/requests/", "/responses/")
        shown = self.forger.present(self.forger.issue(), ASKED, nonce=self.row().nonce)
        state = self.row().state_value
        self.answer = AuthorizationResponse(vp_token={"asked": (shown,)}, state=state).to_form()
        self.refusal = AuthorizationErrorResponse(
            error="access_denied", description=None, state=state
        ).to_form()

    def row(self) -> RequestRow:
        with self.city.city.database.reading() as session:
            row = store.find_request(session, self.made.result_id)
        assert row is not None
        return row

    def fetch(self) -> int:
        client = self.city.http()
        return client.get(self.made.request_uri, environ_base=self._address()).status_code

    def post(self, body: bytes) -> int:
        client, address = self.city.http(), self._address()
        return client.post(
            self.response_uri, data=body, content_type=FORM, environ_base=address
        ).status_code

    def _address(self) -> dict[str, str]:
        """One of 512 places: the flood limit is for each of them."""
        number = next(self._places) % 512
        return {"REMOTE_ADDR": f"198.18.{number // 256}.{number % 256}"}

    def result(self) -> Any:
        return self.city.result(self.made.result_id)


def test_of_many_answers_one_is_stored(city: SimulatedCity) -> None:
    for _ in range(int(ANSWER_ROUNDS)):
        crowd = Crowd(city)
        crowd.fetch()
        statuses = race([partial(crowd.post, crowd.answer)] * int(ANSWERS))
        assert Counter(statuses) == {200: 1, 400: int(ANSWERS) - 1}
        assert crowd.result()["code"] == "OK"


def test_of_answers_and_refusals_one_is_stored_and_its_sender_knows(city: SimulatedCity) -> None:
    for _ in range(int(ANSWER_ROUNDS)):
        crowd = Crowd(city)
        crowd.fetch()
        bodies = [crowd.answer, crowd.refusal] * (int(ANSWERS) // 2)
        statuses = race([partial(crowd.post, body) for body in bodies])
        taken = [body for body, status in zip(bodies, statuses, strict=True) if status == 200]
        assert len(taken) == 1
        result = crowd.result()
        assert (result["state"] == "decided") is (taken == [crowd.answer])
        assert ("decision" in result) is (taken == [crowd.answer])
        assert ("error" in result) is (taken == [crowd.refusal])


def test_fetching_at_once_serves_everybody(city: SimulatedCity) -> None:
    crowd = Crowd(city)
    assert set(race([crowd.fetch] * int(ANSWERS))) == {200}
    assert crowd.row().state == "fetched"


def test_whoever_looks_while_it_is_answered_sees_a_whole_result(city: SimulatedCity) -> None:
    crowd = Crowd(city)
    crowd.fetch()
    answer: Callable[[], Any] = partial(crowd.post, crowd.answer)
    looks: list[Callable[[], Any]] = [crowd.result] * 10
    seen: list[Any] = race([answer, *looks])[1:]
    for result in seen:
        assert (result["state"] == "decided") is ("decision" in result)
        assert result["state"] in {"fetched", "decided"}
