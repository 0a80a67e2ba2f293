"""The credential endpoint's act: key proofs in, credentials out, each in its own place of the list.

Everything that a stranger could get wrong is checked before the transaction's first write.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from credentials.errors import Expired
from credentials.issuance_proof import SALT_BYTES
from credentials.keys import PublicKey
from credentials.model import Serialized
from credentials.securing import mechanisms
from credentials.securing.mechanism import Mechanism
from issuer import batch_store as batches
from issuer import store
from issuer.actions.agencies import get_signing_agency
from issuer.actions.context import IssuerContext
from issuer.actions.entitlements import lock_entitlement
from issuer.agency import Agency
from issuer.catalogue import binding_methods, configuration_id
from issuer.entitlement import Entitlement, EntitlementState
from issuer.issuance_session import Event, State
from issuer.minting import Place, mint
from issuer.models import IssuedCredential, OfferRow
from issuer.secret_macs import NONCE_LIFETIME, SecretKind
from issuer.status_allocation import free_index
from openid4vc.credential_request import CredentialRequest, CredentialResponse
from openid4vc.errors import (
    CredentialRequestDenied,
    InvalidNonce,
    InvalidProof,
    InvalidToken,
    UnknownCredentialConfiguration,
    UnknownCredentialIdentifier,
)
from openid4vc.key_proof import KeyProof, KeyProofTerms, verify_key_proofs
from schemas.credential_type import Binding, permission


def issue_credential(
    session: Session,
    context: IssuerContext,
    agency: Agency,
    token: str,
    request: CredentialRequest,
    *,
    permissions: Collection[str],
    now: datetime,
) -> CredentialResponse:
    """Issue what the access token stands for, once, bound to the keys that are proven.

    One credential for each key proof, each with its own status index. permissions: what the
    registry lets the agency issue now; what no verifier would accept is not signed, and stays to be
    fetched. Raises InvalidToken, UnknownCredentialConfiguration, UnknownCredentialIdentifier,
    InvalidProof, InvalidNonce or CredentialRequestDenied. Spec: OpenID4VCI 1.0 §8.
    """
    # Dated no earlier than the keys that sign: they may have changed since this request came.
    agency = get_signing_agency(session, context.settings, agency.code)
    now = max(now, agency.keys_since or now)
    entitlement, offer = _locked(session, context, agency, token, now)
    if State(offer.state) is not State.REDEEMED or not entitlement.is_open(now):
        raise CredentialRequestDenied("the credential was issued before, or is no longer offered")
    if permission(entitlement.type, entitlement.claims) not in permissions:
        raise CredentialRequestDenied("this agency may not issue this credential at present")
    issuance = _Issuance(
        session=session,
        context=context,
        agency=agency,
        entitlement=entitlement,
        mechanism=mechanisms()[offer.mechanism],
        client_id=offer.client_id,
        now=now.replace(microsecond=0),
    )
    holders = issuance.holders(request)
    if not store.move_offer(session, offer, Event.ISSUE):
        raise CredentialRequestDenied("the credential was issued before, or is no longer offered")
    store.move_entitlement(session, entitlement.id, EntitlementState.ISSUED)
    offer.client_id = None
    issued = tuple(issuance.mint(holder) for holder in holders)
    return CredentialResponse(credentials=issued, notification_id=None)


def _locked(
    session: Session, context: IssuerContext, agency: Agency, token: str, now: datetime
) -> tuple[Entitlement, OfferRow]:
    """What the token stands for, and nobody else can use or revoke it meanwhile."""
    mac = context.macs.digest(SecretKind.ACCESS_TOKEN, token)
    entitlement_id = store.find_offered_entitlement(session, agency.code, mac)
    if entitlement_id is None:
        raise InvalidToken("the access token is wrong or expired")
    entitlement = lock_entitlement(session, context, entitlement_id)
    offer = store.lock_offer_by_token(session, mac)
    if offer is None or offer.token_expires_at is None or now >= offer.token_expires_at:
        raise InvalidToken("the access token is wrong or expired")
    return entitlement, offer


@dataclass(frozen=True, slots=True, kw_only=True)
class _Issuance:
    """One request in its transaction."""

    session: Session
    context: IssuerContext
    agency: Agency
    entitlement: Entitlement
    mechanism: Mechanism
    client_id: str | None
    now: datetime

    def holders(self, request: CredentialRequest) -> Sequence[PublicKey | None]:
        """The keys to bind to, one a copy; (None,) for a type that is bound to nobody."""
        self._check_asked(request)
        if self.entitlement.type.binding is not Binding.HOLDER_KEY:
            if request.proofs:
                raise InvalidProof("this credential is bound to no key")
            return (None,)
        issuer = self.agency.credential_issuer
        proofs = verify_key_proofs(
            request.proofs,
            KeyProofTerms(
                audience=issuer,
                client_id=self.client_id,
                key_types=frozenset(self.mechanism.holder_key_types),
                binding_methods=frozenset(binding_methods(self.mechanism)),
            ),
            is_live_nonce=lambda nonce: self.context.macs.is_live_nonce(issuer, nonce, self.now),
            now=self.now,
        )
        self._use_nonce(proofs)
        return tuple(proof.key for proof in proofs)

    def mint(self, holder: PublicKey | None) -> Serialized:
        """One copy, in a place of its own in the status list, noted for the period's batch."""
        credential = self._mint(holder)
        digest = self.mechanism.issued_digest(self.mechanism.parse(credential))
        batches.note_issued(
            self.session,
            IssuedCredential(
                digest=digest,
                agency=self.agency.code,
                entitlement_id=self.entitlement.id,
                salt=self.context.entropy(SALT_BYTES),
                issued_at=self.now,
            ),
        )
        return credential

    def _mint(self, holder: PublicKey | None) -> Serialized:
        try:
            return mint(
                self.entitlement.type,
                self.entitlement.claims,
                agency=self.agency,
                registry_url=self.context.settings.registry_url,
                holder=holder,
                place=self._place(),
                mechanism=self.mechanism,
                signer=self.context.signer(self.agency, self.mechanism.key_types[0]),
                entropy=self.context.entropy,
                now=self.now,
            )
        except Expired as error:
            raise CredentialRequestDenied("what was approved no longer holds today") from error

    def _check_asked(self, request: CredentialRequest) -> None:
        if request.identifier is not None:
            raise UnknownCredentialIdentifier("this issuer gives out no credential identifiers")
        if request.configuration_id != configuration_id(self.entitlement.type, self.mechanism):
            raise UnknownCredentialConfiguration("the access token is for another credential")

    def _use_nonce(self, proofs: Sequence[KeyProof]) -> None:
        nonces = {proof.nonce for proof in proofs}
        if len(nonces) != 1:
            raise InvalidProof("all key proofs of one request have the same nonce")
        mac = self.context.macs.digest(SecretKind.NONCE, *nonces)
        if not store.use_nonce(self.session, mac, self.now + NONCE_LIFETIME, self.now):
            raise InvalidNonce("the nonce was used before")

    def _place(self) -> Place | None:
        if not self.entitlement.type.status:
            return None
        row = store.lock_status_list(self.session, self.agency.status_list)
        assert row is not None, "every agency has a status list from its first day on"
        index = free_index(
            row.size,
            lambda i: store.is_taken(self.session, row.id, i),
            self.context.entropy,
            epoch=self.context.epoch,
        )
        store.take_place(self.session, row.id, index, self.entitlement.id, self.now)
        return Place(uri=self.agency.status_uri(), index=index)
