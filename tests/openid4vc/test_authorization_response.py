"""What a wallet posts, and what it is answered."""

import json
from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from credentials.claims import Claims
from credentials.errors import Error, Malformed, TooLarge
from credentials.issuance_proof import IssuanceProof
from openid4vc.authorization_response import (
    MAX_ANSWER_BYTES,
    MAX_RESPONSE_BYTES,
    AuthorizationErrorResponse,
    AuthorizationResponse,
    ResponseAnswer,
    parse_authorization_response,
    parse_response_answer,
)
from openid4vc.errors import InvalidRequest, OAuthCode, OAuthError
from openid4vc.form import encode_form

STATE = "eyJhb_6-sVA_0123456789"
VP_TOKEN: Claims = {"member": ["eyJhbGci~kb"], "pass": [{"type": ["VerifiablePresentation"]}]}
RESPONSE = AuthorizationResponse(
    vp_token={"member": ("eyJhbGci~kb",), "pass": ({"type": ["VerifiablePresentation"]},)},
    state=STATE,
)
REFUSAL = AuthorizationErrorResponse(
    error=OAuthCode.ACCESS_DENIED, description="no consent", state=STATE
)

texts = st.text(st.characters(codec="utf-8"), min_size=1, max_size=20)
ids = st.from_regex(r"[A-Za-z0-9_-]{1,10}", fullmatch=True)
presentations = texts | st.dictionaries(texts, texts, max_size=3)
proofs = st.builds(
    IssuanceProof,
    salt=st.binary(min_size=16, max_size=16),
    position=st.integers(0, 63),
    path=st.lists(st.binary(min_size=32, max_size=32), min_size=6, max_size=24).map(tuple),
)
responses = st.builds(
    AuthorizationResponse,
    vp_token=st.dictionaries(
        ids, st.lists(presentations, min_size=1, max_size=3).map(tuple), min_size=1, max_size=3
    ),
    state=st.none() | texts,
    issuance_proofs=st.lists(proofs, max_size=3).map(tuple),
)
refusals = st.builds(
    AuthorizationErrorResponse,
    error=st.sampled_from(OAuthCode),
    description=st.none() | texts,
    state=st.none() | texts,
)


def _form(vp_token: object, **more: str) -> bytes:
    return encode_form({"vp_token": json.dumps(vp_token), "state": STATE, **more})


@settings(max_examples=100)
@given(responses | refusals)
def test_what_is_written_is_read_back(
    response: AuthorizationResponse | AuthorizationErrorResponse,
) -> None:
    assert parse_authorization_response(response.to_form()) == response


def test_reads_the_shape_of_the_specification() -> None:
    assert parse_authorization_response(_form(VP_TOKEN)) == RESPONSE
    refusal = b"error=access_denied&error_description=no%20consent&state=" + STATE.encode()
    assert parse_authorization_response(refusal) == REFUSAL


def test_ignores_fields_that_it_does_not_know() -> None:
    assert parse_authorization_response(_form(VP_TOKEN, iss="x", id_token="y")) == RESPONSE


def test_reads_the_error_codes_of_wallets_that_know_more() -> None:
    body = encode_form({"error": "server_error", "error_description": 'it said "no"'})
    refusal = parse_authorization_response(body)
    assert refusal == AuthorizationErrorResponse(
        error="server_error", description='it said "no"', state=None
    )


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(b"", id="nothing"),
        pytest.param(b"state=x", id="neither presentations nor an error"),
        pytest.param(_form(VP_TOKEN, error="access_denied"), id="both"),
        pytest.param(_form(VP_TOKEN, response="a.b.c.d.e"), id="in the clear and encrypted"),
        pytest.param(b"response=a.b.c.d.e", id="encrypted"),
        pytest.param(b"response=a.b.c.d.e&error=access_denied", id="encrypted and an error"),
        pytest.param(_form(VP_TOKEN) + b"&state=other", id="two states"),
        pytest.param(_form(VP_TOKEN, state="s" * 513), id="a long state"),
        pytest.param(_form({}), id="no presentation at all"),
        pytest.param(_form({str(n): ["a"] for n in range(33)}), id="too many queries answered"),
        pytest.param(_form([]), id="an array of presentations"),
        pytest.param(_form("eyJhbGci~kb"), id="a bare presentation"),
        pytest.param(_form({"member": "eyJhbGci~kb"}), id="a presentation outside an array"),
        pytest.param(_form({"member": []}), id="an empty array"),
        pytest.param(_form({"member": ["a"] * 21}), id="too many presentations"),
        pytest.param(_form({"member": [None]}), id="a presentation that is null"),
        pytest.param(_form({"member": [["a"]]}), id="an array for a presentation"),
        pytest.param(_form({"member": [""]}), id="an empty presentation"),
        pytest.param(_form({"member": ["x" * 65537]}), id="a long presentation"),
        pytest.param(_form({"not an id": ["a"]}), id="an id that no query may have"),
        pytest.param(_form({"": ["a"]}), id="an empty id"),
        pytest.param(b"vp_token=%7B%22a%22:[%22x%22],%22a%22:[%22y%22]%7D", id="an id twice"),
        pytest.param(b"vp_token=nonsense", id="not JSON"),
        pytest.param(b"error=a%0Ab", id="an error code with a line end"),
        pytest.param(b"error=" + b"a" * 65, id="a long error code"),
        pytest.param(b"error=x&error_description=" + b"a" * 1001, id="a long description"),
        pytest.param(_form(VP_TOKEN, issuance_proofs="[]"), id="no issuance proof"),
        pytest.param(_form(VP_TOKEN, issuance_proofs="{}"), id="issuance proofs that are no list"),
        pytest.param(_form(VP_TOKEN, issuance_proofs="[1]"), id="an issuance proof that is none"),
        pytest.param(_form(VP_TOKEN, issuance_proofs=json.dumps([{}] * 33)), id="too many proofs"),
        pytest.param(_form(VP_TOKEN, issuance_proofs="x"), id="issuance proofs that are not JSON"),
        pytest.param(_form(VP_TOKEN, x="y" * MAX_RESPONSE_BYTES), id="beyond the bound"),
    ],
)
def test_refuses_a_response_with_one_defect(body: bytes) -> None:
    with pytest.raises(InvalidRequest):
        parse_authorization_response(body)


def test_takes_a_large_presentation_that_is_within_the_bounds() -> None:
    response = AuthorizationResponse(vp_token={"a": ("x" * 65536,) * 15}, state=None)
    assert parse_authorization_response(response.to_form()) == response


@settings(max_examples=100)
@given(st.binary(max_size=100) | texts.map(lambda text: _form({"member": [text]})[:-3]))
def test_any_body_is_a_response_or_answered_with_an_oauth_error(body: bytes) -> None:
    with suppress(OAuthError):
        parse_authorization_response(body)


@pytest.mark.parametrize(
    "answer",
    [
        ResponseAnswer(redirect_uri=None),
        ResponseAnswer(redirect_uri="https://city.example/cb#response_code=0915"),
    ],
)
def test_an_answer_that_is_written_is_read_back(answer: ResponseAnswer) -> None:
    assert parse_response_answer(json.dumps(answer.to_json()).encode()) == answer


def test_an_answer_without_anything_is_an_empty_object() -> None:
    assert ResponseAnswer(redirect_uri=None).to_json() == {}
    assert parse_response_answer(b'{"status":"ok"}') == ResponseAnswer(redirect_uri=None)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"[]",
        b'{"redirect_uri":null}',
        b'{"redirect_uri":"javascript:alert(1)"}',
        b'{"redirect_uri":"http://city.example/"}',
        b'{"redirect_uri":"app://open"}',
        b'{"redirect_uri":"/relative"}',
    ],
)
def test_does_not_send_a_browser_anywhere_but_to_https(data: bytes) -> None:
    with pytest.raises(Malformed):
        parse_response_answer(data)


def test_refuses_an_answer_beyond_its_bound() -> None:
    with pytest.raises(TooLarge):
        parse_response_answer(b" " * (MAX_ANSWER_BYTES + 1))


@settings(max_examples=50)
@given(st.binary(max_size=60))
def test_any_bytes_are_an_answer_or_refused(data: bytes) -> None:
    with suppress(Error):
        parse_response_answer(data)
