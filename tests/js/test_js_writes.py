"""What JavaScript writes, Python reads: what a web wallet sends to issuers and verifiers."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from credentials.claims import Claims
from credentials.issuance_proof import IssuanceProof
from credentials.jwk import encode_jwk
from credentials.keys import Ed25519Signer, KeyType, P256Signer, Signer
from credentials.securing.sd_jwt_vc import MECHANISM
from openid4vc.access_token import TokenRequest, parse_token_request
from openid4vc.authorization_response import (
    AuthorizationErrorResponse,
    AuthorizationResponse,
    parse_authorization_response,
)
from openid4vc.credential_request import parse_credential_request
from openid4vc.key_proof import BindingMethod, KeyProofTerms, verify_key_proof
from tests.simulators.javascript import ask_javascript, moment
from tests.simulators.sd_jwt import HOLDER, ISSUER, digest, disclosure, sd_jwt

NOW = datetime(2026, 3, 13, 3, 4, 5, tzinfo=UTC)
AUDIENCE = "https://city.example/issuers/GU-11620"
NONCE = "n-0S6_WzA2Mj"
DID = "did:webvh:QmIssuer:registry.gwanin.example"
HOLDERS: dict[KeyType, Signer] = {
    KeyType.P256: P256Signer(bytes([2]) * 32),
    KeyType.ED25519: Ed25519Signer(bytes([2]) * 32),
}


def written(work: str, **given: Any) -> Any:
    """What a work writes; the test fails if it refuses."""
    (answer,) = ask_javascript([{"work": work, "given": given}])
    assert "found" in answer, answer
    return answer["found"]


@pytest.mark.parametrize("method", [BindingMethod.JWK, BindingMethod.DID_KEY])
@pytest.mark.parametrize("key_type", list(KeyType))
def test_a_key_proof(key_type: KeyType, method: BindingMethod) -> None:
    proof = written(
        "key-proof", type=key_type.value, configuration={"bindingMethods": [method.value]},
        audience=AUDIENCE, nonce=NONCE, now=moment(NOW),
    )  # fmt: skip
    terms = KeyProofTerms(
        audience=AUDIENCE,
        client_id=None,
        key_types=frozenset({key_type}),
        binding_methods=frozenset({method}),
    )
    found = verify_key_proof(proof, terms, is_live_nonce=NONCE.__eq__, now=NOW)
    assert found.key == HOLDERS[key_type].public_key
    assert found.nonce == NONCE


def test_a_presentation() -> None:
    name, street = disclosure("s", "nameKo", "김시범"), disclosure("t", "street", "관악로")
    payload: Claims = {
        "iss": DID, "iat": int(NOW.timestamp()), "vct": "https://a.example/t",
        "cnf": {"jwk": encode_jwk(HOLDER.public_key)}, "_sd": [digest(name), digest(street)],
    }  # fmt: skip
    token = sd_jwt(payload, name, street, header={"typ": "dc+sd-jwt", "kid": f"{DID}#es256-1"})
    shown = written(
        "presented", token=token, disclose=[["nameKo"]], audience="verifier", nonce=NONCE,
        now=moment(NOW),
    )  # fmt: skip
    unverified = MECHANISM.parse(shown)
    verified = MECHANISM.verify(unverified, ISSUER.public_key)
    binding = MECHANISM.verify_holder(unverified, verified)
    assert verified.claims == {"nameKo": "김시범"}
    assert binding is not None
    binding.check(audience="verifier", nonce=NONCE, now=NOW, leeway=timedelta(0))


@pytest.mark.parametrize("tx_code", [None, "12 34", "한글&=+%"])
def test_a_token_request(tx_code: str | None) -> None:
    body = written("token-request", code="a b&c", txCode=tx_code)
    expected = TokenRequest(code="a b&c", tx_code=tx_code, client_id=None)
    assert parse_token_request(body.encode()) == expected
    assert body.encode() == expected.to_form()


def test_a_credential_request() -> None:
    body = written("credential-request", configurationId="a.dc+sd-jwt", proofs=["x.y.z"])
    found = parse_credential_request(body.encode(), max_proofs=1)
    assert found.configuration_id == "a.dc+sd-jwt"
    assert found.proofs == ("x.y.z",)


@pytest.mark.parametrize("state", [None, "s-1~"])
def test_an_answer_and_a_refusal(state: str | None) -> None:
    body = written("response", presentations={"asked": ["a.b.c~d~e.f.g"]}, state=state)
    assert parse_authorization_response(body.encode()) == AuthorizationResponse(
        vp_token={"asked": ("a.b.c~d~e.f.g",)}, state=state
    )
    proof = IssuanceProof(salt=bytes(16), position=5, path=(bytes(32),) * 6)
    body = written(
        "response", presentations={"asked": ["a"]}, state=state, issuanceProofs=[proof.to_json()]
    )
    assert parse_authorization_response(body.encode()) == AuthorizationResponse(
        vp_token={"asked": ("a",)}, state=state, issuance_proofs=(proof,)
    )
    refusal = parse_authorization_response(written("refusal", state=state).encode())
    assert isinstance(refusal, AuthorizationErrorResponse)
    assert (refusal.error, refusal.state) == ("access_denied", state)


def test_what_is_refused_is_told() -> None:
    (answer,) = ask_javascript([{"work": "offer-link", "given": {"link": "x"}}])
    assert answer == {"code": "malformed", "cause": None, "at": None}
