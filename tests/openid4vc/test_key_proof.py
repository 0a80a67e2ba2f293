"""Key proofs: each check has one proof that fails only it."""

import json
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from credentials.claims import Claims
from credentials.did_key import did_key_method, encode_did_jwk, encode_did_key
from credentials.encoding import encode_base64url
from credentials.errors import KeyMismatch, Unsupported
from credentials.jwk import encode_jwk
from credentials.jws import sign_claims
from credentials.keys import Ed25519Signer, KeyType, P256Signer, Signer
from openid4vc.errors import InvalidNonce, InvalidProof, OAuthError
from openid4vc.key_proof import (
    MAX_KEY_PROOF_AGE,
    MAX_KEY_PROOF_CHARS,
    TYP,
    BindingMethod,
    KeyProof,
    KeyProofTerms,
    build_key_proof,
    verify_key_proof,
    verify_key_proofs,
)

NOW = datetime(2026, 3, 13, 3, 4, 5, tzinfo=UTC)
LEEWAY = timedelta(seconds=60)
SECOND = timedelta(seconds=1)
ISSUER = "https://city.example/issuers/GU-11620"
NONCE = "wKI4LT17ac15ES9bw8ac4"
P256 = P256Signer(bytes([1]) * 32)
OTHER_P256 = P256Signer(bytes([2]) * 32)
ED25519 = Ed25519Signer(bytes([3]) * 32)
DID_KEY = did_key_method(encode_did_key(ED25519.public_key))
DID_JWK = encode_did_jwk(P256.public_key) + "#0"
TERMS = KeyProofTerms(
    audience=ISSUER,
    client_id=None,
    key_types=frozenset(KeyType),
    binding_methods=frozenset(BindingMethod),
)
HEADER: Claims = {"typ": TYP, "jwk": encode_jwk(P256.public_key)}
CLAIMS: Claims = {"aud": ISSUER, "iat": int(NOW.timestamp()), "nonce": NONCE}
ALG_NONE = encode_base64url(
    json.dumps({"alg": "none", "typ": TYP, "jwk": encode_jwk(P256.public_key)}).encode()
)


def _is_live(nonce: str) -> bool:
    return nonce == NONCE


def _verify(proof: str, terms: KeyProofTerms = TERMS, now: datetime = NOW) -> KeyProof:
    return verify_key_proof(proof, terms, is_live_nonce=_is_live, now=now)


def _signed(header: "Claims | None" = None, claims: "Claims | None" = None) -> str:
    """A proof with some header parameters or claims changed, and signed anew; null removes one."""
    return sign_claims(_changed(HEADER, header), _changed(CLAIMS, claims), P256)


def _changed(valid: Claims, changes: "Claims | None") -> Claims:
    return {name: value for name, value in (valid | (changes or {})).items() if value is not None}


@pytest.mark.parametrize(
    ("signer", "key_id"), [(P256, None), (ED25519, None), (P256, DID_JWK), (ED25519, DID_KEY)]
)
def test_what_a_wallet_signs_an_issuer_verifies(signer: Signer, key_id: str | None) -> None:
    proof = build_key_proof(signer, audience=ISSUER, nonce=NONCE, issued_at=NOW, key_id=key_id)
    assert _verify(proof) == KeyProof(
        key=signer.public_key, key_id=key_id, nonce=NONCE, issued_at=NOW
    )


def test_a_wallet_does_not_sign_for_a_did_of_another_key() -> None:
    with pytest.raises(KeyMismatch):
        build_key_proof(OTHER_P256, audience=ISSUER, nonce=NONCE, issued_at=NOW, key_id=DID_JWK)


def test_verifies_the_example_of_the_specification() -> None:
    # OpenID4VCI 1.0 appendix F.1, signed by its authors.
    proof = (
        "eyJ0eXAiOiJvcGVuaWQ0dmNpLXByb29mK2p3dCIsImFsZyI6IkVTMjU2IiwiandrIjp7Imt0eSI6IkVDIiwiY3J2"
        "IjoiUC0yNTYiLCJ4IjoiblVXQW9BdjNYWml0aDhFN2kxOU9kYXhPTFlGT3dNLVoyRXVNMDJUaXJUNCIsInkiOiJI"
        "c2tIVThCalVpMVU5WHFpN1N3bWo4Z3dBS18weGtjRGpFV183MVNvc0VZIn19.eyJhdWQiOiJodHRwczovL2NyZWR"
        "lbnRpYWwtaXNzdWVyLmV4YW1wbGUuY29tIiwiaWF0IjoxNzAxOTYwNDQ0LCJub25jZSI6IkxhclJHU2JtVVBZdFJ"
        "ZTzZCUTR5bjgifQ.-a3EDsxClUB4O3LeDD5DVGEnNMT01FCQW4P6-2-BNBqc_Zxf0Qw4CWayLEpqkAomlkLb9zio"
        "ZoipdP-jvh1WlA"
    )
    verified = verify_key_proof(
        proof,
        replace(TERMS, audience="https://credential-issuer.example.com"),
        is_live_nonce="LarRGSbmUPYtRYO6BQ4yn8".__eq__,
        now=datetime.fromtimestamp(1701960444, UTC),
    )
    assert verified.key.type is KeyType.P256


@pytest.mark.parametrize(
    "proof",
    [
        pytest.param(_signed({"typ": "JWT"}), id="another type of JWT"),
        pytest.param(_signed({"typ": None}), id="no type"),
        pytest.param(_signed({"jwk": None}), id="no key"),
        pytest.param(_signed({"kid": DID_JWK}), id="a key and a DID"),
        pytest.param(_signed({"x5c": ["MIIB"]}), id="a key and a certificate"),
        pytest.param(_signed({"jwk": None, "x5c": ["MIIB"]}), id="a certificate alone"),
        pytest.param(_signed({"trust_chain": ["x"]}), id="a trust chain"),
        pytest.param(_signed({"jku": "https://a.example"}), id="a key by address"),
        pytest.param(_signed({"x5u": "https://a.example"}), id="a certificate by address"),
        pytest.param(_signed({"jwk": encode_jwk(OTHER_P256.public_key)}), id="another's key"),
        pytest.param(_signed({"jwk": encode_jwk(ED25519.public_key)}), id="a key of another type"),
        pytest.param(_signed({"jwk": encode_jwk(P256.public_key) | {"d": "AQ"}}), id="private key"),
        pytest.param(_signed({"jwk": "key"}), id="a key that is no object"),
        pytest.param(_signed({"jwk": None, "kid": "0"}), id="a bare key id"),
        pytest.param(_signed({"jwk": None, "kid": "#0"}), id="a fragment alone"),
        pytest.param(_signed({"jwk": None, "kid": DID_JWK[:-2]}), id="a DID without fragment"),
        pytest.param(_signed({"jwk": None, "kid": DID_JWK[:-1] + "1"}), id="another fragment"),
        pytest.param(_signed({"jwk": None, "kid": "did:web:a.example#0"}), id="a DID to resolve"),
        pytest.param(_signed({"jwk": None, "kid": DID_KEY}), id="another's DID"),
        pytest.param(_signed({"crit": ["b64"]}), id="a critical extension"),
        pytest.param(_signed(claims={"aud": None}), id="no audience"),
        pytest.param(_signed(claims={"aud": ISSUER + "/"}), id="another audience"),
        pytest.param(_signed(claims={"aud": [ISSUER]}), id="audiences in an array"),
        pytest.param(_signed(claims={"iss": "wallet"}), id="iss of an anonymous wallet"),
        pytest.param(_signed(claims={"nonce": None}), id="no nonce"),
        pytest.param(_signed(claims={"nonce": ""}), id="an empty nonce"),
        pytest.param(_signed(claims={"nonce": "n" * 1025}), id="a long nonce"),
        pytest.param(_signed(claims={"iat": None}), id="no time"),
        pytest.param(_signed(claims={"iat": str(CLAIMS["iat"])}), id="a time that is a text"),
        pytest.param(_signed(claims={"iat": 253402300799}), id="the last moment there is"),
        pytest.param(_signed(claims={"exp": int((NOW - LEEWAY).timestamp())}), id="expired"),
        pytest.param(
            _signed(claims={"nbf": int((NOW + LEEWAY + SECOND).timestamp())}), id="not yet valid"
        ),
        pytest.param(_signed()[:-8] + "AAAAAAAA", id="another signature"),
        pytest.param(_signed().rpartition(".")[0] + ".", id="no signature"),
        pytest.param(
            encode_base64url(b'{"alg":"none","typ":"openid4vci-proof+jwt"}') + ".e30.",
            id="alg none",
        ),
        pytest.param(_signed({"x": "y" * MAX_KEY_PROOF_CHARS}), id="beyond the bound"),
    ],
)
def test_refuses_a_proof_with_one_defect(proof: str) -> None:
    assert _verify(_signed())
    with pytest.raises(InvalidProof):
        _verify(proof)


def test_the_bound_on_a_proof_comes_before_any_work() -> None:
    with pytest.raises(InvalidProof, match="too long"):
        _verify("x" * (MAX_KEY_PROOF_CHARS + 1))


def test_the_algorithm_of_the_header_is_never_asked() -> None:
    header = encode_base64url(b'{"alg":"HS256","jwk":{},"typ":"openid4vci-proof+jwt"}')
    with pytest.raises(InvalidProof):
        _verify(f"{header}.e30.AAAA")


@pytest.mark.parametrize(
    "moment",
    [
        pytest.param(NOW + MAX_KEY_PROOF_AGE + LEEWAY + SECOND, id="too old"),
        pytest.param(NOW - LEEWAY - SECOND, id="from the future"),
    ],
)
def test_refuses_a_proof_that_was_not_signed_just_now(moment: datetime) -> None:
    with pytest.raises(InvalidProof):
        _verify(_signed(), now=moment)


@pytest.mark.parametrize("moment", [NOW + MAX_KEY_PROOF_AGE + LEEWAY, NOW - LEEWAY])
def test_forgives_clocks_a_minute(moment: datetime) -> None:
    assert _verify(_signed(), now=moment)


def test_a_nonce_that_is_not_ours_is_told_apart_from_a_bad_proof() -> None:
    with pytest.raises(InvalidNonce):
        _verify(_signed(claims={"nonce": "made-up"}))


def test_a_bad_proof_does_not_reach_the_nonces() -> None:
    def never(nonce: str) -> bool:
        raise AssertionError(nonce)

    with pytest.raises(InvalidProof):
        verify_key_proof(_signed()[:-8] + "AAAAAAAA", TERMS, is_live_nonce=never, now=NOW)


def test_a_known_wallet_may_name_itself_but_nobody_else() -> None:
    terms = replace(TERMS, client_id="wallet")
    assert _verify(_signed(), terms)
    assert _verify(_signed(claims={"iss": "wallet"}), terms)
    with pytest.raises(InvalidProof):
        _verify(_signed(claims={"iss": "other"}), terms)


def test_refuses_a_type_of_key_that_is_not_advertised() -> None:
    with pytest.raises(InvalidProof):
        _verify(_signed(), replace(TERMS, key_types=frozenset({KeyType.ED25519})))


@pytest.mark.parametrize(
    ("proof", "method"),
    [
        (_signed(), BindingMethod.JWK),
        (_signed({"jwk": None, "kid": DID_JWK}), BindingMethod.DID_JWK),
        (
            sign_claims({"typ": TYP, "kid": DID_KEY}, CLAIMS, ED25519),
            BindingMethod.DID_KEY,
        ),
    ],
)
def test_takes_a_way_to_name_a_key_only_where_it_is_advertised(
    proof: str, method: BindingMethod
) -> None:
    # dc+sd-jwt is bound by cnf.jwk and W3C formats by DIDs: Credo refuses either in the other.
    assert _verify(proof, replace(TERMS, binding_methods=frozenset({method})))
    others = frozenset(BindingMethod) - {method}
    with pytest.raises(InvalidProof):
        _verify(proof, replace(TERMS, binding_methods=others))


def _batch(*secrets: int) -> list[str]:
    signers = [P256Signer(bytes([secret]) * 32) for secret in secrets]
    return [
        build_key_proof(signer, audience=ISSUER, nonce=NONCE, issued_at=NOW, key_id=None)
        for signer in signers
    ]


def _verify_all(
    proofs: list[str], is_live: Callable[[str], bool] = _is_live
) -> tuple[KeyProof, ...]:
    return verify_key_proofs(proofs, TERMS, is_live_nonce=is_live, now=NOW)


def test_verifies_a_batch_in_order() -> None:
    keys = [P256Signer(bytes([secret]) * 32).public_key for secret in (5, 4, 6)]
    assert [proof.key for proof in _verify_all(_batch(5, 4, 6))] == keys


@settings(max_examples=20)
@given(st.integers(1, 6), st.data())
def test_verifies_every_proof_of_a_batch_and_not_the_first_alone(
    size: int, data: st.DataObject
) -> None:
    proofs = _batch(*range(1, size + 1))
    place = data.draw(st.integers(0, size - 1))
    proofs[place] = proofs[place][:-8] + "AAAAAAAA"
    with pytest.raises(InvalidProof):
        _verify_all(proofs)


def test_checks_the_nonce_of_every_proof_of_a_batch() -> None:
    proofs = [*_batch(5, 4), _signed(claims={"nonce": "made-up"})]
    with pytest.raises(InvalidNonce):
        _verify_all(proofs)


def test_refuses_two_proofs_for_one_key() -> None:
    with pytest.raises(InvalidProof):
        _verify_all(_batch(5, 4, 5))


def test_refuses_a_batch_of_nothing() -> None:
    with pytest.raises(InvalidProof):
        _verify_all([])


@settings(max_examples=150)
@given(st.text(max_size=60) | st.lists(st.text(max_size=20), min_size=3, max_size=3).map(".".join))
def test_any_text_is_a_proof_or_answered_with_an_oauth_error(text: str) -> None:
    with suppress(OAuthError):
        _verify(text)


def test_unsupported_things_come_out_as_invalid_proof_too() -> None:
    with pytest.raises(InvalidProof) as caught:
        _verify(_signed({"jwk": None, "kid": "did:web:a.example#0"}))
    assert isinstance(caught.value.__cause__, Unsupported)
