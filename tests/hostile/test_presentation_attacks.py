"""People who want to be taken for others, or to learn more than they may, step by step."""

import json
from typing import Any
from urllib.parse import urlencode

import pytest

from credentials.errors import KeyMismatch
from credentials.jws import peek_claims
from credentials.securing.mechanism import BindingRequest
from did_registry.errors import OverAsking
from openid4vc.request_uri import RequestLink, RequestUriMethod, build_request_link
from tests.simulators.city import SimulatedCity, SimulatedWallet
from tests.simulators.clock import START
from tests.simulators.forger import RESIDENCY, Forger
from tests.simulators.judge import ASKED
from tests.simulators.root import SimulatedRoot
from tests.simulators.sd_jwt import STRANGER
from verifier import store
from verifier.actions.create_request import MadeRequest
from wallet.actions.present import send

FORM = "application/x-www-form-urlencoded"


class Scene:
    """VER-LIB, a citizen with a card, and somebody else with an HTTP client."""

    def __init__(self, city: SimulatedCity) -> None:
        self.city = city
        self.forger = Forger(city)
        offer = city.offer("GU-11620", RESIDENCY, city.claims("P01"))
        self.victim: SimulatedWallet = city.wallet()
        self.victim.receive(offer.link, offer.tx_code)
        self.card = str(self.victim.content.held[0].serialized)
        self.attacker = city.http()

    def ask(self) -> MadeRequest:
        return self.city.ask("VER-LIB", self.city.query(RESIDENCY, ASKED))

    def look_at(self, made: MadeRequest) -> Any:
        """What anybody who sees the QR code gets to know."""
        return peek_claims(self.attacker.get(made.request_uri).get_data(as_text=True)).members

    def post(self, made: MadeRequest, presented: str) -> int:
        """Answer a request as whoever has seen it may."""
        form = {
            "vp_token": json.dumps({"asked": [presented]}),
            "state": self.look_at(made)["state"],
        }
        url = made.request_uri.replace("/requests/", "/responses/")
        answer = self.attacker.post(url, data=urlencode(form), content_type=FORM)
        return answer.status_code

    def shown_to(self, made: MadeRequest) -> str:
        """What the citizen's wallet would send, caught on its way."""
        prepared = self.victim.prepare(made.link)
        (selection,) = prepared.selections
        card = selection.card
        shown = card.mechanism.present(
            card.held.serialized,
            disclose=selection.disclose,
            holder=card.held.holder(),
            request=BindingRequest(
                audience=prepared.request.client_id,
                nonce=prepared.request.nonce,
                now=self.city.clock(),
            ),
        )
        assert isinstance(shown, str)
        return shown

    def word(self, made: MadeRequest) -> Any:
        return self.city.result(made.result_id).get("code")


@pytest.fixture
def scene(city: SimulatedCity) -> Scene:
    return Scene(city)


# ---- to be taken for somebody else ----


def test_a_stolen_card_is_worth_nothing_without_its_key(scene: Scene) -> None:
    for presented, word in (
        (scene.card, "HOLDER_MISMATCH"),
        (scene.forger.bound(scene.card, signer=STRANGER), "HOLDER_MISMATCH"),
    ):
        made = scene.ask()
        assert scene.post(made, presented) == 200
        assert scene.word(made) == word


def test_a_presentation_that_was_overheard_is_worth_nothing_elsewhere(scene: Scene) -> None:
    first, second = scene.ask(), scene.ask()
    overheard = scene.shown_to(first)
    assert scene.post(second, overheard) == 200
    assert scene.word(second) == "REPLAYED"


def test_a_presentation_is_worth_nothing_a_second_time(scene: Scene) -> None:
    made = scene.ask()
    overheard = scene.shown_to(made)
    scene.victim.present(made.link)
    before = scene.city.result(made.result_id)
    url = made.request_uri.replace("/requests/", "/responses/")
    with scene.city.city.database.reading() as session:
        row = store.find_request(session, made.result_id)
    assert row is not None
    form = {"vp_token": json.dumps({"asked": [overheard]}), "state": row.state_value}
    assert scene.attacker.post(url, data=urlencode(form), content_type=FORM).status_code == 400
    assert scene.city.result(made.result_id) == before


def test_a_presentation_that_was_kept_for_later_is_worth_nothing(scene: Scene) -> None:
    made = scene.ask()
    kept = scene.shown_to(made)
    scene.city.clock.advance(seconds=361)
    assert scene.post(made, kept) == 200
    assert scene.word(made) == "REPLAYED"


def test_nobody_answers_a_request_twice_over(scene: Scene) -> None:
    """A bad answer spoils the request; it does not make room for a better one."""
    made = scene.ask()
    assert scene.post(made, "nonsense") == 200
    prepared_too_late = scene.attacker.get(made.request_uri)
    assert prepared_too_late.status_code == 400
    assert scene.word(made) == "TAMPERED"


def test_the_claims_of_two_cards_can_not_be_put_together(scene: Scene) -> None:
    other = scene.forger.issue(claims={**scene.forger.content().claims, "nameKo": "이가상"})
    made = scene.ask()
    jwt = scene.card.partition("~")[0]
    foreign = other.split("~")[1]
    assert scene.post(made, scene.forger.bound(f"{jwt}~{foreign}~")) == 200
    assert scene.word(made) == "TAMPERED"


# ---- to be taken for an agency ----


def test_an_agency_can_not_issue_what_is_anothers(scene: Scene) -> None:
    hr, made = Forger(scene.city, "SEL-HR"), scene.ask()
    nonce = scene.look_at(made)["nonce"]
    assert scene.post(made, hr.present(hr.issue(), ASKED, nonce=nonce)) == 200
    assert scene.word(made) == "NOT_ALLOWED"


def test_an_agency_can_not_issue_in_anothers_name(scene: Scene) -> None:
    hr, made = Forger(scene.city, "SEL-HR"), scene.ask()
    nonce = scene.look_at(made)["nonce"]
    forged = hr.rewritten(hr.issue(), {"iss": scene.forger.did})
    assert scene.post(made, hr.present(forged, ASKED, nonce=nonce)) == 200
    assert scene.word(made) == "UNKNOWN_ISSUER"


def test_whoever_stole_a_retired_key_can_not_date_his_work_back(city: SimulatedCity) -> None:
    scene = Scene(city)
    SimulatedRoot(city).retire("GU-11620", "es256-1")
    city.clock.advance(days=1)
    made = scene.ask()
    nonce = scene.look_at(made)["nonce"]
    while_it_was_good = int(START.timestamp()) + 5
    forged = scene.forger.rewritten(scene.forger.issue(), {"iat": while_it_was_good, "nbf": 1})
    assert scene.post(made, scene.forger.present(forged, ASKED, nonce=nonce)) == 200
    result = city.result(made.result_id)
    assert (result["decision"], result["claims"]) == ("indeterminate", {})


# ---- to learn more than one may ----


def test_a_link_can_not_pass_one_verifiers_request_off_as_anothers(scene: Scene) -> None:
    made = scene.ask()
    other = scene.city.ask(
        "VER-EMP", scene.city.query("CityCertificateCredential", "title", "subtype")
    )
    mixed = RequestLink(
        client_id=other.client_id, request_uri=made.request_uri, method=RequestUriMethod.GET
    )
    link = build_request_link(mixed, "openid4vp")
    with pytest.raises(KeyMismatch):
        scene.victim.prepare(link)


def test_a_verifier_that_passes_its_desk_is_stopped_by_the_wallet(scene: Scene) -> None:
    made = scene.ask()
    with scene.city.city.database.writing() as session:
        row = store.find_request(session, made.result_id)
        assert row is not None
        row.query = scene.city.query(RESIDENCY, ASKED, "addressDetail").to_json()
    with pytest.raises(OverAsking):
        scene.victim.prepare(made.link)
    assert scene.city.result(made.result_id)["state"] == "fetched"


def test_what_was_not_asked_is_not_kept_even_if_a_wallet_sends_it(scene: Scene) -> None:
    made = scene.ask()
    nonce = scene.look_at(made)["nonce"]
    forger = scene.forger
    everything = forger.bound(forger.issue(), nonce=nonce)
    assert scene.post(made, everything) == 200
    result = scene.city.result(made.result_id)
    assert (result["code"], result["claims"]) == ("OK", {ASKED: True})
    assert "김시범" not in json.dumps(result, ensure_ascii=False)


def test_the_wallet_answers_the_verifier_and_nobody_else_who_asks_the_same(
    scene: Scene,
) -> None:
    """What is addressed to one verifier is refused by another, though both asked the same."""
    SimulatedRoot(scene.city).register("VER-EMP", f"{RESIDENCY}.{ASKED}")
    theirs = scene.city.ask("VER-EMP", scene.city.query(RESIDENCY, ASKED))
    mine = scene.ask()
    prepared = scene.victim.prepare(theirs.link)
    send(prepared, scene.victim.connection, now=scene.city.clock())
    assert scene.word(theirs) == "OK"
    shown = scene.shown_to(mine)
    nonce = scene.look_at(mine)["nonce"]
    readdressed = scene.forger.bound(
        shown.rpartition("~")[0] + "~", nonce=nonce, aud=theirs.client_id, signer=STRANGER
    )
    assert scene.post(mine, readdressed) == 200
    assert scene.word(mine) == "HOLDER_MISMATCH"
