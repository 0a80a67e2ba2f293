"""Request objects: each check has one request that fails only it."""

from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from credentials.claims import Claims
from credentials.errors import (
    Error,
    Expired,
    KeyMismatch,
    Malformed,
    NotYetValid,
    SignatureInvalid,
    Unsupported,
)
from credentials.json_object import JsonObject
from credentials.jws import peek_header, sign_claims
from credentials.keys import Ed25519Signer, P256Signer
from openid4vc.authorization_request import (
    TYP,
    AuthorizationRequest,
    build_request_object,
    client_id_of_did,
    parse_request_object,
    peek_key_id,
    sign_request_object,
    verifier_did,
    verify_request_object,
)
from openid4vc.dcql import CredentialQuery, Query
from tests.simulators.one_change import REMOVED, changed

NOW = datetime(2026, 3, 13, 3, 4, 5, tzinfo=UTC)
LEEWAY = timedelta(seconds=60)
SECOND = timedelta(seconds=1)
DID = "did:webvh:QmScid:city.example%3A8443:dids:VER-LIB"
KEY_ID = DID + "#key-1"
CLIENT_ID = client_id_of_did(DID)
SIGNER = P256Signer(bytes([1]) * 32)
REQUEST = AuthorizationRequest(
    client_id=CLIENT_ID,
    response_uri="https://city.example/responses/1",
    nonce="n-0S6_WzA2Mj~0.4kkkkkk",
    state="eyJhb_6-sVA_0123456789",
    query=Query(
        credentials=(
            CredentialQuery(id="member", format="dc+sd-jwt", vct_values=("https://a.example/t",)),
        )
    ),
    vp_formats={"dc+sd-jwt": {"sd-jwt_alg_values": ["ES256"], "kb-jwt_alg_values": ["ES256"]}},
    wallet_nonce=None,
    issued_at=NOW,
    expires_at=NOW + timedelta(minutes=5),
)
PLAIN = build_request_object(REQUEST)
HEADER: Claims = {"typ": TYP, "kid": KEY_ID}


def _signed(*path: str | int, to: object = REMOVED) -> str:
    return sign_claims(HEADER, changed(PLAIN, *path, to=to) if path else PLAIN, SIGNER)


def _verify(
    token: str, *, wallet_nonce: str | None = None, now: datetime = NOW
) -> AuthorizationRequest:
    return verify_request_object(
        token, SIGNER.public_key, client_id=CLIENT_ID, wallet_nonce=wallet_nonce, now=now
    )


def test_what_a_verifier_signs_a_wallet_verifies() -> None:
    token = sign_request_object(REQUEST, signer=SIGNER, key_id=KEY_ID)
    assert _verify(token) == REQUEST


def test_every_optional_part_may_be_away_but_state_in_what_we_write() -> None:
    bare = replace(REQUEST, issued_at=None, expires_at=None)
    assert _verify(sign_request_object(bare, signer=SIGNER, key_id=KEY_ID)) == bare
    assert _verify(_signed("state")) == replace(REQUEST, state=None)


def test_writes_what_wallets_look_for_and_nothing_that_confuses_them() -> None:
    assert PLAIN["aud"] == "https://self-issued.me/v2"
    assert PLAIN["response_type"] == "vp_token"
    assert PLAIN["response_mode"] == "direct_post"
    assert PLAIN["client_metadata"] == {"vp_formats_supported": REQUEST.vp_formats}
    assert not PLAIN.keys() & {"client_id_scheme", "request_uri_method", "redirect_uri", "scope"}
    token = sign_request_object(REQUEST, signer=SIGNER, key_id=KEY_ID)
    header = peek_header(token)
    assert (header.text("typ"), header.text("kid")) == ("oauth-authz-req+jwt", KEY_ID)


@pytest.mark.parametrize(
    "weak",
    [
        replace(REQUEST, nonce="n" * 21),
        replace(REQUEST, state="s" * 21),
        replace(REQUEST, state=None),
    ],
)
def test_does_not_write_a_request_that_could_be_guessed(weak: AuthorizationRequest) -> None:
    with pytest.raises(Malformed):
        build_request_object(weak)


def test_does_not_sign_for_a_did_of_somebody_else() -> None:
    with pytest.raises(KeyMismatch):
        sign_request_object(REQUEST, signer=SIGNER, key_id="did:web:evil.example#key-1")


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("aud",), REMOVED),
        (("aud",), "https://wallet.example"),
        (("aud",), ["https://self-issued.me/v2"]),
        (("client_id",), REMOVED),
        (("client_id",), "decentralized_identifier:not-a-did"),
        (("response_type",), REMOVED),
        (("response_mode",), REMOVED),
        (("response_uri",), REMOVED),
        (("response_uri",), "http://city.example/responses/1"),
        (("response_uri",), "https://city.example/responses/1#x"),
        (("nonce",), REMOVED),
        (("nonce",), ""),
        (("nonce",), "not url safe+0123456789"),
        (("nonce",), "n" * 513),
        (("state",), "not url safe/0123456789"),
        (("state",), None),
        (("dcql_query",), REMOVED),
        (("dcql_query",), "{}"),
        (("dcql_query", "credentials", 0, "meta"), {}),
        (("client_metadata",), REMOVED),
        (("client_metadata", "vp_formats_supported"), REMOVED),
        (("client_metadata", "vp_formats_supported"), {}),
        (("client_metadata", "vp_formats_supported", "dc+sd-jwt"), []),
        (("client_metadata", "vp_formats_supported"), {str(n): {} for n in range(33)}),
        (("wallet_nonce",), "n" * 513),
        (("iat",), "now"),
        (("exp",), 1.5),
        (("redirect_uri",), "https://city.example/cb"),
        (("request",), "a.b.c"),
        (("request_uri",), "https://city.example/requests/2"),
        (("scope",), "openid"),
    ],
)
def test_refuses_a_request_with_one_defect(path: tuple[str | int, ...], value: object) -> None:
    with pytest.raises(Malformed):
        _verify(_signed(*path, to=value))


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("response_type", "vp_token id_token"),
        ("response_type", "code"),
        ("response_mode", "direct_post.jwt"),
        ("response_mode", "fragment"),
        ("transaction_data", ["e30"]),
        ("client_id", "x509_san_dns:city.example"),
        ("client_id", "redirect_uri:https://city.example/responses/1"),
        ("client_id", "https://city.example"),
        ("client_id", DID),
    ],
)
def test_does_not_answer_what_it_does_not_understand(name: str, value: object) -> None:
    with pytest.raises(Unsupported):
        _verify(_signed(name, to=value))


def test_vp_formats_of_drafts_do_not_stand_in_for_those_of_the_specification() -> None:
    with pytest.raises(Malformed):
        _verify(_signed("client_metadata", to={"vp_formats": {"dc+sd-jwt": {}}}))


def test_ignores_claims_that_it_does_not_know_and_iss() -> None:
    token = _signed("iss", to="did:web:evil.example")
    assert _verify(token) == REQUEST
    assert _verify(_signed("verifier_info", to=[{"format": "jwt", "data": "x"}])) == REQUEST


def test_a_request_without_holder_binding_has_a_state() -> None:
    loose = changed(
        PLAIN, "dcql_query", "credentials", 0, "require_cryptographic_holder_binding", to=False
    )
    assert parse_request_object(JsonObject(loose)).state == REQUEST.state
    with pytest.raises(Malformed):
        parse_request_object(JsonObject(changed(loose, "state", to=REMOVED)))


def test_refuses_a_request_of_another_verifier_than_the_link_names() -> None:
    other = client_id_of_did("did:webvh:QmScid:city.example%3A8443:dids:VER-ROGUE")
    with pytest.raises(KeyMismatch):
        _verify(_signed("client_id", to=other))


@pytest.mark.parametrize(
    "key_id",
    [
        pytest.param("did:web:evil.example#key-1", id="another DID"),
        pytest.param(DID, id="no key"),
        pytest.param(DID + "#", id="an empty fragment"),
        pytest.param("#key-1", id="a fragment alone"),
        pytest.param(DID + ":x#key-1", id="a DID that only begins alike"),
        pytest.param(DID + "?versionId=1#key-1", id="a key of some version"),
    ],
)
def test_refuses_a_key_that_is_not_the_verifiers(key_id: str) -> None:
    token = sign_claims(HEADER | {"kid": key_id}, PLAIN, SIGNER)
    with pytest.raises(KeyMismatch):
        _verify(token)
    with pytest.raises(KeyMismatch):
        peek_key_id(token, client_id=CLIENT_ID)


def test_names_the_key_to_fetch() -> None:
    assert peek_key_id(_signed(), client_id=CLIENT_ID) == KEY_ID


def test_refuses_a_request_without_a_key_id() -> None:
    with pytest.raises(Malformed):
        _verify(sign_claims({"typ": TYP}, PLAIN, SIGNER))


def test_refuses_another_type_of_jwt() -> None:
    with pytest.raises(Malformed):
        _verify(sign_claims(HEADER | {"typ": "JWT"}, PLAIN, SIGNER))


def test_refuses_a_request_that_the_verifier_did_not_sign() -> None:
    with pytest.raises(SignatureInvalid):
        _verify(sign_claims(HEADER, PLAIN, P256Signer(bytes([2]) * 32)))


def test_refuses_an_algorithm_that_is_not_the_keys() -> None:
    with pytest.raises(KeyMismatch):
        _verify(sign_claims(HEADER, PLAIN, Ed25519Signer(bytes([3]) * 32)))


def test_holds_the_verifier_to_the_wallets_nonce() -> None:
    token = _signed("wallet_nonce", to="qPmxiNFCR3QTm19POc8u")
    answered = _verify(token, wallet_nonce="qPmxiNFCR3QTm19POc8u")
    assert answered.wallet_nonce == "qPmxiNFCR3QTm19POc8u"
    for other in (_signed(), _signed("wallet_nonce", to="another")):
        with pytest.raises(Malformed):
            _verify(other, wallet_nonce="qPmxiNFCR3QTm19POc8u")


def test_a_wallet_that_sent_no_nonce_minds_none() -> None:
    assert _verify(_signed("wallet_nonce", to="cached")).wallet_nonce == "cached"


def test_a_verifier_writes_the_wallets_nonce_back() -> None:
    request = replace(REQUEST, wallet_nonce="qPmxiNFCR3QTm19POc8u")
    assert build_request_object(request)["wallet_nonce"] == "qPmxiNFCR3QTm19POc8u"


def test_refuses_a_request_after_its_time() -> None:
    assert _verify(_signed(), now=NOW + timedelta(minutes=5) + LEEWAY - SECOND)
    with pytest.raises(Expired):
        _verify(_signed(), now=NOW + timedelta(minutes=5) + LEEWAY)


def test_refuses_a_request_from_the_future() -> None:
    assert _verify(_signed(), now=NOW - LEEWAY)
    with pytest.raises(NotYetValid):
        _verify(_signed(), now=NOW - LEEWAY - SECOND)


def test_refuses_a_request_before_its_nbf() -> None:
    later = int((NOW + LEEWAY + SECOND).timestamp())
    with pytest.raises(NotYetValid):
        _verify(_signed("nbf", to=later))


def test_finds_the_did_in_a_client_identifier() -> None:
    assert verifier_did(CLIENT_ID) == DID


@pytest.mark.parametrize(
    "client_id",
    [
        "decentralized_identifier:",
        "decentralized_identifier:did:web:",
        "decentralized_identifier:did:WEB:x",
        "decentralized_identifier:did:web:x#key",
        "decentralized_identifier:did:web:x\n",
        "decentralized_identifier:decentralized_identifier:did:web:x",
    ],
)
def test_refuses_a_client_identifier_without_a_did(client_id: str) -> None:
    with pytest.raises(Malformed):
        verifier_did(client_id)


@settings(max_examples=150)
@given(st.text(max_size=80))
def test_any_text_is_a_request_or_refused(token: str) -> None:
    with suppress(Error):
        _verify(token)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=5,
)


@settings(max_examples=150)
@given(st.sampled_from(sorted(PLAIN)), json_values)
def test_any_value_of_any_claim_is_read_or_refused(name: str, value: object) -> None:
    with suppress(Error):
        parse_request_object(JsonObject(changed(PLAIN, name, to=value)))
