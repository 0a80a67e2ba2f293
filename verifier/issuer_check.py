"""The checks of the issuer's key: whose it is, and whether the time of signing is proven.

An issuer whose DID stands elsewhere is asked for its keys before anything is decided. A host that
is away, or says what can't be believed, leaves the check unknown: that is no evidence against a
credential, and none for it.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from credentials.errors import (
    AnchorInChain,
    CertificateInvalid,
    CertificateNotForSigning,
    CertificateNotValidThen,
    CertificateOfAnother,
    CertificateSelfSigned,
    CertificateUntrusted,
    Error,
    Unsupported,
)
from credentials.model import Unverified, Verified
from credentials.securing import mechanisms
from did_registry.certified import find_signer, named_did
from did_registry.document import Purpose
from did_registry.elsewhere import ShownKeys
from did_registry.errors import (
    DidInvalid,
    DidNotProven,
    DidUnavailable,
    KeyCompromised,
    KeyHistoryUnknown,
    UnknownDid,
)
from did_registry.issuance_tree import find_batch
from did_registry.logged_root import LoggedBatch
from did_registry.view import RegistryView
from did_registry.webvh.history import KeyAt
from schemas.credential_type import CredentialType, permission
from verifier.decision import Failed, Finding, Passed, Unknown
from verifier.evidence import Evidence

_ISSUER_UNKNOWN: Final = Failed("issuer-unknown")
_KEY_UNKNOWN: Final = Failed("key-unknown")
_NO_ANCHOR: Final = Failed("certificate-untrusted")
_NOT_KNOWN: Final = (_ISSUER_UNKNOWN, _KEY_UNKNOWN, _NO_ANCHOR)


@dataclass(frozen=True, slots=True, kw_only=True)
class IssuerKey:
    """The key that a credential names. named: the credential with its issuer and key as they were
    found; view: the registry with what is known of the key's owner."""

    at: KeyAt
    named: Unverified
    view: RegistryView


def check_issuer_key(
    unverified: Unverified, view: RegistryView, evidence: Evidence, now: datetime
) -> Finding[IssuerKey]:
    """Did the key that the header names stand in the issuer's `assertionMethod` at time of issue?

    What the view does not know may be in the registry by now, so that is asked at once before the
    verdict is given; see `Evidence.newer_registry`.
    """
    found = _check(unverified, view, evidence, now)
    if found not in _NOT_KNOWN:
        return found
    try:
        newer = evidence.newer_registry(view, now)
    except Error:
        return Unknown("registry-unavailable")
    return found if newer is None else _check(unverified, newer, evidence, now)


def _check(
    unverified: Unverified, view: RegistryView, evidence: Evidence, now: datetime
) -> Finding[IssuerKey]:
    """The check against one view.

    The key comes from the registry, or for an admitted issuer from where its DID says. One that
    travels with the credential, in a certificate, counts if the DID lists it or an admitted anchor
    vouches for it.
    """
    try:
        if unverified.certificates:
            return Passed(_certified(unverified, view, evidence, now))
        return Passed(_listed(unverified, view, evidence, now))
    except DidUnavailable:
        return Unknown("issuer-unavailable")
    except DidNotProven:
        return Unknown("issuer-not-proven")
    except KeyHistoryUnknown:
        return Unknown("key-history-unknown")
    except (DidInvalid, UnknownDid):
        return _ISSUER_UNKNOWN
    except KeyCompromised:
        return Failed("key-compromised")
    except Unsupported:
        return Unknown("unsupported")
    except CertificateInvalid as error:
        return _refused_certificate(error)
    except Error:
        return _KEY_UNKNOWN


def _listed(
    unverified: Unverified, view: RegistryView, evidence: Evidence, now: datetime
) -> IssuerKey:
    known = evidence.with_keys_of(view, unverified.issuer, unverified.key_id, now)
    found = known.key_of(
        unverified.issuer, unverified.key_id, Purpose.ASSERTION, unverified.issued_at
    )
    return IssuerKey(at=found, named=unverified, view=known)


def _certified(
    unverified: Unverified, view: RegistryView, evidence: Evidence, now: datetime
) -> IssuerKey:
    certificates, did = unverified.certificates, named_did(unverified.certificates)
    known = view if did is None else evidence.with_keys_of(view, did, "", now)
    found = find_signer(certificates, unverified.issuer, known, time=unverified.issued_at, now=now)
    named = replace(unverified, issuer=found.issuer, key_id=found.key_id)
    return IssuerKey(at=found.at, named=named, view=known)


def _refused_certificate(error: CertificateInvalid) -> Failed:
    match error:
        case CertificateSelfSigned():
            return Failed("certificate-self-signed")
        case CertificateNotForSigning():
            return Failed("certificate-not-for-signing")
        case CertificateNotValidThen():
            return Failed("certificate-not-valid-then")
        case CertificateOfAnother():
            return Failed("certificate-of-another")
        case CertificateUntrusted():
            return _NO_ANCHOR
        case AnchorInChain():
            return Failed("anchor-in-chain")
        case _:
            return Failed("certificate-invalid")


def check_time_of_signing(
    found: IssuerKey,
    unverified: Unverified,
    verified: Verified,
    credential_type: CredentialType,
    evidence: Evidence,
    now: datetime,
) -> Finding[None]:
    """Is the time of issue more than the signer's word? (Decision 0003.)

    As long as the key is still listed and its owner may still issue this, he could do so today as
    well, and the word is enough. A key that was declared compromised counts as retired. Otherwise
    the log tells, if the credential stands under a `batch` root that was logged before the end.
    """
    right = permission(credential_type, verified.claims)
    if found.at.retired_at is None and found.view.find_accreditation(verified.issuer, right, now):
        is_shown = isinstance(found.view.elsewhere.get(verified.issuer), ShownKeys)
        return Passed(None, "listed-today") if is_shown else Passed(None)
    digest = mechanisms()[unverified.mechanism].issued_digest(unverified)
    for proof in evidence.issuance_proofs:
        batch = find_batch(found.view, verified.issuer, digest, proof)
        if batch is not None and _is_in_time(batch, found, verified, right):
            return Passed(None, "logged-in-time")
    return Unknown("time-of-signing-unknown")


def _is_in_time(batch: LoggedBatch, found: IssuerKey, verified: Verified, right: str) -> bool:
    """Whether the leaf is of the credential's own day, logged while key and right were good.

    A key's last version and its last batch may be logged at one time, when it is rotated; of a
    compromise nobody knows the second.
    """
    issuer, logged_at = verified.issuer, batch.logged_at
    retired_at, since = found.at.retired_at, found.view.compromised.get(found.at.key)
    return (
        batch.begins <= verified.issued_at < batch.ends
        and (retired_at is None or logged_at <= retired_at)
        and (since is None or logged_at < since)
        and found.view.find_accreditation(issuer, right, logged_at) is not None
    )
