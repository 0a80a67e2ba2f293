"""Our proofs and status lists before PyPI openvc-core, and its own before us."""

import json
from datetime import timedelta
from typing import Any

import pytest
from openvc.errors import OpenvcError
from openvc.keys import Ed25519SigningKey
from openvc.proof.di_jcs import EddsaJcsProofSuite
from openvc.status.bitstring import new_bitstring, set_status_bit
from openvc.status.issue import (
    build_status_list_credential,
    build_status_list_entry,
    build_status_list_token,
    verify_status_list_token,
)
from openvc.status.status_list import check_credential_status
from openvc.status.token_status_list import check_token_status, new_status_list, set_status
from openvc.verify import VerificationPolicy, verify_credential

from credentials.claims import Claims
from credentials.encoding import encode_base64url
from credentials.errors import SignatureInvalid
from credentials.json_object import JsonObject
from credentials.jwk import encode_jwk
from credentials.keys import Ed25519Signer
from credentials.model import StatusPurpose
from credentials.securing.eddsa_jcs_2022 import MECHANISM
from credentials.status.bits import MIN_ENTRIES, State, StatusBits
from credentials.status.bitstring import (
    parse_bitstring_list,
    sign_bitstring_list,
    verify_bitstring_list,
)
from credentials.status.token_list import parse_token_list, sign_token_list, verify_token_list
from credentials.vcdm import CREDENTIAL
from credentials.vcdm_envelope import list_url
from tests.simulators.one_change import changed
from tests.simulators.w3c_credentials import (
    CLAIMS,
    HOLDER,
    HOLDER_DID,
    ISSUER,
    ISSUER_DID,
    ISSUER_KEY_ID,
    LEEWAY,
    NONCE,
    NOW,
    STATUS_URI,
    VERIFIER,
    credential,
    presentation,
)

INDEX = 94567
URI = list_url(STATUS_URI, StatusPurpose.REVOCATION)
SUITE = EddsaJcsProofSuite()
LIST_TIMES: Any = {"issued_at": NOW, "expires": NOW + timedelta(days=1), "ttl": timedelta(hours=1)}


def peers_key(signer: Ed25519Signer, seed: bytes, key_id: str) -> Ed25519SigningKey:
    jwk: Any = encode_jwk(signer.public_key) | {"d": encode_base64url(seed)}
    return Ed25519SigningKey.from_jwk(jwk, kid=key_id)


THEIR_ISSUER = peers_key(ISSUER, b"\x01" * 32, ISSUER_KEY_ID)


def bits(state: State) -> StatusBits:
    return StatusBits(size=MIN_ENTRIES, marked={INDEX: state})


def our_lists(state: State) -> dict[str, Claims]:
    purposes = (StatusPurpose.REVOCATION, StatusPurpose.SUSPENSION)
    return {
        list_url(STATUS_URI, purpose): sign_bitstring_list(
            bits(state),
            uri=list_url(STATUS_URI, purpose),
            purpose=purpose,
            signer=ISSUER,
            key_id=ISSUER_KEY_ID,
            **LIST_TIMES,
        )
        for purpose in purposes
    }


def fetched_by_peer(lists: dict[str, Claims], uri: str) -> dict[str, Any]:
    """A list that openvc has verified as a credential of its own."""
    policy = VerificationPolicy(now=NOW, require_status=False)
    return verify_credential(lists[uri], policy=policy).credential


def with_context(document: dict[str, Any]) -> Claims:
    """What openvc signs, in the form that the Recommendation gives it.

    openvc 1.37 hashes the document's context with the proof's options, as VC DI EdDSA §3.3.1 step
    2 demands, but leaves it out of the proof that it writes, so that a verifier by §3.3.2 hashes
    less than was signed.
    """
    document = json.loads(json.dumps(document))
    document["proof"]["@context"] = document["@context"]
    return document


def test_peer_accepts_our_credential() -> None:
    lists = our_lists(State.VALID)
    result = verify_credential(
        credential(),
        policy=VerificationPolicy(now=NOW),
        resolve_status_list=lambda uri: fetched_by_peer(lists, uri),
    )
    assert result.issuer == ISSUER_DID
    assert result.subject == HOLDER_DID


@pytest.mark.parametrize("state", list(State))
def test_peer_reads_our_bitstring_lists(state: State) -> None:
    lists = our_lists(state)
    found = check_credential_status(
        credential(), resolve_status_list=lambda uri: fetched_by_peer(lists, uri)
    )
    assert found.revoked == (state is State.REVOKED)
    assert found.suspended == (state is State.SUSPENDED)


def test_peer_refuses_our_credential_when_it_was_changed() -> None:
    hostile = changed(credential(), "credentialSubject", "birthDate", to="2000-01-01")
    with pytest.raises(OpenvcError):
        verify_credential(hostile, policy=VerificationPolicy(now=NOW, require_status=False))


def test_peer_accepts_our_presentation_for_its_request_only() -> None:
    shown = presentation(credential())
    expected: Any = {
        "expected_proof_purpose": "authentication",
        "expected_challenge": NONCE,
        "expected_domain": VERIFIER,
        "now": NOW,
    }
    SUITE.verify(shown, **expected)
    with pytest.raises(OpenvcError):
        SUITE.verify(shown, **{**expected, "expected_challenge": "other"})


def test_peer_reads_our_token_list() -> None:
    token = sign_token_list(
        bits(State.SUSPENDED), uri=STATUS_URI, signer=ISSUER, key_id=ISSUER_KEY_ID, **LIST_TIMES
    )
    jwk: Any = encode_jwk(ISSUER.public_key)
    claims = verify_status_list_token(token, public_key_jwk=jwk, expected_uri=STATUS_URI, now=NOW)
    holder = {"status": {"status_list": {"uri": STATUS_URI, "idx": INDEX}}}
    found = check_token_status(holder, resolve_status_list_token=lambda _: claims)
    assert found is not None
    assert found.suspended
    assert not found.revoked


def their_credential() -> dict[str, Any]:
    entry = build_status_list_entry(
        status_list_credential=URI, index=INDEX, status_purpose="revocation"
    )
    unsecured = {
        "@context": ["https://www.w3.org/ns/credentials/v2"],
        "type": [CREDENTIAL],
        "issuer": ISSUER_DID,
        "credentialSubject": {"id": HOLDER_DID, **CLAIMS},
        "credentialStatus": entry,
    }
    return SUITE.add_proof(
        unsecured, signing_key=THEIR_ISSUER, verification_method=ISSUER_KEY_ID, created=NOW
    )


def test_we_accept_the_peers_credential_once_its_proof_is_whole() -> None:
    parsed = MECHANISM.parse(with_context(their_credential()))
    verified = MECHANISM.verify(parsed, ISSUER.public_key)
    assert verified.claims == CLAIMS
    assert verified.holder == HOLDER.public_key
    assert [(status.uri, status.index) for status in verified.status] == [(URI, INDEX)]
    parsed = MECHANISM.parse(their_credential())
    with pytest.raises(SignatureInvalid):
        MECHANISM.verify(parsed, ISSUER.public_key)


def test_we_refuse_the_peers_credential_when_it_was_changed() -> None:
    path = ("credentialSubject", "birthDate")
    parsed = MECHANISM.parse(changed(with_context(their_credential()), *path, to="2000-01-01"))
    with pytest.raises(SignatureInvalid):
        MECHANISM.verify(parsed, ISSUER.public_key)


def test_we_accept_the_peers_presentation() -> None:
    shown = {**presentation(credential())}
    del shown["proof"]
    signed = SUITE.add_proof(
        shown,
        signing_key=peers_key(HOLDER, b"\x02" * 32, HOLDER_DID),
        verification_method=f"{HOLDER_DID}#{HOLDER_DID.removeprefix('did:key:')}",
        proof_purpose="authentication",
        challenge=NONCE,
        domain=VERIFIER,
        created=NOW,
    )
    parsed = MECHANISM.parse(with_context(signed))
    verified = MECHANISM.verify(parsed, ISSUER.public_key)
    binding = MECHANISM.verify_holder(parsed, verified)
    assert binding is not None
    binding.check(audience=VERIFIER, nonce=NONCE, now=NOW, leeway=LEEWAY)


def test_we_read_the_peers_bitstring_list() -> None:
    bitstring = new_bitstring(MIN_ENTRIES)
    set_status_bit(bitstring, INDEX, 1)
    unsecured = build_status_list_credential(
        id=URI, issuer=ISSUER_DID, bitstring=bitstring, valid_from=NOW, ttl=300_000
    )
    document = SUITE.add_proof(
        unsecured, signing_key=THEIR_ISSUER, verification_method=ISSUER_KEY_ID, created=NOW
    )
    found = verify_bitstring_list(
        parse_bitstring_list(JsonObject(with_context(document))),
        ISSUER.public_key,
        uri=URI,
        purpose=StatusPurpose.REVOCATION,
        now=NOW,
        leeway=LEEWAY,
    )
    assert found.state(INDEX) is State.REVOKED
    assert found.state(INDEX + 1) is State.VALID
    assert found.ttl == timedelta(minutes=5)


@pytest.mark.parametrize("width", [1, 2, 4, 8])
def test_we_read_the_peers_token_list(width: int) -> None:
    status_list = new_status_list(MIN_ENTRIES, bits=width)
    set_status(status_list, INDEX, 1, bits=width)
    token = build_status_list_token(
        signing_key=THEIR_ISSUER, uri=STATUS_URI, status_list=status_list, bits=width, issued_at=NOW
    )
    found = verify_token_list(
        parse_token_list(token), ISSUER.public_key, uri=STATUS_URI, now=NOW, leeway=LEEWAY
    )
    assert found.state(INDEX) is State.REVOKED
    assert found.state(INDEX - 1) is State.VALID
