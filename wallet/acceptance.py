"""What a wallet checks before it keeps a credential: everything that a verifier would, and that it
is bound to the key that was made for it.

A holder who keeps a credential that nobody will accept finds out at the worst moment.
"""

from dataclasses import dataclass
from datetime import datetime

from credentials.keys import PublicKey
from credentials.model import Serialized, Verified
from credentials.securing import mechanism_of
from credentials.securing.mechanism import Mechanism
from credentials.validity import LEEWAY, Validity
from credentials.vcdm import CREDENTIAL
from did_registry.accreditation import Accreditation
from did_registry.definition import is_defined_as_logged
from did_registry.document import Purpose
from did_registry.view import RegistryView
from openid4vc.credential_configuration import CredentialConfiguration
from schemas.catalogue import identify
from schemas.claim_checks import verify_claims
from schemas.credential_type import Binding, CredentialType, permission
from schemas.errors import UnknownType
from wallet.errors import IssuerNotTrusted, NotAsOffered


@dataclass(frozen=True, slots=True, kw_only=True)
class Accepted:
    """A credential that was found in order. issuer: as the registry names it."""

    serialized: Serialized
    verified: Verified
    type: CredentialType
    mechanism: Mechanism
    issuer: Accreditation


def find_issuer_did(view: RegistryView, credential_issuer: str, now: datetime) -> str:
    """The accredited agency that says it is reached at this Credential Issuer Identifier.

    Asked before anything is sent there: a tx_code must not be typed for a stranger. Raises
    IssuerNotTrusted if there is none, or more than one.
    """
    found = [
        did
        for did in view.accreditations
        if view.accreditations_at(did, now) and credential_issuer in view.credential_issuers(did)
    ]
    if len(found) != 1:
        raise IssuerNotTrusted("the registry knows no agency that issues at this address")
    return found[0]


def accept(
    serialized: Serialized,
    *,
    issuer_did: str,
    offered: CredentialConfiguration,
    holder: PublicKey,
    view: RegistryView,
    registry_url: str,
    now: datetime,
) -> Accepted:
    """Check a credential that was just issued; nothing that fails here is kept.

    issuer_did: whom it was asked from; offered: what was asked for; holder: the key that was
    proven for it. Raises IssuerNotTrusted, NotAsOffered, or what the credential's own verification
    raises.
    """
    mechanism = mechanism_of(serialized)
    if mechanism.format != offered.format:
        raise NotAsOffered("the credential is in another format than was offered")
    unverified = mechanism.parse(serialized)
    if unverified.issuer != issuer_did:
        raise NotAsOffered("the credential is from another agency than the offer")
    key = view.key_at(unverified.key_id, Purpose.ASSERTION, unverified.issued_at)
    if key.retired_at is not None:
        raise IssuerNotTrusted("the agency signed with a key that it has retired")
    verified = mechanism.verify(unverified, key.key)
    _check_offered(verified, offered)
    credential_type, accreditation = _of_type(verified, view, registry_url)
    if not view.find_accreditation(issuer_did, permission(credential_type, verified.claims), now):
        raise IssuerNotTrusted("the agency's right to issue has ended; the date is from before")
    _check_schema(verified, credential_type, view, registry_url)
    verified.validity.check(now, LEEWAY)
    Validity(verified.issued_at, None).check(now, LEEWAY)
    if credential_type.status and not verified.status:
        raise NotAsOffered("the credential does not say where its status stands")
    _check_binding(verified, credential_type, holder)
    if mechanism.verify_holder(unverified, verified) is not None:
        raise NotAsOffered("a presentation came instead of a credential")
    return Accepted(
        serialized=serialized,
        verified=verified,
        type=credential_type,
        mechanism=mechanism,
        issuer=accreditation,
    )


def _check_offered(verified: Verified, offered: CredentialConfiguration) -> None:
    """One of the two names a type; the catalogue makes them agree with each other later."""
    names = tuple(name for name in offered.types if name != CREDENTIAL)
    if verified.type_names != names or offered.vct not in (None, verified.type_url):
        raise NotAsOffered("the credential is of another type than was offered")


def _of_type(
    verified: Verified, view: RegistryView, registry_url: str
) -> tuple[CredentialType, Accreditation]:
    try:
        found = identify(verified.type_url, verified.type_names, registry_url)
    except UnknownType as error:
        raise NotAsOffered("the credential is of a type that is not registered") from error
    held = view.find_accreditation(
        verified.issuer, permission(found, verified.claims), verified.issued_at
    )
    if held is None:
        raise IssuerNotTrusted("the agency may not issue this type of credential")
    return found, held


def _check_schema(
    verified: Verified, credential_type: CredentialType, view: RegistryView, registry_url: str
) -> None:
    if not is_defined_as_logged(credential_type, verified.integrity, view, registry_url):
        raise NotAsOffered("the credential's type is not defined as the registry has it")
    verify_claims(credential_type, verified.claims)


def _check_binding(verified: Verified, credential_type: CredentialType, holder: PublicKey) -> None:
    if credential_type.binding is Binding.HOLDER_KEY and verified.holder != holder:
        raise NotAsOffered("the credential is bound to another key than the one made for it")
