"""Credential requests and responses."""

import json
from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from credentials.claims import Claims
from credentials.errors import Error, Malformed, TooLarge, Unsupported
from openid4vc.credential_request import (
    MAX_BATCH,
    MAX_REQUEST_BYTES,
    MAX_RESPONSE_BYTES,
    CredentialRequest,
    CredentialResponse,
    parse_credential_request,
    parse_credential_response,
)
from openid4vc.errors import (
    InvalidCredentialRequest,
    InvalidEncryptionParameters,
    InvalidProof,
    OAuthError,
)
from tests.simulators.one_change import REMOVED, changed

REQUEST = CredentialRequest(
    configuration_id="SeoulResidencyCredential.dc+sd-jwt", identifier=None, proofs=("a.b.c",)
)
PLAIN = REQUEST.to_json()
VALID = json.dumps(PLAIN).encode()
RESPONSE = CredentialResponse(
    credentials=("a.b.c~d~", {"type": ["VerifiableCredential"]}), notification_id="3fwe98js"
)

texts = st.text(st.characters(codec="utf-8"), min_size=1, max_size=20)
proofs = st.lists(texts, max_size=3).map(tuple)
requests = st.builds(
    CredentialRequest, configuration_id=texts, identifier=st.none(), proofs=proofs
) | st.builds(CredentialRequest, configuration_id=st.none(), identifier=texts, proofs=proofs)
credentials = texts | st.dictionaries(texts, texts, max_size=3)
responses = st.builds(
    CredentialResponse,
    credentials=st.lists(credentials, min_size=1, max_size=3).map(tuple),
    notification_id=st.none() | texts,
)


def _parse(document: Claims, max_proofs: int = MAX_BATCH) -> CredentialRequest:
    return parse_credential_request(json.dumps(document).encode(), max_proofs=max_proofs)


@settings(max_examples=100)
@given(requests)
def test_a_request_that_is_written_is_read_back(request: CredentialRequest) -> None:
    assert _parse(request.to_json()) == request


@settings(max_examples=100)
@given(responses)
def test_a_response_that_is_written_is_read_back(response: CredentialResponse) -> None:
    assert parse_credential_response(json.dumps(response.to_json()).encode()) == response


def test_takes_either_name_of_what_is_requested() -> None:
    # Wallets send the configuration even where they were given identifiers; strict servers that
    # take one of the two only have refused them.
    assert _parse({"credential_configuration_id": "a"}).configuration_id == "a"
    assert _parse({"credential_identifier": "b"}).identifier == "b"


def test_a_request_without_proofs_is_for_the_configuration_to_judge() -> None:
    assert _parse(changed(PLAIN, "proofs", to=REMOVED)).proofs == ()


def test_ignores_members_that_it_does_not_know_even_those_of_drafts() -> None:
    more: Claims = {"format": "vc+sd-jwt", "proof": {"proof_type": "jwt", "jwt": "x"}, "new": 1}
    assert _parse(PLAIN | more) == REQUEST


@pytest.mark.parametrize(
    "document",
    [
        pytest.param({}, id="nothing requested"),
        pytest.param(PLAIN | {"credential_identifier": "b"}, id="requested by both names"),
        pytest.param({"format": "vc+sd-jwt", "vct": "x"}, id="the draft's format instead"),
        pytest.param(PLAIN | {"credential_configuration_id": ""}, id="an empty name"),
        pytest.param(PLAIN | {"credential_configuration_id": 1}, id="a name that is no text"),
        pytest.param(PLAIN | {"credential_configuration_id": "x" * 257}, id="a long name"),
        pytest.param({"credential_identifier": "x" * 257}, id="a long identifier"),
    ],
)
def test_refuses_a_request_that_does_not_say_once_what_it_is_for(document: Claims) -> None:
    with pytest.raises(InvalidCredentialRequest):
        _parse(document)


@pytest.mark.parametrize(
    "body",
    [b"", b"[]", b"null", b"{", b'{"a":1,"a":1}', b"\xff", VALID + b" " * MAX_REQUEST_BYTES],
)
def test_refuses_a_body_that_is_not_one_json_object(body: bytes) -> None:
    assert parse_credential_request(VALID, max_proofs=1) == REQUEST
    with pytest.raises(InvalidCredentialRequest):
        parse_credential_request(body, max_proofs=1)


@pytest.mark.parametrize(
    "value",
    [
        pytest.param({}, id="no type of proof"),
        pytest.param({"jwt": ["a"], "attestation": ["b"]}, id="two types of proof"),
        pytest.param({"di_vp": [{}]}, id="another type of proof"),
        pytest.param({"jwt": []}, id="no proof"),
        pytest.param({"jwt": "a.b.c"}, id="a proof outside an array"),
        pytest.param({"jwt": [1]}, id="a proof that is no text"),
        pytest.param({"jwt": [""]}, id="an empty proof"),
        pytest.param({"jwt": ["x" * 16385]}, id="a long proof"),
        pytest.param({"jwt": ["a"] * 21}, id="more proofs than ever"),
        pytest.param(["a.b.c"], id="proofs that are no object"),
        pytest.param(None, id="proofs null"),
    ],
)
def test_refuses_proofs_with_one_defect_as_invalid_proof(value: object) -> None:
    with pytest.raises(InvalidProof):
        _parse(changed(PLAIN, "proofs", to=value))


def test_answers_the_drafts_proof_with_invalid_proof() -> None:
    document = changed(PLAIN, "proofs", to=REMOVED) | {"proof": {"proof_type": "jwt", "jwt": "x"}}
    with pytest.raises(InvalidProof):
        _parse(document)


def test_takes_as_many_proofs_as_the_issuer_publishes_and_no_more() -> None:
    three: Claims = PLAIN | {"proofs": {"jwt": ["a", "b", "c"]}}
    assert len(_parse(three, max_proofs=3).proofs) == 3
    with pytest.raises(InvalidProof):
        _parse(three, max_proofs=2)


def test_no_issuer_takes_more_proofs_than_the_bound() -> None:
    with pytest.raises(InvalidProof):
        _parse(PLAIN | {"proofs": {"jwt": ["a"] * (MAX_BATCH + 1)}}, max_proofs=1000)


@pytest.mark.parametrize("value", [{"jwk": {}, "enc": "A128GCM"}, {}, None])
def test_does_not_answer_in_the_clear_a_wallet_that_asks_for_encryption(value: object) -> None:
    document = changed(PLAIN, "credential_response_encryption", to=value)
    with pytest.raises(InvalidEncryptionParameters):
        _parse(document)


@settings(max_examples=100)
@given(st.binary(max_size=100))
def test_any_body_is_a_request_or_answered_with_an_oauth_error(body: bytes) -> None:
    with suppress(OAuthError):
        parse_credential_request(body, max_proofs=1)


def test_an_issuer_that_wants_to_issue_later_is_not_understood() -> None:
    with pytest.raises(Unsupported):
        parse_credential_response(b'{"transaction_id":"8xLOxBtZp8","interval":3600}')


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("credentials",), REMOVED),
        (("credentials",), []),
        (("credentials",), ["a.b.c"]),
        (("credentials",), [{"credential": "a"}] * 21),
        (("credentials", 0, "credential"), REMOVED),
        (("credentials", 0, "credential"), ""),
        (("credentials", 0, "credential"), None),
        (("credentials", 0, "credential"), ["a"]),
        (("credentials", 0, "credential"), "x" * 65537),
        (("notification_id",), 1),
        (("notification_id",), "x" * 257),
    ],
)
def test_refuses_a_response_with_one_defect(path: tuple[str | int, ...], value: object) -> None:
    document = changed(RESPONSE.to_json(), *path, to=value)
    with pytest.raises(Malformed):
        parse_credential_response(json.dumps(document).encode())


def test_refuses_a_response_beyond_its_bound() -> None:
    with pytest.raises(TooLarge):
        parse_credential_response(b" " * (MAX_RESPONSE_BYTES + 1))


@settings(max_examples=100)
@given(st.binary(max_size=100))
def test_any_bytes_are_a_response_or_refused(data: bytes) -> None:
    with suppress(Error):
        parse_credential_response(data)
