"""The two endpoints as a wallet meets them: what they take and answer, and what they never tell."""

import json
from typing import Any
from urllib.parse import urlencode

import pytest
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from werkzeug.test import TestResponse

from credentials.jws import peek_claims
from tests.simulators.city import URL, SimulatedCity
from tests.simulators.forger import Forger
from tests.simulators.judge import ASKED
from verifier import store
from verifier.actions.create_request import MadeRequest

FORM = "application/x-www-form-urlencoded"
MIB = 1024 * 1024


class Wallet:
    """Somebody with a credential and an HTTP client, before one request."""

    def __init__(self, city: SimulatedCity) -> None:
        self.city = city
        self.forger = Forger(city)
        self.http: FlaskClient = city.http()
        self.made: MadeRequest = city.ask("VER-LIB", self.forger.question(ASKED).query)
        self.request_uri = self.made.request_uri
        self.response_uri = self.request_uri.replace("/requests/", "/responses/")

    def fetch(self) -> Any:
        """What the signed request object says."""
        return peek_claims(self.http.get(self.request_uri).get_data(as_text=True)).members

    def form(self, **changes: Any) -> dict[str, str]:
        """The fields of a good answer; None leaves one out."""
        asked = self.fetch()
        shown = self.forger.present(self.forger.issue(), ASKED, nonce=asked["nonce"])
        fields = {"vp_token": json.dumps({"asked": [shown]}), "state": asked["state"], **changes}
        return {name: value for name, value in fields.items() if value is not None}

    def post(self, body: bytes | str, content_type: str = FORM, **headers: str) -> TestResponse:
        return self.http.post(
            self.response_uri, data=body, content_type=content_type, headers=headers
        )

    def state(self) -> str:
        with self.city.city.database.reading() as session:
            row = store.find_request(session, self.made.result_id)
        assert row is not None
        return row.state

    def result(self) -> Any:
        return self.city.result(self.made.result_id)


@pytest.fixture
def wallet(city: SimulatedCity) -> Wallet:
    return Wallet(city)


def refused(answer: TestResponse, status: int = 400, error: str = "invalid_request") -> None:
    """An error in the protocol's own words, and nothing else."""
    assert answer.status_code == status
    assert answer.mimetype == "application/json"
    assert set(answer.get_json()) == {"error", "error_description"}
    assert answer.get_json()["error"] == error
    assert answer.get_json()["error_description"].isascii()


# ---- the request object ----


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_gives_out_the_signed_request(wallet: Wallet, method: str) -> None:
    answer = wallet.http.open(wallet.request_uri, method=method)
    assert answer.status_code == 200
    assert answer.mimetype == "application/oauth-authz-req+jwt"
    assert answer.headers["Cache-Control"] == "no-store"
    claims = peek_claims(answer.get_data(as_text=True))
    assert claims.text("client_id") == wallet.made.client_id
    assert "wallet_nonce" not in claims


def test_gives_it_out_twice(wallet: Wallet) -> None:
    assert wallet.fetch() == wallet.fetch()
    assert wallet.http.post(wallet.request_uri).status_code == 200
    assert wallet.state() == "fetched"


def test_takes_the_wallets_nonce_beside_whatever_else_it_sends(wallet: Wallet) -> None:
    fields = {
        "wallet_nonce": "w" * 32,
        "wallet_metadata": "{not json",
        "vp_formats_supported": "{}",
    }
    answer = wallet.http.post(wallet.request_uri, data=urlencode(fields), content_type=FORM)
    assert peek_claims(answer.get_data(as_text=True)).text("wallet_nonce") == "w" * 32


def test_takes_an_empty_post_of_any_type(wallet: Wallet) -> None:
    for content_type in (None, FORM, "application/json"):
        answer = wallet.http.post(wallet.request_uri, content_type=content_type)
        assert answer.status_code == 200


@pytest.mark.parametrize(
    ("body", "content_type", "status"),
    [
        ("wallet_nonce=a&wallet_nonce=b", FORM, 400),
        ("wallet_nonce=%zz", FORM, 400),
        (f"wallet_nonce={'n' * 513}", FORM, 400),
        (f"x={'n' * 64 * 1024}", FORM, 413),
        ('{"wallet_nonce":"n"}', "application/json", 415),
        ("wallet_nonce=n", "text/plain", 415),
        ("wallet_nonce=n", f"{FORM}; charset=utf-16", 415),
    ],
    ids=["twice", "broken-escape", "too-long", "too-large", "json", "text", "charset"],
)
def test_refuses_another_post_and_leaves_the_request_unfetched(
    wallet: Wallet, body: str, content_type: str, status: int
) -> None:
    answer = wallet.http.post(wallet.request_uri, data=body, content_type=content_type)
    refused(answer, status)
    assert wallet.state() == "requested"


def test_does_not_overlook_a_nonce_that_comes_without_its_length(wallet: Wallet) -> None:
    """Else the wallet would get a request without its nonce, and have to refuse it."""
    answer = wallet.http.post(
        wallet.request_uri,
        content_type=FORM,
        headers={"Transfer-Encoding": "chunked"},
        environ_overrides={"CONTENT_LENGTH": ""},
    )
    refused(answer, 411)


def test_refuses_addresses_that_nobody_made(wallet: Wallet) -> None:
    for path in ("requests", "responses"):
        url = f"{URL}/verifier/{path}/{'A' * 32}"
        method = "GET" if path == "requests" else "POST"
        answer = wallet.http.open(
            url, method=method, data=urlencode(wallet.form()), content_type=FORM
        )
        refused(answer)


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH"])
def test_takes_no_other_method(wallet: Wallet, method: str) -> None:
    for url in (wallet.request_uri, wallet.response_uri):
        answer = wallet.http.open(url, method=method)
        assert answer.status_code in {400, 405}
        assert "POST" in answer.headers["Allow"]
    assert wallet.http.get(wallet.response_uri).status_code in {400, 405}


def test_refuses_a_request_that_is_over(wallet: Wallet) -> None:
    wallet.city.clock.set(wallet.made.expires_at)
    refused(wallet.http.get(wallet.request_uri))


# ---- the answer ----


def test_takes_an_answer_and_says_nothing_about_it(wallet: Wallet) -> None:
    answer = wallet.post(urlencode(wallet.form()))
    assert answer.status_code == 200
    assert answer.mimetype == "application/json"
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.get_json() == {}
    assert wallet.result()["code"] == "OK"


def test_a_forger_learns_nothing_from_the_answer(city: SimulatedCity) -> None:
    honest, forger = Wallet(city), Wallet(city)
    good = honest.post(urlencode(honest.form()))
    bad = forger.post(urlencode(forger.form(vp_token='{"asked":["nonsense"]}')))
    assert (good.status_code, good.data) == (bad.status_code, bad.data)
    assert forger.result()["decision"] == "rejected"


def test_ignores_fields_that_it_does_not_know(wallet: Wallet) -> None:
    assert wallet.post(urlencode(wallet.form(presentation_submission="{}"))).status_code == 200


def test_takes_a_refusal(wallet: Wallet) -> None:
    fields = {"error": "access_denied", "error_description": "no", "state": wallet.fetch()["state"]}
    assert wallet.post(urlencode(fields)).get_json() == {}
    assert (wallet.result()["state"], wallet.result()["error"]) == ("answered", "access_denied")


GARBAGE = {
    "not-json": "nonsense",
    "a-list": "[]",
    "a-text": '"x"',
    "null": "null",
    "empty": "{}",
    "no-list": '{"asked":"x"}',
    "empty-list": '{"asked":[]}',
    "a-number": '{"asked":[1]}',
    "an-empty-text": '{"asked":[""]}',
    "a-bad-id": '{"as ked":["x"]}',
    "an-id-twice": '{"asked":["x"],"asked":["y"]}',
    "too-many": json.dumps({"asked": ["x"] * 21}),
    "too-many-ids": json.dumps({f"q{n}": ["x"] for n in range(33)}),
    "too-deep": '{"asked":[' + '{"a":' * 40 + "1" + "}" * 40 + "]}",
    "a-long-text": json.dumps({"asked": ["x" * 65537]}),
    "a-surrogate": '{"asked":["\\ud800"]}',
    "nan": '{"asked":[{"a":NaN}]}',
}


@pytest.mark.parametrize("token", GARBAGE.values(), ids=GARBAGE)
def test_refuses_garbage_and_leaves_the_request_open(wallet: Wallet, token: str) -> None:
    refused(wallet.post(urlencode(wallet.form(vp_token=token))))
    assert wallet.state() == "fetched"
    assert wallet.post(urlencode(wallet.form())).status_code == 200


@pytest.mark.parametrize(
    "changes",
    [
        {"vp_token": None},
        {"state": None},
        {"state": "A" * 32},
        {"error": "access_denied"},
        {"response": "eyJ"},
        {"response": "eyJ", "vp_token": None},
        {"error": "\n", "vp_token": None},
        {"error": "x" * 65, "vp_token": None},
    ],
    ids=str,
)
def test_refuses_an_answer_that_is_not_one(wallet: Wallet, changes: dict[str, Any]) -> None:
    refused(wallet.post(urlencode(wallet.form(**changes))))
    assert wallet.state() == "fetched"


@pytest.mark.parametrize("name", ["vp_token", "state"])
def test_refuses_a_field_that_comes_twice(wallet: Wallet, name: str) -> None:
    body = urlencode(wallet.form())
    refused(wallet.post(f"{body}&{urlencode({name: wallet.form()[name]})}"))
    assert wallet.state() == "fetched"


@pytest.mark.parametrize(
    "content_type", ["application/json", "multipart/form-data", "text/plain", ""]
)
def test_refuses_another_media_type(wallet: Wallet, content_type: str) -> None:
    refused(wallet.post(urlencode(wallet.form()), content_type), 415)


def test_takes_a_megabyte_and_not_a_byte_more(wallet: Wallet) -> None:
    body = urlencode(wallet.form())
    filled = f"{body}&x={'a' * (MIB - len(body) - 3)}"
    assert len(filled) == MIB
    refused(wallet.post(filled + "a"), 413)
    assert wallet.state() == "fetched"
    assert wallet.post(filled).status_code == 200


def test_refuses_an_answer_that_is_shorter_than_announced(wallet: Wallet) -> None:
    body = urlencode(wallet.form()).encode()
    answer = wallet.http.post(
        wallet.response_uri,
        data=body,
        content_type=FORM,
        environ_overrides={"CONTENT_LENGTH": str(len(body) + 1)},
    )
    refused(answer)
    assert wallet.state() == "fetched"


def test_refuses_a_second_answer(wallet: Wallet) -> None:
    form = urlencode(wallet.form())
    assert wallet.post(form).status_code == 200
    refused(wallet.post(form))
    refused(wallet.http.get(wallet.request_uri))


def test_refuses_an_answer_before_the_request_was_fetched(city: SimulatedCity) -> None:
    first, second = Wallet(city), Wallet(city)
    with city.city.database.reading() as session:
        row = store.find_request(session, second.made.result_id)
    assert row is not None
    refused(second.post(urlencode(first.form(state=row.state_value))))
    assert second.state() == "requested"


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(body=st.binary(max_size=300))
def test_whatever_is_posted_the_answer_is_the_protocols(wallet: Wallet, body: bytes) -> None:
    refused(wallet.post(body))
