"""Token requests and responses of the pre-authorized code grant."""

import json
from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from credentials.errors import Error, Malformed, TooLarge, Unsupported
from openid4vc.access_token import (
    MAX_TOKEN_REQUEST_BYTES,
    MAX_TOKEN_RESPONSE_BYTES,
    TokenRequest,
    TokenResponse,
    parse_authorization,
    parse_token_request,
    parse_token_response,
)
from openid4vc.errors import InvalidRequest, InvalidToken, OAuthError, UnsupportedGrantType
from openid4vc.form import encode_form
from openid4vc.offer import PRE_AUTHORIZED_CODE
from tests.simulators.one_change import REMOVED, changed

FIELDS = {
    "grant_type": PRE_AUTHORIZED_CODE,
    "pre-authorized_code": "SplxlOBeZQQYbYS6WxSbIA",
    "tx_code": "493536",
}
REQUEST = TokenRequest(code="SplxlOBeZQQYbYS6WxSbIA", tx_code="493536", client_id=None)
RESPONSE = TokenResponse(access_token="eyJhbGciOi.J9-_~+/==", expires_in=300)

texts = st.text(st.characters(codec="utf-8"), min_size=1, max_size=20)
requests = st.builds(
    TokenRequest, code=texts, tx_code=st.none() | texts, client_id=st.none() | texts
)


@settings(max_examples=100)
@given(requests)
def test_a_request_that_is_written_is_read_back(request: TokenRequest) -> None:
    assert parse_token_request(request.to_form()) == request


@settings(max_examples=100)
@given(st.from_regex(r"[A-Za-z0-9._~+/-]{1,30}={0,2}", fullmatch=True), st.none() | st.integers(1))
def test_a_response_that_is_written_is_read_back(token: str, expires_in: int | None) -> None:
    response = TokenResponse(access_token=token, expires_in=expires_in)
    with suppress(TooLarge):  # an integer of more than 20 digits
        assert parse_token_response(json.dumps(response.to_json()).encode()) == response


def test_reads_the_shape_of_the_specification() -> None:
    assert parse_token_request(encode_form(FIELDS)) == REQUEST


def test_ignores_resource_and_the_drafts_user_pin() -> None:
    more = {"user_pin": "000000", "resource": "https://city.example", "authorization_details": "[]"}
    assert parse_token_request(encode_form(FIELDS | more)) == REQUEST


def test_an_empty_tx_code_counts_as_none() -> None:
    assert parse_token_request(encode_form(FIELDS | {"tx_code": ""})).tx_code is None


def test_refuses_another_grant_by_its_own_code() -> None:
    with pytest.raises(UnsupportedGrantType):
        parse_token_request(encode_form(FIELDS | {"grant_type": "authorization_code"}))


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(b"", id="nothing"),
        pytest.param(encode_form(FIELDS) + b"&tx_code=493536", id="a field twice"),
        pytest.param(encode_form(FIELDS | {"grant_type": ""}), id="no grant type"),
        pytest.param(encode_form(FIELDS | {"pre-authorized_code": ""}), id="no code"),
        pytest.param(encode_form(FIELDS | {"pre-authorized_code": "c" * 513}), id="a long code"),
        pytest.param(encode_form(FIELDS | {"tx_code": "1" * 65}), id="a long tx_code"),
        pytest.param(encode_form(FIELDS | {"client_id": "c" * 513}), id="a long client_id"),
        pytest.param(json.dumps(FIELDS).encode(), id="JSON instead of a form"),
        pytest.param(
            encode_form(FIELDS | {"x": "y" * MAX_TOKEN_REQUEST_BYTES}), id="beyond the bound"
        ),
    ],
)
def test_refuses_a_request_with_one_defect(body: bytes) -> None:
    with pytest.raises(InvalidRequest):
        parse_token_request(body)


@settings(max_examples=100)
@given(st.binary(max_size=100) | st.binary(max_size=50).map(encode_form({"a": "b"}).__add__))
def test_any_body_is_a_request_or_answered_with_an_oauth_error(body: bytes) -> None:
    with suppress(OAuthError):
        parse_token_request(body)


def test_gives_no_nonce_with_a_token() -> None:
    # A wallet that finds one there uses it instead of asking the nonce endpoint.
    assert RESPONSE.to_json().keys() == {"access_token", "token_type", "expires_in"}


def test_ignores_a_nonce_and_details_that_another_server_gives() -> None:
    document = RESPONSE.to_json() | {"c_nonce": "x", "authorization_details": [{}]}
    assert parse_token_response(json.dumps(document).encode()) == RESPONSE


@pytest.mark.parametrize("token_type", ["bearer", "BEARER", "Bearer"])
def test_the_case_of_the_token_type_does_not_count(token_type: str) -> None:
    document = RESPONSE.to_json() | {"token_type": token_type}
    assert parse_token_response(json.dumps(document).encode()) == RESPONSE


def test_does_not_take_a_sender_constrained_token_for_a_bearer_token() -> None:
    with pytest.raises(Unsupported):
        parse_token_response(json.dumps(RESPONSE.to_json() | {"token_type": "DPoP"}).encode())


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("access_token", REMOVED),
        ("access_token", ""),
        ("access_token", "a b"),
        ("access_token", "a\r\nX-Injected: 1"),
        ("access_token", "토큰"),
        ("access_token", "a=b"),
        ("access_token", ["a"]),
        ("token_type", REMOVED),
        ("token_type", None),
        ("expires_in", 0),
        ("expires_in", -1),
        ("expires_in", "300"),
        ("expires_in", True),
    ],
)
def test_refuses_a_response_with_one_defect(name: str, value: object) -> None:
    document = changed(RESPONSE.to_json(), name, to=value)
    with pytest.raises(Malformed):
        parse_token_response(json.dumps(document).encode())


def test_refuses_a_response_beyond_its_bound() -> None:
    with pytest.raises(TooLarge):
        parse_token_response(b" " * (MAX_TOKEN_RESPONSE_BYTES + 1))


@settings(max_examples=100)
@given(st.binary(max_size=100))
def test_any_bytes_are_a_response_or_refused(data: bytes) -> None:
    with suppress(Error):
        parse_token_response(data)


@pytest.mark.parametrize("header", ["Bearer abc", "bearer abc", "BEARER abc"])
def test_finds_the_token_in_the_header(header: str) -> None:
    assert parse_authorization(header) == "abc"


@pytest.mark.parametrize(
    "header",
    [
        None,
        "",
        "Bearer",
        "Bearer ",
        "Bearer  abc",
        "Bearer a b",
        "abc",
        "DPoP abc",
        "Basic abc",
        "Bearer 토큰",
        "Bearer " + "a" * 8193,
    ],
)
def test_refuses_a_header_without_one_bearer_token(header: str | None) -> None:
    with pytest.raises(InvalidToken):
        parse_authorization(header)
