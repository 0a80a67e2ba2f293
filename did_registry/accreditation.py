"""What the root lets others do: issuers' accreditations (#37) and verifiers' registrations (#39).

Both are credentials of the catalogue, signed by the root with eddsa-jcs-2022, and each stands in
the log as a leaf; here they become values that answer a question.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final, TypeVar

from credentials.claims import Claims
from credentials.errors import KeyMismatch, Malformed, Unsupported
from credentials.json_object import JsonObject
from credentials.keys import PublicKey, Signer
from credentials.model import Content, Disclosure, Verified
from credentials.securing.eddsa_jcs_2022 import MECHANISM
from credentials.strict_json import JsonValue
from credentials.validity import Validity
from did_registry.document import Purpose
from did_registry.webvh.history import History

ISSUER_TYPE: Final = "IssuerAccreditationCredential"
VERIFIER_TYPE: Final = "VerifierRegistrationCredential"
MAX_TYPES: Final = 64
MAX_ATTRIBUTES: Final = 128


@dataclass(frozen=True, slots=True, kw_only=True)
class Accreditation:
    """An agency's right to issue.

    types: `Type`, or `Type/subtype` where a type has subtypes (`schemas.permission`).

    validity: from the later of what the credential says and when it was logged.
    """

    did: str
    types: frozenset[str]
    name_ko: str
    name_en: str
    validity: Validity


@dataclass(frozen=True, slots=True, kw_only=True)
class VerifierRegistration:
    """What a verifier may ask for, what for, and how long it may keep it.

    attributes: `Type.claim` with the claim path joined by dots, as in
    `SeoulResidencyCredential.residentOfGu.11620`. purpose_ko, purpose_en: for the consent text.
    """

    did: str
    attributes: frozenset[str]
    purpose_ko: str
    purpose_en: str
    legal_basis: str
    retention_days: int
    name_ko: str
    name_en: str
    validity: Validity


Right = TypeVar("Right", bound=Accreditation | VerifierRegistration)


def sign_by_root(
    type_url: str,
    type_name: str,
    claims: Claims,
    *,
    integrity: Mapping[str, str],
    root: str,
    key_id: str,
    signer: Signer,
    validity: Validity,
    now: datetime,
) -> Claims:
    """Sign one of the two credentials as the registry's root; `claims` are those of its type."""
    content = Content(
        type_url=type_url,
        type_name=type_name,
        integrity=integrity,
        issuer=root,
        issued_at=now,
        validity=validity,
        claims=claims,
        disclosure=Disclosure(),
        holder=None,
        status_uri=None,
        status_index=None,
    )
    signed = MECHANISM.secure(content, signer=signer, key_id=key_id, entropy=_no_entropy)
    assert isinstance(signed, dict)
    return signed


def verify_by_root(
    credential: JsonValue, root: History, *, logged_at: datetime
) -> tuple[Verified, PublicKey]:
    """Prove that the root signed a credential with a key that it had when this was logged.

    Returns that key as well: whether it was declared compromised before, the caller knows.

    Raises UnknownKey, KeyMismatch, SignatureInvalid, Malformed or Unsupported.
    """
    unverified = MECHANISM.parse(JsonObject(credential, "the leaf's credential").members)
    if unverified.issuer != str(root.did):
        raise KeyMismatch("only the registry's root accredits issuers and registers verifiers")
    # The log vouches for the time here, so a key that was retired later needs no other evidence.
    found = root.key_at(unverified.key_id, Purpose.ASSERTION, logged_at)
    verified = MECHANISM.verify(unverified, found.key)
    if verified.validity.not_after is None:
        raise Unsupported("a right that never ends is not given")
    return verified, found.key


def read_accreditation(verified: Verified, *, logged_at: datetime) -> Accreditation:
    """The accreditation that a verified credential of the root is. Raises Malformed."""
    claims = _claims_of(verified, ISSUER_TYPE)
    return Accreditation(
        did=claims.text("issuerDid"),
        types=frozenset(claims.texts("allowedTypes", max_items=MAX_TYPES)),
        name_ko=claims.text("nameKo"),
        name_en=claims.text("nameEn"),
        validity=_since_logged(verified, logged_at),
    )


def read_registration(verified: Verified, *, logged_at: datetime) -> VerifierRegistration:
    """The registration that a verified credential of the root is. Raises Malformed."""
    claims = _claims_of(verified, VERIFIER_TYPE)
    return VerifierRegistration(
        did=claims.text("verifierDid"),
        attributes=frozenset(claims.texts("attributes", max_items=MAX_ATTRIBUTES)),
        purpose_ko=claims.text("purpose"),
        purpose_en=claims.text("purposeEn"),
        legal_basis=claims.text("legalBasis"),
        retention_days=claims.integer("retentionDays"),
        name_ko=claims.text("nameKo"),
        name_en=claims.text("nameEn"),
        validity=_since_logged(verified, logged_at),
    )


def ended(rights: tuple[Right, ...], since: datetime) -> tuple[Right, ...]:
    """The same rights, none of which holds at `since` or later; one that had not begun is gone."""
    return tuple(
        replace(right, validity=Validity(begins, min(ends, since)))
        for right in rights
        if (begins := _begin(right)) < since and (ends := _end(right))
    )


def _begin(right: Accreditation | VerifierRegistration) -> datetime:
    assert right.validity.not_before is not None  # a right begins when it is logged at the earliest
    return right.validity.not_before


def _end(right: Accreditation | VerifierRegistration) -> datetime:
    assert right.validity.not_after is not None  # a right that never ends is not given
    return right.validity.not_after


def _claims_of(verified: Verified, type_name: str) -> JsonObject:
    if verified.type_names != (type_name,):
        raise Malformed(f"the leaf's credential is not a {type_name}")
    return JsonObject(verified.claims, "credentialSubject")


def _since_logged(verified: Verified, logged_at: datetime) -> Validity:
    """A right can't be given backwards in time: it begins when everybody could see it."""
    begins = verified.validity.not_before
    return Validity(
        logged_at if begins is None else max(begins, logged_at), verified.validity.not_after
    )


def _no_entropy(_: int) -> bytes:
    raise RuntimeError("eddsa-jcs-2022 draws no randomness")
