"""The check of the status: what the issuer's lists say of a credential, and how well they know."""

from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Final

from credentials.errors import Error
from credentials.model import StatusPurpose, StatusReference, Verified
from credentials.status.bits import State
from schemas.credential_type import CredentialType, StatusAction
from verifier.decision import Failed, Finding, NotApplicable, Passed, Unknown
from verifier.errors import StatusRolledBack, StatusUnavailable
from verifier.evidence import Evidence, KnownState
from verifier.policy import Policy

_LISTED_UNDER: Final[Mapping[StatusAction, StatusPurpose]] = MappingProxyType(
    {
        StatusAction.REVOKE: StatusPurpose.REVOCATION,
        StatusAction.SUSPEND: StatusPurpose.SUSPENSION,
    }
)


def check_status(
    verified: Verified,
    credential_type: CredentialType,
    evidence: Evidence,
    policy: Policy,
    now: datetime,
) -> Finding[datetime]:
    """Has the issuer suspended or revoked it, as far as its lists tell? Passed: as of when.

    Every list that it names is asked: what one of them says counts even if another is away, and
    what is revoked outweighs what is suspended.
    """
    if not credential_type.status:
        return NotApplicable("status-none")
    if not _names_a_list_for_each(credential_type.status, verified.status):
        return Failed("status-missing")
    found = [_ask(item, verified.issuer, evidence, policy, now) for item in verified.status]
    known = [answer for answer in found if isinstance(answer, KnownState)]
    states = {answer.state for answer in known}
    if State.REVOKED in states:
        return Failed("status-revoked")
    if State.SUSPENDED in states:
        return Failed("status-suspended")
    unknown = [answer for answer in found if isinstance(answer, Unknown)]
    return unknown[0] if unknown else Passed(min(answer.as_of for answer in known))


def _names_a_list_for_each(
    actions: frozenset[StatusAction], references: tuple[StatusReference, ...]
) -> bool:
    """Whether the credential says where each thing that may become of it would stand."""
    named = {reference.purpose for reference in references}
    return StatusPurpose.ANY in named or named >= {_LISTED_UNDER[action] for action in actions}


def _ask(
    reference: StatusReference, issuer: str, evidence: Evidence, policy: Policy, now: datetime
) -> KnownState | Unknown:
    try:
        known = evidence.status(reference, issuer, now)
    except StatusRolledBack:
        return Unknown("status-rolled-back")
    except StatusUnavailable:
        return Unknown("status-unavailable")
    except Error:
        return Unknown("status-invalid")
    return Unknown("status-stale") if now - known.issued_at > policy.status_age else known
