"""Key proofs of type `jwt`: a wallet shows that it holds the key its credential will be bound to.

OpenID4VCI 1.0 §8.2, appendices F.1 and F.4.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from credentials.claims import Claims
from credentials.did_key import parse_self_describing
from credentials.errors import Expired, KeyMismatch, Malformed, TooLarge, Unsupported
from credentials.json_object import JsonObject
from credentials.jwk import encode_jwk, parse_jwk
from credentials.jws import peek_header, sign_claims, verify_compact
from credentials.keys import KeyType, PublicKey, Signer
from credentials.validity import LEEWAY, Validity
from openid4vc.errors import InvalidNonce, InvalidProof, refused_as
from openid4vc.nonce import MAX_NONCE_CHARS

TYP: Final = "openid4vci-proof+jwt"
MAX_KEY_PROOF_CHARS: Final = 16 * 1024
MAX_KEY_PROOF_AGE: Final = timedelta(seconds=300)  # as old as a presentation may be

# Keys by reference that F.1 allows besides: nobody here can judge their trust chains.
_OTHER_KEYS: Final = ("x5c", "trust_chain", "x5u", "jku")


class BindingMethod(StrEnum):
    """How a wallet may name its key: `cryptographic_binding_methods_supported`. §12.2.4."""

    JWK = "jwk"
    DID_KEY = "did:key"
    DID_JWK = "did:jwk"


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyProofTerms:
    """What key proofs have to say for one access token and one credential configuration.

    audience: the credential issuer identifier. client_id: the wallet's at the token endpoint, None
    if it was anonymous. key_types, binding_methods: what the configuration advertises.
    """

    audience: str
    client_id: str | None
    key_types: frozenset[KeyType]
    binding_methods: frozenset[BindingMethod]


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyProof:
    """A verified key proof. key_id: the DID URL that named the key, None if the JWK itself did.

    nonce: issued by us and alive; that it is used only once is for the caller to see to.
    """

    key: PublicKey
    key_id: str | None
    nonce: str
    issued_at: datetime


def build_key_proof(
    signer: Signer, *, audience: str, nonce: str, issued_at: datetime, key_id: str | None
) -> str:
    """Sign a key proof as an anonymous wallet.

    audience: the credential issuer identifier. key_id: a DID URL of the signer's key if the
    credential is to be bound to a DID, else None. Raises KeyMismatch if it names another key.
    """
    header: Claims = {"typ": TYP}
    if key_id is None:
        header["jwk"] = encode_jwk(signer.public_key)
    elif parse_self_describing(key_id) == signer.public_key:
        header["kid"] = key_id
    else:
        raise KeyMismatch("the DID URL names another key than the signer's")
    claims: Claims = {"aud": audience, "iat": int(issued_at.timestamp()), "nonce": nonce}
    return sign_claims(header, claims, signer)


def verify_key_proofs(
    proofs: Sequence[str],
    terms: KeyProofTerms,
    *,
    is_live_nonce: Callable[[str], bool],
    now: datetime,
) -> tuple[KeyProof, ...]:
    """Verify every key proof of one request, in order; no two may be for the same key.

    Errors: see `verify_key_proof`. No proof at all is InvalidProof.
    """
    if not proofs:
        raise InvalidProof("the request has no key proof")
    verified = tuple(
        verify_key_proof(proof, terms, is_live_nonce=is_live_nonce, now=now) for proof in proofs
    )
    if len({proof.key for proof in verified}) != len(verified):
        raise InvalidProof("two key proofs are for the same key")
    return verified


def verify_key_proof(
    proof: str,
    terms: KeyProofTerms,
    *,
    is_live_nonce: Callable[[str], bool],
    now: datetime,
) -> KeyProof:
    """Prove that a wallet holds the key it names, and said so to this issuer just now.

    is_live_nonce: whether we issued this nonce and it has not expired.
    Raises InvalidProof, or InvalidNonce if nothing but the nonce is wrong. Spec: F.1, F.4.
    """
    with refused_as(InvalidProof):
        if len(proof) > MAX_KEY_PROOF_CHARS:
            raise TooLarge("the key proof is too long")
        key, key_id = _named_key(peek_header(proof), terms)
        if key.type not in terms.key_types:
            raise Unsupported("the key proof's algorithm is not offered for this credential")
        claims = verify_compact(proof, key, typ=TYP).claims()
        _check_parties(claims, terms)
        issued_at = _check_times(claims, now)
        nonce = claims.text("nonce", max_chars=MAX_NONCE_CHARS)
    if not is_live_nonce(nonce):
        raise InvalidNonce("the nonce is not one of ours, or it has expired")
    return KeyProof(key=key, key_id=key_id, nonce=nonce, issued_at=issued_at)


def _named_key(header: JsonObject, terms: KeyProofTerms) -> tuple[PublicKey, str | None]:
    """The key in the header: the one place where a key may come from there, as it is what the
    signature is to prove."""
    if any(name in header for name in _OTHER_KEYS) or ("jwk" in header) == ("kid" in header):
        raise Malformed("the key proof's header names its key by either jwk or kid")
    key_id = header.text_or_none("kid")
    if key_id is None:
        key, method = parse_jwk(header.object("jwk")), BindingMethod.JWK.value
    elif "#" not in key_id:
        raise Malformed("the key proof's kid must be an absolute DID URL with a fragment")
    else:
        key, method = parse_self_describing(key_id), key_id.rpartition(":")[0]
    if method not in terms.binding_methods:
        raise Unsupported("the key proof names its key in a way not offered for this credential")
    return key, key_id


def _check_parties(claims: JsonObject, terms: KeyProofTerms) -> None:
    if claims.text("aud") != terms.audience:
        raise Malformed("the key proof is addressed to another issuer")
    if "iss" in claims and (terms.client_id is None or claims.text("iss") != terms.client_id):
        raise Malformed("the key proof's iss must be the client_id, and absent without one")


def _check_times(claims: JsonObject, now: datetime) -> datetime:
    issued_at = claims.numeric_date("iat")
    if not now - MAX_KEY_PROOF_AGE - LEEWAY <= issued_at <= now + LEEWAY:
        raise Expired("the key proof was not signed just now")
    stated = Validity(claims.numeric_date_or_none("nbf"), claims.numeric_date_or_none("exp"))
    stated.check(now, LEEWAY)
    return issued_at
