"""Hostile requests to an issuer over HTTP: each differs from a good one in one thing.

Every one of them is answered with the protocol's own error, and changes nothing that is stored.
"""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from werkzeug.test import TestResponse

from credentials.claims import Claims
from openid4vc.access_token import MAX_TOKEN_REQUEST_BYTES
from openid4vc.credential_request import MAX_REQUEST_BYTES
from openid4vc.offer import PRE_AUTHORIZED_CODE
from tests.simulators.city import SimulatedCity, city_settings, copy_city
from tests.simulators.clock import SimulatedClock
from tests.simulators.issuer_client import RESIDENCY_SD_JWT, IssuerClient, stored
from tests.simulators.issuing_office import holder
from tests.simulators.one_change import REMOVED, changed

DESCRIPTION = re.compile(r"[\x20-\x21\x23-\x5B\x5D-\x7E]+")
FORM = "application/x-www-form-urlencoded"


class Prepared(NamedTuple):
    """A city with one open code and one open token; nothing that is refused uses them up."""

    client: IssuerClient
    code: str
    tx_code: str
    token: str
    request: Claims
    stored: Any


@pytest.fixture(scope="module")
def prepared(seeded_city: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Prepared]:
    folder = copy_city(seeded_city, tmp_path_factory.mktemp("hostile") / "city")
    city = SimulatedCity(city_settings(folder), SimulatedClock())
    client = IssuerClient(city)
    offers = [
        city.offer("GU-11620", "SeoulResidencyCredential", city.claims(person))
        for person in ("P01", "P04")
    ]
    tx_code = offers[0].tx_code
    assert tx_code is not None
    yield Prepared(
        client=client,
        code=client.pre_authorized_code(offers[0]),
        tx_code=tx_code,
        token=client.token(offers[1]),
        request=client.request(holder(1)),
        stored=stored(city),
    )
    city.close()


def refused(prepared: Prepared, answer: TestResponse, status: int, error: str) -> None:
    """The answer is this refusal in the protocol's form, and nothing has changed."""
    assert (answer.status_code, answer.content_type) == (status, "application/json")
    assert answer.headers["Cache-Control"] == "no-store"
    document = json.loads(answer.data)
    assert set(document) == {"error", "error_description"}
    assert document["error"] == error
    assert DESCRIPTION.fullmatch(document["error_description"])
    assert stored(prepared.client.city) == prepared.stored


# ---- the token endpoint ----


def form(prepared: Prepared, **changes: str | None) -> dict[str, str]:
    good: dict[str, str | None] = {
        "grant_type": PRE_AUTHORIZED_CODE,
        "pre-authorized_code": prepared.code,
        "tx_code": prepared.tx_code,
    }
    return {name: value for name, value in (good | changes).items() if value is not None}


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        pytest.param({"grant_type": None}, "invalid_request", id="no grant type"),
        pytest.param(
            {"grant_type": "authorization_code"}, "unsupported_grant_type", id="another grant"
        ),
        pytest.param({"pre-authorized_code": None}, "invalid_request", id="no code"),
        pytest.param({"pre-authorized_code": ""}, "invalid_request", id="an empty code"),
        pytest.param({"pre-authorized_code": "A" * 43}, "invalid_grant", id="another code"),
        pytest.param({"pre-authorized_code": "A" * 513}, "invalid_request", id="a long code"),
        pytest.param({"pre-authorized_code": "\0"}, "invalid_grant", id="a code of NUL"),
        pytest.param({"pre-authorized_code": "\ud7a3"}, "invalid_grant", id="a Korean code"),
        pytest.param({"tx_code": None}, "invalid_request", id="no tx_code"),
        pytest.param({"tx_code": ""}, "invalid_request", id="an empty tx_code"),
        pytest.param({"tx_code": "0" * 65}, "invalid_request", id="a long tx_code"),
        pytest.param({"client_id": "\0"}, "invalid_request", id="a client_id of NUL"),
        pytest.param({"client_id": "a" * 513}, "invalid_request", id="a long client_id"),
    ],
)
def test_refuses_a_token_request_with_one_thing_wrong(
    prepared: Prepared, changes: dict[str, str | None], error: str
) -> None:
    answer = prepared.client.post("token", form(prepared, **changes))
    refused(prepared, answer, 400, error)


@pytest.mark.parametrize("name", ["grant_type", "pre-authorized_code", "tx_code", "client_id"])
def test_refuses_a_field_that_comes_twice(prepared: Prepared, name: str) -> None:
    good = {**form(prepared), "client_id": "wallet.example"}
    body = "&".join(f"{key}={value}" for key, value in good.items())
    answer = prepared.client.post(
        "token", f"{body}&{name}={good[name]}".encode(), content_type=FORM
    )
    refused(prepared, answer, 400, "invalid_request")


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"grant_type",
        b"=",
        b"&",
        b"grant_type=%",
        b"grant_type=%ZZ",
        b"grant_type=%FF",
        "grant_type=\ud7a3".encode(),
        b"&".join(b"f%d=1" % number for number in range(51)),
        b"{}",
    ],
)
def test_refuses_a_form_that_is_none(prepared: Prepared, body: bytes) -> None:
    answer = prepared.client.post("token", body, content_type=FORM)
    refused(prepared, answer, 400, "invalid_request")


def test_refuses_a_form_beyond_its_bound(prepared: Prepared) -> None:
    answer = prepared.client.post("token", form(prepared, filler="a" * MAX_TOKEN_REQUEST_BYTES))
    refused(prepared, answer, 413, "invalid_request")


@pytest.mark.parametrize(
    "media_type", ["application/json", "multipart/form-data; boundary=x", "text/plain", "", None]
)
def test_refuses_a_token_request_of_another_media_type(
    prepared: Prepared, media_type: str | None
) -> None:
    body = "&".join(f"{key}={value}" for key, value in form(prepared).items()).encode()
    answer = prepared.client.post("token", body, content_type=media_type)
    refused(prepared, answer, 415, "invalid_request")


def test_refuses_a_code_in_the_query(prepared: Prepared) -> None:
    without = form(prepared, **{"pre-authorized_code": None})
    answer = prepared.client.post(f"token?pre-authorized_code={prepared.code}", without)
    refused(prepared, answer, 400, "invalid_request")


def test_refuses_a_code_at_another_agency(prepared: Prepared) -> None:
    elsewhere = IssuerClient(prepared.client.city, "SEL-HR")
    refused(prepared, elsewhere.post("token", form(prepared)), 400, "invalid_grant")


# ---- the credential endpoint: the token ----


@pytest.mark.parametrize(
    "header",
    [
        None,
        "",
        "Bearer",
        "Bearer ",
        "Basic {token}",
        "DPoP {token}",
        "{token}",
        "Bearer {token} {token}",
        "Bearer  {token}",
        "Bearer {token}=x",
        "Bearer \xff",
        "Bearer " + "A" * 43,
        "Bearer " + "A" * 8193,
    ],
)
def test_refuses_a_request_without_its_token(prepared: Prepared, header: str | None) -> None:
    given = {} if header is None else {"Authorization": header.format(token=prepared.token)}
    answer = prepared.client.ask(None, prepared.request, headers=given)
    refused(prepared, answer, 401, "invalid_token")
    assert answer.headers["WWW-Authenticate"].startswith("Bearer")


def test_refuses_a_token_in_the_query(prepared: Prepared) -> None:
    path = f"credential?access_token={prepared.token}"
    body = json.dumps(prepared.request).encode()
    answer = prepared.client.post(path, body, content_type="application/json")
    refused(prepared, answer, 401, "invalid_token")


def test_refuses_a_token_in_the_body(prepared: Prepared) -> None:
    answer = prepared.client.ask(None, {**prepared.request, "access_token": prepared.token})
    refused(prepared, answer, 401, "invalid_token")


def test_refuses_a_code_as_a_token(prepared: Prepared) -> None:
    refused(prepared, prepared.client.ask(prepared.code, prepared.request), 401, "invalid_token")


def test_refuses_a_token_at_another_agency(prepared: Prepared) -> None:
    elsewhere = IssuerClient(prepared.client.city, "SEL-HR")
    refused(prepared, elsewhere.ask(prepared.token, prepared.request), 401, "invalid_token")


# ---- the credential endpoint: the request ----


@pytest.mark.parametrize(
    ("path", "value", "error"),
    [
        (("credential_configuration_id",), REMOVED, "invalid_credential_request"),
        (("credential_configuration_id",), 1, "invalid_credential_request"),
        (("credential_configuration_id",), "", "invalid_credential_request"),
        (("credential_configuration_id",), "X.dc+sd-jwt", "unknown_credential_configuration"),
        (
            ("credential_configuration_id",),
            "SeoulResidencyCredential.ldp_vc",
            "unknown_credential_configuration",
        ),
        (("credential_identifier",), RESIDENCY_SD_JWT, "invalid_credential_request"),
        (("credential_response_encryption",), {}, "invalid_encryption_parameters"),
        (("proofs",), REMOVED, "invalid_proof"),
        (("proofs",), {}, "invalid_proof"),
        (("proofs",), [], "invalid_proof"),
        (("proofs", "jwt"), [], "invalid_proof"),
        (("proofs", "jwt"), "x", "invalid_proof"),
        (("proofs", "jwt"), [1], "invalid_proof"),
        (("proofs", "jwt"), ["x"] * 11, "invalid_proof"),
        (("proofs", "jwt", 0), "x" * 17_000, "invalid_proof"),
        (("proofs", "ldp_vp"), [{}], "invalid_proof"),
    ],
)
def test_refuses_a_credential_request_with_one_thing_wrong(
    prepared: Prepared, path: tuple[str | int, ...], value: object, error: str
) -> None:
    request = changed(prepared.request, *path, to=value)
    refused(prepared, prepared.client.ask(prepared.token, request), 400, error)


def test_refuses_an_identifier_in_place_of_a_configuration(prepared: Prepared) -> None:
    request = changed(prepared.request, "credential_configuration_id", to=REMOVED)
    answer = prepared.client.ask(
        prepared.token, {**request, "credential_identifier": RESIDENCY_SD_JWT}
    )
    refused(prepared, answer, 400, "unknown_credential_identifier")


def test_refuses_a_request_of_a_draft(prepared: Prepared) -> None:
    proof: Claims = {"proof_type": "jwt", "jwt": "x"}
    request: Claims = {"format": "vc+sd-jwt", "vct": "x", "proof": proof}
    answer = prepared.client.ask(prepared.token, request)
    refused(prepared, answer, 400, "invalid_credential_request")


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(b"{", id="cut off"),
        pytest.param(b"[]", id="no object"),
        pytest.param(b"null", id="null"),
        pytest.param(b'{"proofs":1,"proofs":1}', id="a member twice"),
        pytest.param(b'{"proofs":{"jwt":[],"jwt":[]}}', id="a member twice, inside"),
        pytest.param(b'{"a":' + b"[" * 100_000 + b"]" * 100_000 + b"}", id="deep"),
        pytest.param(b'{"a":1e999}', id="a number too large"),
        pytest.param(b'{"a":' + b"9" * 5000 + b"}", id="a number too long"),
        pytest.param(b'{"a":NaN}', id="no number"),
        pytest.param(b'{"a":"\\ud800"}', id="half a character"),
        pytest.param(b'{"a":"\xff"}', id="not UTF-8"),
        pytest.param(b"\xef\xbb\xbf{}", id="a byte-order mark"),
        pytest.param("{}".encode("utf-16"), id="UTF-16"),
        pytest.param(b'{"a":1}{"a":1}', id="two documents"),
        pytest.param(b"{}\0", id="NUL"),
    ],
)
def test_refuses_a_body_that_is_no_json_object(prepared: Prepared, body: bytes) -> None:
    answer = prepared.client.ask(prepared.token, body)
    refused(prepared, answer, 400, "invalid_credential_request")


def test_refuses_a_body_beyond_its_bound(prepared: Prepared) -> None:
    body = json.dumps({**prepared.request, "filler": "a" * MAX_REQUEST_BYTES}).encode()
    refused(prepared, prepared.client.ask(prepared.token, body), 413, "invalid_request")


@pytest.mark.parametrize("media_type", ["text/json", FORM, "application/jwt", "", None])
def test_refuses_a_credential_request_of_another_media_type(
    prepared: Prepared, media_type: str | None
) -> None:
    answer = prepared.client.ask(prepared.token, prepared.request, content_type=media_type)
    refused(prepared, answer, 415, "invalid_request")


# ---- every endpoint ----


ENDPOINTS = pytest.mark.parametrize("endpoint", ["token", "nonce", "credential"])


@ENDPOINTS
@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE", "PATCH", "TRACE"])
def test_refuses_another_method(prepared: Prepared, endpoint: str, method: str) -> None:
    path = f"/issuers/GU-11620/{endpoint}"
    answer = prepared.client.city.http().open(path, method=method)
    assert answer.status_code == 405
    assert set(answer.headers["Allow"].split(", ")) == {"OPTIONS", "POST"}


@ENDPOINTS
@pytest.mark.parametrize("code", ["GU-99999", "%00", "gu-11620", "A" * 300])
def test_an_agency_that_there_is_not_answers_nothing(
    prepared: Prepared, endpoint: str, code: str
) -> None:
    nobody = IssuerClient(prepared.client.city, code)
    if endpoint == "credential":
        answer = nobody.ask(prepared.token, prepared.request)
    else:
        answer = nobody.post(endpoint, form(prepared))
    refused(prepared, answer, 400, "invalid_request")


@ENDPOINTS
def test_another_host_is_not_answered(prepared: Prepared, endpoint: str) -> None:
    answer = prepared.client.post(endpoint, form(prepared), headers={"Host": "evil.example"})
    assert answer.status_code == 400
    assert "evil" not in answer.get_data(as_text=True)
    assert stored(prepared.client.city) == prepared.stored


@ENDPOINTS
def test_no_other_site_may_read_an_answer(prepared: Prepared, endpoint: str) -> None:
    answer = prepared.client.post(
        endpoint, b"", headers={"Origin": "https://evil.example", "Authorization": "Bearer x"}
    )
    assert "Access-Control-Allow-Origin" not in answer.headers
    assert "Set-Cookie" not in answer.headers


def test_accepts_the_requests_that_they_differ_from(city: SimulatedCity) -> None:
    client = IssuerClient(city)
    made = city.offer("GU-11620", "SeoulResidencyCredential", city.claims("P01"))
    answer = client.redeem(client.pre_authorized_code(made), made.tx_code)
    assert answer.status_code == 200
    token = json.loads(answer.data)["access_token"]
    unknown: Claims = {"proof": {"proof_type": "jwt"}, "unknown": [{}]}
    request = {**client.request(holder(1)), **unknown}
    assert client.ask(token, request).status_code == 200
