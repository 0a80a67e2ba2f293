"""Logs the root's decisions: who may issue what, and who may ask for what."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy.orm import Session

from credentials.claims import Claims
from credentials.keys import Signer
from credentials.validity import Validity
from did_registry.accreditation import ISSUER_TYPE, VERIFIER_TYPE, sign_by_root
from did_registry.actions.append import LeafDraft, append
from did_registry.admission import Asking
from did_registry.leaf import LeafKind
from did_registry.webvh.did import Did
from schemas.catalogue import get, type_url
from schemas.claim_checks import parse_entered
from schemas.labels import Label
from schemas.published_documents import integrity
from schemas.seoul_calendar import day_in_seoul

ACCREDITED_FOR: Final = timedelta(days=730)  # catalogue #37
REGISTERED_FOR: Final = timedelta(days=365)  # catalogue #39


@dataclass(frozen=True, slots=True, kw_only=True)
class RootAuthority:
    """The registry's root: its DID, and the key with which it signs its decisions.

    registry_url: where types are published, without a slash at its end.
    """

    did: Did
    key_id: str
    signer: Signer
    registry_url: str


def accredit_issuer(
    session: Session, root: RootAuthority, claims: Claims, *, subject: Did, now: datetime
) -> int:
    """Give an agency the right to issue; `claims` are those of #37. Returns the leaf's index.

    Raises InvalidClaims.
    """
    credential = _sign(root, ISSUER_TYPE, claims, ACCREDITED_FOR, now)
    return _log(session, LeafKind.ACCREDITATION, subject, credential, now)


def register_verifier(
    session: Session, root: RootAuthority, claims: Claims, *, subject: Did, now: datetime
) -> int:
    """Register what a verifier may ask for; `claims` are those of #39. Returns the leaf's index.

    Raises InvalidClaims.
    """
    credential = _sign(root, VERIFIER_TYPE, claims, REGISTERED_FOR, now)
    return _log(session, LeafKind.VERIFIER, subject, credential, now)


def issuer_claims(did: Did, name: Label, types: Sequence[str]) -> Claims:
    """The claims of #37 for an agency. types: `Type` or `Type/subtype`."""
    return {
        "issuerDid": str(did),
        "allowedTypes": list(types),
        "nameKo": name.ko,
        "nameEn": name.en,
    }


def verifier_claims(did: Did, name: Label, asking: Asking) -> Claims:
    """The claims of #39 for a verifier."""
    return {
        "verifierDid": str(did),
        "nameKo": name.ko,
        "nameEn": name.en,
        "purpose": asking.purpose_ko,
        "purposeEn": asking.purpose_en,
        "legalBasis": asking.legal_basis,
        "attributes": list(asking.attributes),
        "retentionDays": asking.retention_days,
    }


def _sign(
    root: RootAuthority, type_name: str, claims: Claims, life: timedelta, now: datetime
) -> Claims:
    credential_type, begins = get(type_name), now.replace(microsecond=0)
    return sign_by_root(
        type_url(credential_type, root.registry_url),
        type_name,
        parse_entered(credential_type, claims, day_in_seoul(now)),
        integrity=integrity(credential_type, root.registry_url),
        root=str(root.did),
        key_id=root.key_id,
        signer=root.signer,
        validity=Validity(begins, begins + life),
        now=begins,
    )


def _log(session: Session, kind: LeafKind, subject: Did, credential: Claims, now: datetime) -> int:
    draft = LeafDraft(kind=kind, subject=subject.scid, body={"credential": credential})
    return append(session, [draft], now=now)[0]
