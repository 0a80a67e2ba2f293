"""The checks, one function each. A check never raises for what a stranger sent: it finds.

What a check may rely on stands in its arguments: `Unverified` for those that only look up a key,
`Verified` for all that decide.
"""

from datetime import datetime

from credentials.errors import (
    BindingInvalid,
    Error,
    Expired,
    KeyMismatch,
    NotYetValid,
    SignatureInvalid,
    TooLarge,
    Unsupported,
)
from credentials.keys import PublicKey
from credentials.model import HolderBinding, Serialized, Unverified, Verified
from credentials.securing import mechanism_of, mechanisms
from credentials.status.bits import State
from credentials.validity import LEEWAY
from did_registry.definition import is_defined_as_logged
from did_registry.document import Purpose
from did_registry.errors import DidInvalid, UnknownDid, UnknownKey
from did_registry.view import RegistryView
from did_registry.webvh.history import KeyAt
from schemas.catalogue import identify
from schemas.claim_checks import verify_claims
from schemas.credential_type import Binding, CredentialType, permission
from schemas.errors import InvalidClaims, UnknownType
from verifier.decision import Failed, Finding, NotApplicable, Passed, Unknown
from verifier.errors import StatusRolledBack, StatusUnavailable
from verifier.evidence import Evidence
from verifier.policy import Policy
from verifier.question import Question


def check_format(presented: Serialized, policy: Policy) -> Finding[Unverified]:
    """Is it a credential or presentation in a form that counts here, to the letter?"""
    try:
        mechanism = mechanism_of(presented)
        if mechanism.name not in policy.mechanisms:
            return Unknown("unsupported")
        return Passed(mechanism.parse(presented))
    except TooLarge:
        return Failed("too-large")
    except Unsupported:
        return Unknown("unsupported")
    except Error:
        return Failed("malformed")


def check_registry(evidence: Evidence, policy: Policy, now: datetime) -> Finding[RegistryView]:
    """Is the registry known, believable, and known recently enough?"""
    try:
        view = evidence.registry(now)
    except Error:
        return Unknown("registry-unavailable")
    if now - view.as_of > policy.registry_age:
        return Unknown("registry-stale")
    return Passed(view)


def check_issuer_key(unverified: Unverified, view: RegistryView) -> Finding[KeyAt]:
    """Did the key that the header names stand in the issuer's `assertionMethod` at time of issue?

    The key comes from the registry alone; one that travels with the credential is never looked at.
    """
    try:
        return Passed(view.key_at(unverified.key_id, Purpose.ASSERTION, unverified.issued_at))
    except (DidInvalid, UnknownDid):
        return Failed("issuer-unknown")
    except UnknownKey:
        return Failed("key-unknown")
    except Error:
        return Failed("key-mismatch")


def check_time_of_signing(found: KeyAt) -> Finding[None]:
    """Is the time of issue more than the signer's word? (Decision 0003.)

    As long as the key is still listed, its owner could sign today as well, and the word is enough.
    """
    return Passed(None) if found.retired_at is None else Unknown("time-of-signing-unknown")


def check_signature(unverified: Unverified, key: PublicKey) -> Finding[Verified]:
    """Did the owner of the registered key sign exactly this?"""
    try:
        return Passed(mechanisms()[unverified.mechanism].verify(unverified, key))
    except KeyMismatch:
        return Failed("key-mismatch")
    except SignatureInvalid:
        return Failed("signature-invalid")
    except Error:
        return Failed("malformed")


def check_accreditation(
    verified: Verified, view: RegistryView, registry_url: str
) -> Finding[CredentialType]:
    """Had the root let this issuer issue this type, and subtype, at the time of issue?"""
    try:
        found = identify(verified.type_url, verified.type_names, registry_url)
    except UnknownType:
        return Failed("type-unknown")
    held = view.find_accreditation(
        verified.issuer, permission(found, verified.claims), verified.issued_at
    )
    return Passed(found) if held is not None else Failed("not-accredited")


def check_schema(
    verified: Verified, credential_type: CredentialType, view: RegistryView, registry_url: str
) -> Finding[None]:
    """Is the type's definition the one that stands in the log, and do the claims fit it?"""
    if not is_defined_as_logged(credential_type, verified.integrity, view, registry_url):
        return Failed("schema-differs")
    try:
        verify_claims(credential_type, verified.claims)
    except InvalidClaims:
        return Failed("claims-invalid")
    return Passed(None)


def check_validity(verified: Verified, now: datetime) -> Finding[None]:
    """Is it valid today?"""
    try:
        verified.validity.check(now, LEEWAY)
    except NotYetValid:
        return Failed("not-yet-valid")
    except Expired:
        return Failed("expired")
    return Passed(None)


def check_status(
    verified: Verified, credential_type: CredentialType, evidence: Evidence, now: datetime
) -> Finding[None]:
    """Has the issuer suspended or revoked it, as far as its lists tell now?

    Every list that it names is asked; what is revoked outweighs what is suspended.
    """
    if not credential_type.status:
        return NotApplicable("status-none")
    if not verified.status:
        return Failed("status-missing")
    try:
        states = {evidence.status(item, verified.issuer, now) for item in verified.status}
    except StatusRolledBack:
        return Unknown("status-rolled-back")
    except StatusUnavailable:
        return Unknown("status-unavailable")
    except Error:
        return Unknown("status-invalid")
    if State.REVOKED in states:
        return Failed("status-revoked")
    return Failed("status-suspended") if State.SUSPENDED in states else Passed(None)


def check_holder(
    unverified: Unverified,
    verified: Verified,
    credential_type: CredentialType,
    question: Question | None,
) -> Finding[HolderBinding]:
    """Did the key that the credential is bound to sign this presentation?

    Without a question, a credential on its own is a document; its bearer is then to be checked.
    """
    if credential_type.binding is not Binding.HOLDER_KEY:
        return NotApplicable("bound-to-nobody")
    if verified.holder is None:
        return Failed("holder-missing")
    try:
        binding = mechanisms()[unverified.mechanism].verify_holder(unverified, verified)
    except Error:
        return Failed("holder-mismatch")
    if binding is not None:
        return Passed(binding)
    return NotApplicable("bearer") if question is None else Failed("holder-missing")


def check_request(
    binding: HolderBinding | None, question: Question | None, now: datetime
) -> Finding[None]:
    """Was it made for this verifier and this question, just now, and is it the first answer?"""
    if question is None:
        return NotApplicable("no-question")
    if not question.is_open:
        return Failed("nonce-used")
    if binding is None:
        return NotApplicable("bound-to-nobody")
    try:
        binding.check(audience=question.client_id, nonce=question.nonce, now=now, leeway=LEEWAY)
    except BindingInvalid:
        return Failed("binding-invalid")
    return Passed(None)
