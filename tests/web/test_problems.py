import io
import json
import logging
from collections.abc import Iterator
from typing import Any, NoReturn

import pytest
from flask import Blueprint, Flask, abort, redirect
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st
from werkzeug.exceptions import (
    InternalServerError,
    RequestedRangeNotSatisfiable,
    ServiceUnavailable,
)
from werkzeug.test import TestResponse

from credentials.errors import Malformed, SignatureInvalid
from openid4vc.errors import InvalidProof, InvalidToken
from schemas.claim_problem import ProblemCode
from schemas.claim_problem import problem as claim_problem
from schemas.errors import InvalidClaims
from storage.errors import KeyFileDamaged, StorageBusy
from web.errors import BodyTooLarge, TooManyRequests
from web.headers import secure_headers
from web.logs import CORRELATION_HEADER, json_lines_handler, log_requests
from web.origin import parse_origin
from web.problem_rows import problem
from web.problems import oauth_errors, register
from web.request_head import check_heads

BASE = "https://gwanin.example"
SECRET = "900101-1234567"

RAISED: dict[str, Exception] = {
    "signature": SignatureInvalid("the proof is not by this key"),
    "flood": TooManyRequests("too many", retry_after=7),
    "large": BodyTooLarge("at most 10 bytes"),
    "busy": StorageBusy("others write"),
    "damaged": KeyFileDamaged(f"the file of {SECRET}"),
    "bug": LookupError(SECRET),
    "proof": InvalidProof('the "proof" of 관인'),
    "token": InvalidToken("the token is spent"),
    "malformed": Malformed("a.b is missing"),
    "claims": InvalidClaims([claim_problem(("residentOfGu", "11620"), ProblemCode.MISSING)]),
    "down": ServiceUnavailable(retry_after=9),
    "range": RequestedRangeNotSatisfiable(length=10),
    "wrapped": InternalServerError(original_exception=LookupError(SECRET)),
}


def _raise(name: str) -> NoReturn:
    raise RAISED[name]


def _app() -> Flask:
    app = Flask(__name__)
    origin = parse_origin(BASE)
    log_requests(app, lambda: 0.0)
    check_heads(app, origin)
    secure_headers(app, origin)
    register(app, origin)
    app.add_url_rule("/raise/<name>", "raise", _raise)
    app.add_url_rule("/abort/<int:status>", "abort", lambda status: abort(status))
    app.add_url_rule("/redirect", "redirect", lambda: redirect("/elsewhere"))
    app.add_url_rule("/slash/", "slash", lambda: "")
    protocol = Blueprint("protocol", __name__, url_prefix="/protocol")
    oauth_errors(protocol)
    protocol.add_url_rule("/raise/<name>", "raise", _raise)
    protocol.add_url_rule("/abort/<int:status>", "abort", lambda status: abort(status))
    protocol.add_url_rule("/slash/", "slash", lambda: "")
    app.register_blueprint(protocol)
    return app


CLIENT = _app().test_client()


@pytest.fixture
def log() -> Iterator[io.StringIO]:
    stream = io.StringIO()
    handler = json_lines_handler(stream)
    logger = logging.getLogger("gwanin")
    logger.addHandler(handler)
    yield stream
    logger.removeHandler(handler)


def _get(path: str, language: str | None = None, client: FlaskClient = CLIENT) -> TestResponse:
    headers = {"Accept-Language": language} if language else {}
    return client.get(path, base_url=BASE, headers=headers)


def _problem(path: str) -> dict[str, Any]:
    answer = _get(path)
    assert answer.content_type == "application/problem+json"
    assert answer.headers["Cache-Control"] == "no-store"
    document: dict[str, Any] = json.loads(answer.data)
    assert document["status"] == answer.status_code
    return document


def test_an_error_becomes_a_problem_document() -> None:
    row = problem("signature-invalid")
    assert _problem("/raise/signature") == {
        "type": f"{BASE}/problems/signature-invalid",
        "title": row.title_ko,
        "status": 422,
        "detail": "the proof is not by this key",
        "instance": "/raise/signature",
        "code": "signature-invalid",
        "title_ko": row.title_ko,
        "title_en": row.title_en,
        "advice_ko": row.advice_ko,
        "advice_en": row.advice_en,
    }


def test_each_claim_that_does_not_fit_is_listed_in_both_languages() -> None:
    (found,) = _problem("/raise/claims")["errors"]
    assert found.pop("detail_ko") != found.pop("detail_en")
    assert found == {"where": "residentOfGu.11620", "code": "missing"}


@pytest.mark.parametrize(
    ("accepted", "language"),
    [(None, "ko"), ("ko-KR,ko;q=0.9,en;q=0.8", "ko"), ("en-US,en;q=0.9", "en"), ("fr", "ko")],
)
def test_the_title_is_in_the_language_of_the_request(accepted: str | None, language: str) -> None:
    answer = _get("/raise/signature", accepted)
    document = json.loads(answer.data)
    assert document["title"] == document[f"title_{language}"]
    assert answer.headers["Content-Language"] == language
    assert answer.headers["Vary"] == "Accept-Language"


@pytest.mark.parametrize(
    ("status", "code"),
    [
        (400, "bad-request"),
        (403, "bad-request"),
        (404, "not-found"),
        (405, "method-not-allowed"),
        (408, "body-too-slow"),
        (411, "length-required"),
        (413, "body-too-large"),
        (414, "uri-too-long"),
        (415, "media-type-refused"),
        (416, "range-not-satisfiable"),
        (429, "too-many-requests"),
        (431, "headers-too-large"),
        (502, "unavailable"),
        (503, "unavailable"),
    ],
)
def test_what_the_framework_refuses_is_a_problem_without_its_words(status: int, code: str) -> None:
    document = _problem(f"/abort/{status}")
    assert document["code"] == code
    assert document["status"] == problem(code).status
    assert "detail" not in document


def test_routing_errors_are_problems() -> None:
    assert _problem("/nothing/here")["code"] == "not-found"
    answer = CLIENT.post("/slash/", base_url=BASE)
    assert json.loads(answer.data)["code"] == "method-not-allowed"
    assert set(answer.headers["Allow"].split(", ")) == {"GET", "HEAD", "OPTIONS"}


def test_a_range_outside_of_the_file_tells_its_size() -> None:
    answer = _get("/raise/range")
    assert json.loads(answer.data)["code"] == "range-not-satisfiable"
    assert answer.headers["Content-Range"] == "bytes */10"


def test_another_host_is_a_problem_under_our_own_name() -> None:
    answer = CLIENT.get("/slash/", base_url="https://evil.example")
    document = json.loads(answer.data)
    assert (document["code"], document["status"]) == ("wrong-host", 400)
    assert "evil" not in answer.text


def test_redirects_stay_redirects() -> None:
    assert _get("/redirect").headers["Location"] == "/elsewhere"
    assert _get("/slash").status_code == 308
    assert _get("/protocol/slash").status_code == 308


@pytest.mark.parametrize(
    ("name", "seconds"), [("flood", "7"), ("busy", "5"), ("down", "9"), ("signature", None)]
)
def test_who_should_wait_is_told_how_long(name: str, seconds: str | None) -> None:
    assert _get(f"/raise/{name}").headers.get("Retry-After") == seconds
    assert _get(f"/protocol/raise/{name}").headers.get("Retry-After") == seconds


@pytest.mark.parametrize("name", ["bug", "damaged", "wrapped"])
def test_our_own_failure_is_opaque_and_has_an_incident_number(name: str, log: io.StringIO) -> None:
    answer = _get(f"/raise/{name}")
    document = json.loads(answer.data)
    assert (document["code"], answer.status_code) == ("internal-error", 500)
    assert document["incident"] == answer.headers[CORRELATION_HEADER]
    assert "detail" not in document
    assert SECRET not in answer.text
    unexpected = json.loads(log.getvalue().splitlines()[0])
    assert unexpected["event"] == "unexpected"
    assert unexpected["correlation_id"] == document["incident"]
    assert SECRET not in log.getvalue()


def test_a_failure_outside_of_every_view_is_opaque_too() -> None:
    app = _app()
    app.config["PROPAGATE_EXCEPTIONS"] = False
    app.url_build_error_handlers.clear()
    app.before_request_funcs[None].append(lambda: _raise("bug"))
    answer = _get("/slash/", client=app.test_client())
    assert json.loads(answer.data)["code"] == "internal-error"


def test_an_error_has_the_headers_of_every_answer() -> None:
    for path in ("/raise/bug", "/nothing", "/protocol/raise/proof"):
        assert _get(path).headers["X-Content-Type-Options"] == "nosniff"


@given(st.text(st.characters(codec="utf-8", exclude_characters="/"), min_size=1, max_size=20))
def test_no_address_breaks_the_document_or_its_headers(name: str) -> None:
    answer = CLIENT.get(f"/x/{name}", base_url=BASE)
    document = json.loads(answer.data)
    assert document["instance"].isascii()
    assert answer.status_code == 404


@pytest.mark.parametrize(
    ("name", "status", "error", "description"),
    [
        ("proof", 400, "invalid_proof", "the ?proof? of ??"),
        ("token", 401, "invalid_token", "the token is spent"),
        ("signature", 400, "invalid_request", "the proof is not by this key"),
        ("malformed", 400, "invalid_request", "a.b is missing"),
        ("large", 413, "invalid_request", "at most 10 bytes"),
        ("flood", 429, "temporarily_unavailable", "too many"),
        ("busy", 503, "temporarily_unavailable", "others write"),
        ("damaged", 500, "temporarily_unavailable", "Something went wrong on our side"),
    ],
)
def test_on_a_protocol_blueprint_errors_speak_its_language(
    name: str, status: int, error: str, description: str
) -> None:
    answer = _get(f"/protocol/raise/{name}")
    assert answer.content_type == "application/json"
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.status_code == status
    assert json.loads(answer.data) == {"error": error, "error_description": description}


def test_a_refused_token_is_challenged() -> None:
    token = _get("/protocol/raise/token").headers
    assert token["WWW-Authenticate"] == 'Bearer error="invalid_token"'
    assert "WWW-Authenticate" not in _get("/protocol/raise/proof").headers


@pytest.mark.parametrize(("status", "answered"), [(400, 400), (404, 400), (413, 413), (503, 503)])
def test_on_a_protocol_blueprint_the_framework_speaks_it_too(status: int, answered: int) -> None:
    answer = _get(f"/protocol/abort/{status}")
    assert answer.status_code == answered
    assert set(json.loads(answer.data)) == {"error", "error_description"}


def test_on_a_protocol_blueprint_our_own_failure_is_as_opaque(log: io.StringIO) -> None:
    assert json.loads(_get("/protocol/raise/bug").data)["code"] == "internal-error"
    for name in ("damaged", "wrapped"):
        answer = json.loads(_get(f"/protocol/raise/{name}").data)
        assert answer["error_description"] == problem("internal-error").title_en
    events = [json.loads(line)["event"] for line in log.getvalue().splitlines()]
    assert events.count("unexpected") == 3
    assert SECRET not in log.getvalue()


def test_the_error_is_named_in_the_requests_line(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, "gwanin")
    for path in ("/raise/signature", "/protocol/raise/malformed", "/protocol/raise/proof"):
        _get(path)
    lines = [vars(record)["line"] for record in caplog.records]
    assert [line.code for line in lines] == ["signature-invalid", "malformed", "invalid-proof"]
