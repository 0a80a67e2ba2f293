"""The credential endpoint's act: who gets what, once, and each reason why nobody gets anything."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from credentials.did_key import did_key_method, encode_did_key
from credentials.errors import Error
from credentials.keys import Ed25519Signer
from credentials.model import Serialized, StatusReference, Verified
from credentials.securing import mechanism_of
from issuer.actions.change_status import StatusChange
from issuer.actions.make_offer import MadeOffer
from issuer.catalogue import MAX_PROOFS
from issuer.errors import StatusListFull
from issuer.models import EntitlementRow, OfferRow, StatusEntryRow
from openid4vc.credential_request import CredentialRequest
from openid4vc.errors import (
    CredentialRequestDenied,
    InvalidProof,
    InvalidToken,
    UnknownCredentialConfiguration,
    UnknownCredentialIdentifier,
)
from storage.key_file import KeyPurpose
from tests.simulators.issuing_office import (
    CERTIFICATE,
    GU,
    LABOR,
    RESIDENCY,
    URL,
    IssuingOffice,
    holder,
    persona,
    refused,
    with_entropy,
)

AUDIENCE = f"{URL}/issuers/{GU}"
ED25519 = Ed25519Signer(bytes([9]) * 32)
DID_KEY = did_key_method(encode_did_key(ED25519.public_key))
LDP_VC = f"{RESIDENCY}.ldp_vc"
YOUTH = "YouthAllowanceEligibilityCredential"


@pytest.fixture
def made(office: IssuingOffice) -> MadeOffer:
    """An offer of an SD-JWT VC to P01."""
    return office.offer(office.approve("P01"))


@pytest.fixture
def token(office: IssuingOffice, made: MadeOffer) -> str:
    """An access token for it."""
    return office.token(made)


def verified(office: IssuingOffice, serialized: Serialized) -> Verified:
    """What GU-11620 has signed, with the key that the credential's mechanism is for."""
    mechanism = mechanism_of(serialized)
    unverified = mechanism.parse(serialized)
    fragment = unverified.key_id.partition("#")[2]
    key = office.context.keystore.signer(f"{GU}/{fragment}", KeyPurpose.ASSERTION).public_key
    return mechanism.verify(unverified, key)


def entries(office: IssuingOffice, made: MadeOffer) -> list[int]:
    with office.database.reading() as session:
        rows = select(StatusEntryRow.idx).where(
            StatusEntryRow.entitlement_id == made.entitlement_id
        )
        return list(session.scalars(rows))


# ---- what is issued ----


def test_issues_the_approved_claims_bound_to_the_proven_key(
    office: IssuingOffice, made: MadeOffer, token: str
) -> None:
    (credential,) = office.issue(token, office.request(holder(1)))
    found = verified(office, credential)
    assert found.issuer == office.agency().did
    assert found.holder == holder(1).public_key
    assert found.claims["nameKo"] == persona("P01")["nameKo"]
    assert found.claims["residentOfSeoul"] is True
    assert found.issued_at == office.clock()
    (index,) = entries(office, made)
    assert [(status.uri, status.index) for status in found.status] == [
        (f"{URL}/status/{GU}-1", index)
    ]


def test_a_w3c_credential_is_bound_to_a_did_and_names_both_lists(office: IssuingOffice) -> None:
    made = office.offer(office.approve("P01"), credential_format="ldp_vc")
    proof = office.proof(ED25519, key_id=DID_KEY)
    request = CredentialRequest(configuration_id=LDP_VC, identifier=None, proofs=(proof,))
    (credential,) = office.issue(office.token(made), request)
    found = verified(office, credential)
    assert found.holder == ED25519.public_key
    (index,) = entries(office, made)
    assert {(status.uri, status.index) for status in found.status} == {
        (f"{URL}/status/{GU}-1/revocation", index),
        (f"{URL}/status/{GU}-1/suspension", index),
    }


def test_times_are_whole_seconds_and_say_nothing_finer(office: IssuingOffice) -> None:
    office.clock.advance(milliseconds=750)
    made = office.offer(office.approve("P01"))
    (credential,) = office.issue(office.token(made), office.request(holder(1)))
    assert verified(office, credential).issued_at == office.clock().replace(microsecond=0)


def test_a_batch_is_one_credential_for_each_key_each_with_its_own_place(
    office: IssuingOffice, made: MadeOffer, token: str
) -> None:
    signers = [holder(number) for number in range(1, MAX_PROOFS + 1)]
    found = [verified(office, it) for it in office.issue(token, office.request(*signers))]
    assert [it.holder for it in found] == [signer.public_key for signer in signers]
    places: set[StatusReference] = {status for it in found for status in it.status}
    assert len(places) == MAX_PROOFS
    assert {place.index for place in places} == set(entries(office, made))


def test_what_was_issued_is_noted_and_the_wallets_name_forgotten(
    office: IssuingOffice, made: MadeOffer
) -> None:
    token = office.redeem(office.code(made), made.tx_code, client_id="wallet.example")
    office.issue(token, office.request(holder(1)))
    with office.database.reading() as session:
        entitlement = session.get_one(EntitlementRow, made.entitlement_id)
        offers = select(OfferRow).where(OfferRow.entitlement_id == made.entitlement_id)
        offer = session.scalars(offers).one()
    assert (entitlement.state, offer.state, offer.client_id) == ("issued", "issued", None)


# ---- once ----


def test_a_token_is_good_for_one_request(office: IssuingOffice, token: str) -> None:
    office.issue(token, office.request(holder(1)))
    with refused(office, CredentialRequestDenied):
        office.issue(token, office.request(holder(2)))


def test_after_a_refusal_the_wallet_may_try_again(office: IssuingOffice, token: str) -> None:
    request = office.request(holder(1))
    with refused(office, InvalidProof):
        office.issue(token, replace(request, proofs=()))
    office.issue(token, request)


# ---- the token ----


def test_refuses_a_token_that_was_never_given(office: IssuingOffice) -> None:
    with refused(office, InvalidToken):
        office.issue("A" * 43, office.request(holder(1)))


def test_refuses_a_code_in_place_of_a_token(office: IssuingOffice, made: MadeOffer) -> None:
    code = office.code(made)
    office.redeem(code, made.tx_code)
    with refused(office, InvalidToken):
        office.issue(code, office.request(holder(1)))


def test_refuses_another_agencys_token(office: IssuingOffice, token: str) -> None:
    with refused(office, InvalidToken):
        office.issue(token, office.request(holder(1), agency=LABOR), agency=LABOR)


# ---- what is asked for ----


@pytest.mark.parametrize(
    ("configuration_id", "identifier", "refusal"),
    [
        pytest.param(LDP_VC, None, UnknownCredentialConfiguration, id="another format"),
        pytest.param(
            f"{CERTIFICATE}.dc+sd-jwt", None, UnknownCredentialConfiguration, id="another type"
        ),
        pytest.param(RESIDENCY, None, UnknownCredentialConfiguration, id="no format"),
        pytest.param(
            None, f"{RESIDENCY}.dc+sd-jwt", UnknownCredentialIdentifier, id="an identifier"
        ),
    ],
)
def test_refuses_to_issue_what_was_not_offered(
    office: IssuingOffice,
    token: str,
    configuration_id: str | None,
    identifier: str | None,
    refusal: type[Error],
) -> None:
    request = replace(
        office.request(holder(1)), configuration_id=configuration_id, identifier=identifier
    )
    with refused(office, refusal):
        office.issue(token, request)


# ---- what is denied for good ----


def test_denies_what_was_revoked_meanwhile(
    office: IssuingOffice, made: MadeOffer, token: str
) -> None:
    office.change(made.entitlement_id, StatusChange.REVOKE, "R02")
    with refused(office, CredentialRequestDenied):
        office.issue(token, office.request(holder(1)))


def test_denies_what_was_to_be_claimed_by_now(office: IssuingOffice) -> None:
    approved = office.approve("P01")
    office.clock.set(approved.claim_by - timedelta(minutes=1))
    token = office.token(office.offer(approved))
    office.clock.advance(minutes=1)
    with refused(office, CredentialRequestDenied):
        office.issue(token, office.request(holder(1)))


@pytest.mark.parametrize(
    "permissions", [frozenset[str](), frozenset({CERTIFICATE}), frozenset({f"{RESIDENCY}/x"})]
)
def test_denies_what_the_registry_does_not_let_the_agency_issue(
    office: IssuingOffice, token: str, permissions: frozenset[str]
) -> None:
    with refused(office, CredentialRequestDenied):
        office.issue(token, office.request(holder(1)), permissions=permissions)


def test_the_right_to_a_subtype_is_no_right_to_another(office: IssuingOffice) -> None:
    career = persona("P01", CERTIFICATE)
    approved = office.approve(career, agency=LABOR, type_name=CERTIFICATE)
    token = office.token(office.offer(approved), agency=LABOR)
    request = office.request(holder(1), agency=LABOR, type_name=CERTIFICATE)
    for permissions in ({CERTIFICATE}, {f"{CERTIFICATE}/appointment"}):
        with refused(office, CredentialRequestDenied):
            office.issue(token, request, agency=LABOR, permissions=frozenset(permissions))
    office.issue(token, request, agency=LABOR, permissions=frozenset({f"{CERTIFICATE}/career"}))


def test_denies_what_does_not_hold_any_more_today(office: IssuingOffice) -> None:
    # The round closed on 16 March, and thirty days more: 15 April is the last day.
    approved = office.approve(persona("P01", YOUTH), type_name=YOUTH, permissions={YOUTH})
    office.clock.advance(days=33, hours=11, minutes=59)  # 2026-04-15T14:59Z
    token = office.token(office.offer(approved))
    request = office.request(holder(1), type_name=YOUTH)
    office.clock.advance(minutes=1)
    with refused(office, CredentialRequestDenied):
        office.issue(token, request, permissions=frozenset({YOUTH}))
    office.clock.advance(seconds=-1)
    office.issue(token, request, permissions=frozenset({YOUTH}))


def test_a_list_without_a_free_place_issues_nothing(office: IssuingOffice) -> None:
    def always_the_same(size: int) -> bytes:
        return bytes(size)

    clumsy = with_entropy(office, always_the_same)
    first, second = (office.token(office.offer(office.approve("P01"))) for _ in range(2))
    clumsy.issue(first, office.request(holder(1)))
    with refused(office, StatusListFull):
        clumsy.issue(second, office.request(holder(2)))
