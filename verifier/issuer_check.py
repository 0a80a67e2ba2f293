"""The checks of the issuer's key: whose it is, and whether the time of signing is proven.

An issuer whose DID stands elsewhere is asked for its keys before anything is decided. A host that
is away, or says what can't be believed, leaves the check unknown: that is no evidence against a
credential, and none for it.
"""

from dataclasses import dataclass
from datetime import datetime

from credentials.errors import Error, Unsupported
from credentials.model import Unverified, Verified
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
from did_registry.view import RegistryView
from did_registry.webvh.history import KeyAt
from schemas.credential_type import CredentialType, permission
from verifier.decision import Failed, Finding, Passed, Unknown
from verifier.evidence import Evidence


@dataclass(frozen=True, slots=True, kw_only=True)
class IssuerKey:
    """The key that a credential names. view: the registry with what is known of its owner."""

    at: KeyAt
    view: RegistryView


def check_issuer_key(
    unverified: Unverified, view: RegistryView, evidence: Evidence, now: datetime
) -> Finding[IssuerKey]:
    """Did the key that the header names stand in the issuer's `assertionMethod` at time of issue?

    The key comes from the registry, or for an admitted issuer from where its DID says; one that
    travels with the credential is never looked at.
    """
    issuer, key_id, issued_at = unverified.issuer, unverified.key_id, unverified.issued_at
    try:
        known = evidence.with_keys_of(view, issuer, now)
        found = known.key_of(issuer, key_id, Purpose.ASSERTION, issued_at)
    except DidUnavailable:
        return Unknown("issuer-unavailable")
    except DidNotProven:
        return Unknown("issuer-not-proven")
    except KeyHistoryUnknown:
        return Unknown("key-history-unknown")
    except (DidInvalid, UnknownDid):
        return Failed("issuer-unknown")
    except KeyCompromised:
        return Failed("key-compromised")
    except Unsupported:
        return Unknown("unsupported")
    except Error:
        return Failed("key-unknown")
    return Passed(IssuerKey(at=found, view=known))


def check_time_of_signing(
    found: IssuerKey, verified: Verified, credential_type: CredentialType, now: datetime
) -> Finding[None]:
    """Is the time of issue more than the signer's word? (Decision 0003.)

    As long as the key is still listed and its owner may still issue this, he could do so today as
    well, and the word is enough. A key that was declared compromised counts as retired.
    """
    right = permission(credential_type, verified.claims)
    if found.at.retired_at is None and found.view.find_accreditation(verified.issuer, right, now):
        is_shown = isinstance(found.view.elsewhere.get(verified.issuer), ShownKeys)
        return Passed(None, "listed-today") if is_shown else Passed(None)
    return Unknown("time-of-signing-unknown")
