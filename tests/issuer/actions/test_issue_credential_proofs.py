"""Key proofs at the credential endpoint: each differs from a good one in one thing.

What `openid4vc.key_proof` checks is tested there; here, that nothing of it is left out.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from credentials.claims import Claims
from credentials.did_key import did_key_method, encode_did_jwk, encode_did_key
from credentials.encoding import encode_base64url
from credentials.errors import Error
from credentials.jcs import canonicalize
from credentials.jwk import encode_jwk
from credentials.jws import sign_claims
from credentials.keys import Ed25519Signer, Signer
from issuer.actions.make_offer import MadeOffer
from issuer.models import UsedNonce
from openid4vc.credential_request import CredentialRequest
from openid4vc.errors import InvalidNonce, InvalidProof
from openid4vc.key_proof import TYP
from tests.simulators.issuing_office import (
    GU,
    LABOR,
    RESIDENCY,
    URL,
    IssuingOffice,
    holder,
    refused,
)

AUDIENCE = f"{URL}/issuers/{GU}"
ED25519 = Ed25519Signer(bytes([9]) * 32)
DID_KEY = did_key_method(encode_did_key(ED25519.public_key))
LDP_VC = f"{RESIDENCY}.ldp_vc"


@pytest.fixture
def made(office: IssuingOffice) -> MadeOffer:
    """An offer of an SD-JWT VC to P01."""
    return office.offer(office.approve("P01"))


@pytest.fixture
def token(office: IssuingOffice, made: MadeOffer) -> str:
    """An access token for it."""
    return office.token(made)


def good(office: IssuingOffice) -> tuple[Claims, Claims]:
    """Header and claims of a key proof that is accepted."""
    return (
        {"typ": TYP, "jwk": encode_jwk(holder(1).public_key)},
        {"aud": AUDIENCE, "iat": int(office.clock().timestamp()), "nonce": office.nonce()},
    )


def with_header(**changes: object) -> Callable[[IssuingOffice], str]:
    def proof(office: IssuingOffice) -> str:
        header, claims = good(office)
        return sign_claims(_changed(header, changes), claims, holder(1))

    return proof


def with_claims(**changes: object) -> Callable[[IssuingOffice], str]:
    def proof(office: IssuingOffice) -> str:
        header, claims = good(office)
        return sign_claims(header, _changed(claims, changes), holder(1))

    return proof


def with_time(name: str, **since_now: float) -> Callable[[IssuingOffice], str]:
    def proof(office: IssuingOffice) -> str:
        moment = office.clock() + timedelta(**since_now)
        return with_claims(**{name: int(moment.timestamp())})(office)

    return proof


def by_another_key(office: IssuingOffice) -> str:
    header, claims = good(office)
    return sign_claims(header, claims, holder(2))


def unsigned(office: IssuingOffice) -> str:
    header, claims = good(office)
    parts = (canonicalize({**header, "alg": "none"}), canonicalize(claims), b"")
    return ".".join(map(encode_base64url, parts))


def under_another_algorithm(office: IssuingOffice) -> str:
    _, payload, signature = office.proof(holder(1)).split(".")
    named = canonicalize({**good(office)[0], "alg": "EdDSA"})
    return ".".join((encode_base64url(named), payload, signature))


def with_a_nonce_of(audience: str) -> Callable[[IssuingOffice], str]:
    def proof(office: IssuingOffice) -> str:
        nonce = office.context.macs.new_nonce(audience, bytes(16), office.clock())
        return with_claims(nonce=nonce)(office)

    return proof


def with_an_old_nonce(office: IssuingOffice) -> str:
    nonce = office.nonce()
    office.clock.advance(minutes=5)
    return with_claims(nonce=nonce)(office)


def named_by(signer: Signer, key_id: str) -> Callable[[IssuingOffice], str]:
    return lambda office: office.proof(signer, key_id=key_id)


def _changed(valid: Claims, changes: "dict[str, object]") -> Claims:
    return {name: value for name, value in {**valid, **changes}.items() if value is not None}  # type: ignore[misc]


WRONG_PROOFS = {
    "for another issuer": (with_claims(aud=f"{URL}/issuers/{LABOR}"), InvalidProof),
    "for nobody": (with_claims(aud=None), InvalidProof),
    "from somebody, though the wallet is anonymous": (
        with_claims(iss="wallet.example"),
        InvalidProof,
    ),
    "without nonce": (with_claims(nonce=None), InvalidProof),
    "with a nonce of its own": (with_claims(nonce="A" * 50), InvalidNonce),
    "with another issuer's nonce": (with_a_nonce_of(f"{URL}/issuers/{LABOR}"), InvalidNonce),
    "with an old nonce": (with_an_old_nonce, InvalidNonce),
    "without time": (with_claims(iat=None), InvalidProof),
    "signed long ago": (with_time("iat", seconds=-361), InvalidProof),
    "signed in the future": (with_time("iat", seconds=61), InvalidProof),
    "expired": (with_time("exp", seconds=-61), InvalidProof),
    "not yet valid": (with_time("nbf", seconds=61), InvalidProof),
    "of another type": (with_header(typ="JWT"), InvalidProof),
    "of no type": (with_header(typ=None), InvalidProof),
    "without key": (with_header(jwk=None), InvalidProof),
    "with two names of its key": (with_header(kid=DID_KEY), InvalidProof),
    "with a certificate": (with_header(jwk=None, x5c=["AAAA"]), InvalidProof),
    "critical": (with_header(crit=["exp"], exp=1), InvalidProof),
    "signed by another key": (by_another_key, InvalidProof),
    "unsigned": (unsigned, InvalidProof),
    "under another algorithm": (under_another_algorithm, InvalidProof),
    "by did:key, where only bare keys are offered": (named_by(ED25519, DID_KEY), InvalidProof),
    "by did:jwk, where only bare keys are offered": (
        named_by(holder(1), encode_did_jwk(holder(1).public_key) + "#0"),
        InvalidProof,
    ),
    "no JWT at all": (lambda _: "proof", InvalidProof),
}


@pytest.mark.parametrize(("proof", "refusal"), WRONG_PROOFS.values(), ids=[*WRONG_PROOFS])
def test_refuses_a_key_proof_with_one_thing_wrong(
    office: IssuingOffice,
    token: str,
    proof: Callable[[IssuingOffice], str],
    refusal: type[Error],
) -> None:
    request = replace(office.request(holder(1)), proofs=(proof(office),))
    with refused(office, refusal):
        office.issue(token, request)


def test_accepts_the_key_proof_that_they_differ_from(office: IssuingOffice, token: str) -> None:
    proof = with_claims()(office)
    office.issue(token, replace(office.request(holder(1)), proofs=(proof,)))


@pytest.mark.parametrize("position", [0, 4, 9])
def test_checks_every_proof_of_a_batch(office: IssuingOffice, token: str, position: int) -> None:
    proofs = list(office.request(*map(holder, range(1, 11))).proofs)
    proofs[position] = proofs[position][:-4] + "AAAA"
    with refused(office, InvalidProof):
        office.issue(token, replace(office.request(holder(1)), proofs=tuple(proofs)))


def test_refuses_two_proofs_of_one_key(office: IssuingOffice, token: str) -> None:
    with refused(office, InvalidProof):
        office.issue(token, office.request(holder(1), holder(2), holder(1)))


def test_refuses_proofs_with_two_nonces(office: IssuingOffice, token: str) -> None:
    proofs = (office.proof(holder(1)), office.proof(holder(2)))
    with refused(office, InvalidProof):
        office.issue(token, replace(office.request(holder(1)), proofs=proofs))


def test_refuses_a_request_without_proofs(office: IssuingOffice, token: str) -> None:
    with refused(office, InvalidProof):
        office.issue(token, replace(office.request(holder(1)), proofs=()))


def test_a_bare_key_does_not_bind_a_w3c_credential(office: IssuingOffice) -> None:
    token = office.token(office.offer(office.approve("P01"), credential_format="ldp_vc"))
    proof = office.proof(ED25519)
    request = CredentialRequest(configuration_id=LDP_VC, identifier=None, proofs=(proof,))
    with refused(office, InvalidProof):
        office.issue(token, request)


def test_a_key_that_the_mechanism_does_not_use_binds_nothing(office: IssuingOffice) -> None:
    token = office.token(office.offer(office.approve("P01"), credential_format="ldp_vc"))
    proof = office.proof(holder(1), key_id=encode_did_jwk(holder(1).public_key) + "#0")
    request = CredentialRequest(configuration_id=LDP_VC, identifier=None, proofs=(proof,))
    with refused(office, InvalidProof):
        office.issue(token, request)


def test_a_wallet_that_said_its_name_signs_with_it(office: IssuingOffice, made: MadeOffer) -> None:
    token = office.redeem(office.code(made), made.tx_code, client_id="wallet.example")
    proofs = {name: with_claims(iss=name)(office) for name in ("wallet.example", "another.example")}
    request = office.request(holder(1))
    with refused(office, InvalidProof):
        office.issue(token, replace(request, proofs=(proofs["another.example"],)))
    office.issue(token, replace(request, proofs=(proofs["wallet.example"],)))


def test_a_name_is_not_carried_over_to_the_next_code(
    office: IssuingOffice, made: MadeOffer
) -> None:
    office.redeem(office.code(made), made.tx_code, client_id="wallet.example")
    office.clock.advance(minutes=10)
    token = office.token(made)
    proof = with_claims(iss="wallet.example")(office)
    with refused(office, InvalidProof):
        office.issue(token, replace(office.request(holder(1)), proofs=(proof,)))


def test_a_nonce_is_good_for_one_request(office: IssuingOffice) -> None:
    first, second = (office.token(office.offer(office.approve("P01"))) for _ in range(2))
    nonce = office.nonce()
    request = office.request(holder(1))
    office.issue(first, replace(request, proofs=(office.proof(holder(1), nonce=nonce),)))
    with refused(office, InvalidNonce):
        office.issue(second, replace(request, proofs=(office.proof(holder(2), nonce=nonce),)))


def test_nonces_that_are_dead_anyway_are_forgotten(office: IssuingOffice) -> None:
    office.issued("P01")
    office.clock.advance(minutes=5)
    office.issued("P01")
    with office.database.reading() as session:
        assert all(row.expires_at > office.clock() for row in session.scalars(select(UsedNonce)))


def test_a_nonce_is_remembered_for_as_long_as_it_lives(office: IssuingOffice) -> None:
    office.clock.advance(milliseconds=900)
    nonce = office.nonce()
    first, second = (office.token(office.offer(office.approve("P01"))) for _ in range(2))
    request = office.request(holder(1))
    office.issue(first, replace(request, proofs=(office.proof(holder(1), nonce=nonce),)))
    office.clock.advance(minutes=4, seconds=59, milliseconds=50)
    with refused(office, InvalidNonce):
        office.issue(second, replace(request, proofs=(office.proof(holder(2), nonce=nonce),)))
