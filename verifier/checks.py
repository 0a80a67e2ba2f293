"""The checks, one function each; that of the status has a file of its own, `status_check.py`.

A check never raises for what a stranger sent: it finds.

What a check may rely on stands in its arguments: `Unverified` for those that only look up a key,
`Verified` for all that decide.
"""

from datetime import datetime
from typing import Final

from credentials.errors import (
    BindingInvalid,
    Error,
    Expired,
    KeyMismatch,
    Malformed,
    NotYetValid,
    SignatureInvalid,
    TooLarge,
    Unsupported,
)
from credentials.jws import peek_header
from credentials.keys import PublicKey
from credentials.model import HolderBinding, Serialized, Unverified, Verified
from credentials.presentation_qr import check_window
from credentials.securing import mechanism_of, mechanisms
from credentials.validity import LEEWAY, Validity
from did_registry.definition import is_defined_as_logged
from did_registry.view import RegistryView
from schemas.catalogue import identify
from schemas.claim_checks import verify_claims
from schemas.credential_type import Binding, CredentialType, permission
from schemas.errors import InvalidClaims, UnknownType
from verifier.decision import Failed, Finding, NotApplicable, Passed, Unknown
from verifier.evidence import Evidence
from verifier.policy import Policy
from verifier.question import Occasion, Question, Window

# Credentials and presentations as JWTs. VC-JOSE-COSE 1.0 §6.1.
_OTHER_TOKENS: Final = frozenset({"vc+jwt", "vp+jwt"})


def check_format(presented: Serialized, policy: Policy) -> Finding[Unverified]:
    """Is it a credential or presentation in a form that counts here, to the letter?"""
    try:
        mechanism = mechanism_of(presented)
    except Error:
        return Unknown("unsupported") if _is_signed(presented) else Failed("malformed")
    if mechanism.name not in policy.mechanisms:
        return Unknown("unsupported")
    try:
        return Passed(mechanism.parse(presented))
    except TooLarge:
        return Failed("too-large")
    except Unsupported:
        return Unknown("unsupported")
    except Error:
        return Failed("malformed")


def looks_like_one(presented: Serialized) -> bool:
    """Whether this has the shape of a credential or presentation, of ours or of others."""
    try:
        mechanism_of(presented)
    except Error:
        return _is_signed(presented)
    return True


def _is_signed(presented: Serialized) -> bool:
    """Whether what no mechanism here knows is signed in a way that others may know."""
    if isinstance(presented, dict):
        return not {"proof", "verifiableCredential"}.isdisjoint(presented)
    try:
        return peek_header(presented).text("typ") in _OTHER_TOKENS
    except Error:
        return False


def check_registry(evidence: Evidence, policy: Policy, now: datetime) -> Finding[RegistryView]:
    """Is the registry known, believable, and known recently enough?"""
    try:
        view = evidence.registry(now)
    except Error:
        return Unknown("registry-unavailable")
    if now - view.as_of > policy.registry_age:
        return Unknown("registry-stale")
    return Passed(view)


def check_signature(unverified: Unverified, key: PublicKey) -> Finding[Verified]:
    """Did the owner of the registered key sign exactly this?"""
    try:
        return Passed(mechanisms()[unverified.mechanism].verify(unverified, key))
    except KeyMismatch:
        return Failed("key-mismatch")
    except SignatureInvalid:
        return Failed("signature-invalid")
    except Unsupported:
        return Unknown("unsupported")
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
    """Is it valid today?

    A time of issue to come would let a right to issue count that has not begun.
    """
    try:
        verified.validity.check(now, LEEWAY)
        Validity(verified.issued_at, None).check(now, LEEWAY)
    except NotYetValid:
        return Failed("not-yet-valid")
    except Expired:
        return Failed("expired")
    return Passed(None)


def check_holder(
    unverified: Unverified,
    verified: Verified,
    credential_type: CredentialType,
    occasion: Occasion | None,
) -> Finding[HolderBinding]:
    """Did the key that the credential is bound to sign this presentation?

    Without an occasion, a credential on its own is a document; its bearer is then to be checked.
    """
    if credential_type.binding is not Binding.HOLDER_KEY:
        return NotApplicable("bound-to-nobody")
    if verified.holder is None:
        return Failed("holder-missing")
    try:
        binding = mechanisms()[unverified.mechanism].verify_holder(unverified, verified)
    except Unsupported:
        return Unknown("unsupported")
    except Error:
        return Failed("holder-mismatch")
    if binding is not None:
        return Passed(binding)
    return NotApplicable("bearer") if occasion is None else Failed("holder-missing")


def check_request(
    binding: HolderBinding | None, occasion: Occasion | None, now: datetime
) -> Finding[None]:
    """Was it made for this verifier and this question, or for a code in its window, just now?

    binding: None for what is bound to nobody. That it is the first answer is seen when it is
    stored, `actions/receive_response.py`, and that a code is new when it is taken,
    `actions/check_scan.py`.
    """
    if occasion is None:
        return NotApplicable("no-question")
    if binding is None:
        return NotApplicable("bound-to-nobody")
    try:
        _check_occasion(binding, occasion, now)
    except (BindingInvalid, Malformed):  # a window's nonce may be no moment at all
        return Failed("binding-invalid")
    return Passed(None)


def _check_occasion(binding: HolderBinding, occasion: Occasion, now: datetime) -> None:
    match occasion:
        case Question(client_id=client_id, nonce=nonce):
            binding.check(audience=client_id, nonce=nonce, now=now, leeway=LEEWAY)
        case Window():
            check_window(binding, now)
