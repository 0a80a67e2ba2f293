"""Our messages read by openvc-core and joserfc, and theirs read by us.

Both ends of the project share `openid4vc/`, so a misreading of the specification would cancel out
between them; it does not with these two, which share no code with us.
"""

import hashlib
import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from joserfc import jwt
from joserfc.jwk import ECKey, OKPKey
from openvc.did.base import DidResolverRegistry
from openvc.did.did_jwk import DidJwkResolver
from openvc.did.did_key import DidKeyResolver
from openvc.openid4vci import (
    CredentialRequestMalformed,
    ProofReplayed,
    parse_credential_issuer_metadata,
    parse_credential_offer,
    verify_credential_request_proofs,
)
from openvc.openid4vp import VpTokenIncomplete, VpTokenMalformed, verify_vp_token
from openvc.proof.errors import ClaimsInvalid

from credentials.claims import Claims
from credentials.did_key import did_key_method, encode_did_jwk, encode_did_key
from credentials.encoding import encode_base64url
from credentials.jwk import encode_jwk, thumbprint
from credentials.jws import sign_claims
from credentials.keys import Ed25519Signer, KeyType, P256Signer, Signer
from openid4vc.authorization_request import (
    AuthorizationRequest,
    build_request_object,
    client_id_of_did,
    sign_request_object,
    verify_request_object,
)
from openid4vc.authorization_response import AuthorizationResponse, parse_authorization_response
from openid4vc.credential_configuration import CredentialConfiguration, CredentialFormat
from openid4vc.credential_request import CredentialRequest
from openid4vc.dcql import ClaimsQuery, CredentialQuery, CredentialSetQuery, Query
from openid4vc.display import Display
from openid4vc.key_proof import BindingMethod, KeyProofTerms, build_key_proof, verify_key_proof
from openid4vc.metadata import IssuerMetadata
from openid4vc.offer import CredentialOffer, InputMode, PreAuthorizedGrant, TxCode

NOW = datetime(2026, 3, 13, 3, 4, 5, tzinfo=UTC)
ISSUER = "https://city.example/issuers/GU-11620"
NONCE = "wKI4LT17ac15ES9bw8ac4"
RESIDENCY = "SeoulResidencyCredential.dc+sd-jwt"
VCT = "https://city.example/types/SeoulResidencyCredential/v1"
P256 = P256Signer(bytes([1]) * 32)
ED25519 = Ed25519Signer(bytes([2]) * 32)
AGENCY = P256Signer(bytes([3]) * 32)
TERMS = KeyProofTerms(
    audience=ISSUER,
    client_id=None,
    key_types=frozenset(KeyType),
    binding_methods=frozenset(BindingMethod),
)


def _p256_pair(secret: int) -> ECKey:
    signer = P256Signer(bytes([secret]) * 32)
    private = {"d": encode_base64url(bytes([secret]) * 32)}
    return ECKey.import_key({**_jwk(signer), **private})


def _ed25519_pair(secret: int) -> OKPKey:
    signer = Ed25519Signer(bytes([secret]) * 32)
    private = {"d": encode_base64url(bytes([secret]) * 32)}
    return OKPKey.import_key({**_jwk(signer), **private})


def _jwk(signer: Signer) -> dict[str, Any]:
    return dict(encode_jwk(signer.public_key))


# OpenID4VCI


def test_openvc_reads_our_offer() -> None:
    tx_code = TxCode(input_mode=InputMode.NUMERIC, length=6, description=None)
    grant = PreAuthorizedGrant(code="oaKazRN8I0Ib", tx_code=tx_code, authorization_server=None)
    offer = CredentialOffer(
        credential_issuer=ISSUER, configuration_ids=(RESIDENCY,), pre_authorized=grant
    )
    read = parse_credential_offer(json.dumps(offer.to_json()))
    assert read.credential_issuer == ISSUER
    assert read.credential_configuration_ids == (RESIDENCY,)
    (theirs,) = read.grants.values()
    assert theirs["pre-authorized_code"] == "oaKazRN8I0Ib"


def test_openvc_reads_our_issuer_metadata() -> None:
    configuration = CredentialConfiguration(
        format=CredentialFormat.SD_JWT_VC,
        vct=VCT,
        types=(),
        contexts=(),
        scope="SeoulResidencyCredential",
        signing_algorithms=("ES256",),
        binding_methods=("jwk",),
        proof_algorithms=("ES256",),
        display=(Display(name="Residency", locale="en"),),
        claims=(),
    )
    metadata = IssuerMetadata(
        credential_issuer=ISSUER,
        authorization_servers=(ISSUER,),
        credential_endpoint=ISSUER + "/credential",
        nonce_endpoint=ISSUER + "/nonce",
        batch_size=10,
        display=(),
        configurations={RESIDENCY: configuration},
    )
    read = parse_credential_issuer_metadata(json.dumps(metadata.to_json()))
    assert (read.batch_size, read.nonce_endpoint) == (10, ISSUER + "/nonce")
    assert read.authorization_servers == (ISSUER,)
    assert list(read.credential_configurations_supported) == [RESIDENCY]


def _resolve(key_id: str) -> dict[str, Any]:
    resolver = DidJwkResolver() if key_id.startswith("did:jwk:") else DidKeyResolver()
    (method,) = resolver.resolve(key_id.partition("#")[0]).verification_methods
    assert method.public_key_jwk is not None
    return dict(method.public_key_jwk)


def _openvc_verify(request: CredentialRequest, **changes: Any) -> list[str]:
    arguments: dict[str, Any] = {
        "credential_issuer": ISSUER,
        "check_nonce": NONCE.__eq__,
        "resolve_proof_key": _resolve,
        "now": NOW,
        "batch_size": 3,
    }
    body = json.dumps(request.to_json())
    verified = verify_credential_request_proofs(body, **{**arguments, **changes})
    return [proof.thumbprint for proof in verified]


def _request(*proofs: str) -> CredentialRequest:
    return CredentialRequest(configuration_id=RESIDENCY, identifier=None, proofs=proofs)


@pytest.mark.parametrize(
    ("signer", "key_id"),
    [
        pytest.param(P256, None, id="P-256 by JWK"),
        pytest.param(ED25519, None, id="Ed25519 by JWK"),
        pytest.param(P256, encode_did_jwk(P256.public_key) + "#0", id="P-256 by did:jwk"),
        pytest.param(
            ED25519, did_key_method(encode_did_key(ED25519.public_key)), id="Ed25519 by did:key"
        ),
    ],
)
def test_openvc_verifies_our_key_proofs(signer: Signer, key_id: str | None) -> None:
    proof = build_key_proof(signer, audience=ISSUER, nonce=NONCE, issued_at=NOW, key_id=key_id)
    assert _openvc_verify(_request(proof)) == [thumbprint(signer.public_key)]


def test_openvc_verifies_our_batch_and_refuses_what_we_refuse() -> None:
    proofs = [
        build_key_proof(signer, audience=ISSUER, nonce=NONCE, issued_at=NOW, key_id=None)
        for signer in (P256, ED25519)
    ]
    keys = [thumbprint(P256.public_key), thumbprint(ED25519.public_key)]
    assert _openvc_verify(_request(*proofs)) == keys
    with pytest.raises(CredentialRequestMalformed):
        _openvc_verify(_request(*proofs), batch_size=1)
    with pytest.raises(ProofReplayed):
        _openvc_verify(_request(*proofs), check_nonce="other".__eq__)
    with pytest.raises(ClaimsInvalid):
        _openvc_verify(_request(*proofs), credential_issuer=ISSUER + "/")
    with pytest.raises(ClaimsInvalid):
        _openvc_verify(_request(proofs[0], proofs[0]))
    with pytest.raises(ClaimsInvalid):
        _openvc_verify(_request(*proofs), now=NOW + timedelta(minutes=10))


@pytest.mark.parametrize(
    ("pair", "algorithm", "signer"),
    [(_p256_pair(1), "ES256", P256), (_ed25519_pair(2), "Ed25519", ED25519)],
    ids=["P-256", "Ed25519"],
)
def test_we_verify_key_proofs_that_joserfc_signs(
    pair: ECKey | OKPKey, algorithm: str, signer: Signer
) -> None:
    header = {"alg": algorithm, "typ": "openid4vci-proof+jwt", "jwk": _jwk(signer)}
    claims = {"aud": ISSUER, "iat": int(NOW.timestamp()), "nonce": NONCE}
    proof = jwt.encode(header, claims, pair, algorithms=[algorithm])
    verified = verify_key_proof(proof, TERMS, is_live_nonce=NONCE.__eq__, now=NOW)
    assert verified.key == signer.public_key


# OpenID4VP

VERIFIER = P256Signer(bytes([4]) * 32)
VERIFIER_DID = encode_did_jwk(VERIFIER.public_key)
CLIENT_ID = client_id_of_did(VERIFIER_DID)
QUERY = Query(
    credentials=(
        CredentialQuery(
            id="residency",
            format="dc+sd-jwt",
            vct_values=(VCT,),
            claims=(ClaimsQuery(id=None, path=("residentOfSeoul",), values=(True,)),),
        ),
        CredentialQuery(id="card", format="ldp_vc", type_values=(("SeoulCitizenCard",),)),
    ),
    credential_sets=(CredentialSetQuery(options=(("card",), ("residency",))),),
)
REQUEST = AuthorizationRequest(
    client_id=CLIENT_ID,
    response_uri="https://city.example/responses/1",
    nonce="n-0S6_WzA2Mj0123456789",
    state="eyJhb_6-sVA_0123456789",
    query=QUERY,
    vp_formats={"dc+sd-jwt": {"kb-jwt_alg_values": ["ES256"]}},
    wallet_nonce=None,
    issued_at=NOW,
    expires_at=NOW + timedelta(minutes=5),
)


def test_joserfc_verifies_our_request_object() -> None:
    token = sign_request_object(REQUEST, signer=VERIFIER, key_id=VERIFIER_DID + "#0")
    read = jwt.decode(token, ECKey.import_key(_jwk(VERIFIER)), algorithms=["ES256"])
    assert read.header["typ"] == "oauth-authz-req+jwt"
    assert read.claims == build_request_object(REQUEST)


def test_we_verify_a_request_object_that_joserfc_signs() -> None:
    header = {"alg": "ES256", "typ": "oauth-authz-req+jwt", "kid": VERIFIER_DID + "#0"}
    claims: dict[str, Any] = dict(build_request_object(REQUEST))
    token = jwt.encode(header, claims, _p256_pair(4), algorithms=["ES256"])
    read = verify_request_object(
        token, VERIFIER.public_key, client_id=CLIENT_ID, wallet_nonce=None, now=NOW
    )
    assert read == REQUEST


def _presentation(vct: str = VCT, nonce: str = REQUEST.nonce, audience: str = CLIENT_ID) -> str:
    """An SD-JWT VC that withholds nothing, with its key binding; RFC 9901 §4.3."""
    issuer = encode_did_jwk(AGENCY.public_key)
    issued: Claims = {
        "iss": issuer,
        "vct": vct,
        "iat": int(NOW.timestamp()),
        "residentOfSeoul": True,
        "cnf": {"jwk": encode_jwk(P256.public_key)},
    }
    credential = sign_claims({"typ": "dc+sd-jwt", "kid": issuer + "#0"}, issued, AGENCY) + "~"
    binding: Claims = {
        "aud": audience,
        "nonce": nonce,
        "iat": int(NOW.timestamp()),
        "sd_hash": encode_base64url(hashlib.sha256(credential.encode()).digest()),
    }
    return credential + sign_claims({"typ": "kb+jwt"}, binding, P256)


def _openvc_check(
    vp_token: Mapping[str, tuple[str, ...]], query: Query = QUERY
) -> list[tuple[str, str]]:
    """What openvc makes of a response that went through our form."""
    sent = AuthorizationResponse(vp_token={**vp_token}, state=REQUEST.state).to_form()
    received = parse_authorization_response(sent)
    assert isinstance(received, AuthorizationResponse)
    verified = verify_vp_token(
        {name: list(shown) for name, shown in received.vp_token.items()},
        dcql_query=query.to_json(),
        nonce=REQUEST.nonce,
        client_id=CLIENT_ID,
        resolver=DidResolverRegistry([DidJwkResolver()]),
        now=NOW,
    )
    return [(found.query_id, found.format) for found in verified.presentations]


def test_openvc_understands_our_query_and_our_response() -> None:
    assert _openvc_check({"residency": (_presentation(),)}) == [("residency", "dc+sd-jwt")]


def test_openvc_refuses_responses_that_we_refuse() -> None:
    good = _presentation()
    with pytest.raises(VpTokenMalformed):
        _openvc_check({"residency": (good, good)})
    with pytest.raises(VpTokenMalformed):
        _openvc_check({"residency": (good,), "medical": (good,)})
    with pytest.raises(ClaimsInvalid):
        _openvc_check({"residency": (_presentation(vct=VCT + "/"),)})
    without_sets = Query(credentials=QUERY.credentials)
    with pytest.raises(VpTokenIncomplete):
        _openvc_check({"residency": (good,)}, without_sets)
    for replayed in (_presentation(nonce="another"), _presentation(audience=VERIFIER_DID)):
        with pytest.raises(ClaimsInvalid):
            _openvc_check({"residency": (replayed,)})
