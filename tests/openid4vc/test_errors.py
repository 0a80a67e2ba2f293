"""OAuth errors: every leaf answers with its own word, and in the characters that are allowed."""

import json
import re
from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from credentials.errors import Error, Malformed, TooLarge
from openid4vc.errors import (
    ErrorResponse,
    InvalidGrant,
    InvalidNonce,
    InvalidProof,
    InvalidRequest,
    InvalidToken,
    OAuthError,
    parse_error_code,
    parse_error_response,
    refused_as,
)

LEAVES = [leaf for leaf in OAuthError.__subclasses__() if leaf.__module__ == "openid4vc.errors"]


@pytest.mark.parametrize("leaf", LEAVES, ids=lambda leaf: leaf.__name__)
def test_a_leaf_is_named_after_the_word_it_sends(leaf: type[OAuthError]) -> None:
    assert leaf.code == leaf.error.value.replace("_", "-")
    assert leaf.__name__.lower() == leaf.error.value.replace("_", "")
    assert leaf("why").to_json() == {"error": leaf.error.value, "error_description": "why"}


def test_no_two_leaves_send_the_same_word() -> None:
    assert len({leaf.error for leaf in LEAVES}) == len(LEAVES) == 11


def test_only_a_bad_token_is_answered_with_401() -> None:
    assert [leaf for leaf in LEAVES if leaf.status != 400] == [InvalidToken]
    assert InvalidToken.status == 401


def test_a_bad_nonce_is_told_apart_from_a_bad_proof() -> None:
    assert not issubclass(InvalidNonce, InvalidProof)
    assert not issubclass(InvalidProof, InvalidNonce)


@settings(max_examples=100)
@given(st.text())
def test_a_description_holds_only_what_the_specification_allows(detail: str) -> None:
    assert re.fullmatch(
        r"[\x20-\x21\x23-\x5B\x5D-\x7E]{0,1000}", InvalidRequest(detail).description
    )


def test_a_description_keeps_what_is_allowed_and_masks_the_rest() -> None:
    assert InvalidRequest('a "b" \\ 가.').description == "a ?b? ? ?."
    assert len(InvalidRequest("x" * 2000).description) == 1000


def test_a_refusal_of_the_core_becomes_the_endpoints_own() -> None:
    with pytest.raises(InvalidGrant) as caught, refused_as(InvalidGrant):
        raise TooLarge("too long")
    assert caught.value.detail == "too long"


def test_a_refusal_that_is_an_answer_already_stays_as_it_is() -> None:
    with pytest.raises(InvalidProof), refused_as(InvalidGrant):
        raise InvalidProof("bad")


def test_a_bug_is_not_turned_into_an_answer() -> None:
    with pytest.raises(ZeroDivisionError), refused_as(InvalidGrant):
        1 / 0  # noqa: B018


def test_reads_an_error_code_that_it_does_not_know() -> None:
    data = json.dumps({"error": "use_dpop_nonce", "error_uri": "x"}).encode()
    assert parse_error_response(data) == ErrorResponse(error="use_dpop_nonce", description=None)


def test_keeps_a_strangers_description_whatever_its_characters() -> None:
    data = json.dumps({"error": "invalid_grant", "error_description": 'no "such" code'}).encode()
    assert parse_error_response(data).description == 'no "such" code'


@pytest.mark.parametrize("code", ["", "a" * 65, "with\nnewline", 'quo"te', "오류"])
def test_refuses_what_is_no_error_code(code: str) -> None:
    with pytest.raises(Malformed):
        parse_error_code(code)


def test_refuses_an_error_response_whose_error_is_no_code() -> None:
    with pytest.raises(Malformed):
        parse_error_response(json.dumps({"error": "no\nsuch", "error_description": "x"}).encode())


def test_refuses_a_description_beyond_its_bound() -> None:
    body = {"error": "invalid_grant", "error_description": "x" * 1001}
    with pytest.raises(Malformed):
        parse_error_response(json.dumps(body).encode())


def test_refuses_an_error_response_beyond_its_bound() -> None:
    with pytest.raises(TooLarge):
        parse_error_response(b" " * (16 * 1024 + 1))


@settings(max_examples=100)
@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    with suppress(Error):
        parse_error_response(data)
