"""An entitlement: claims that a clerk has approved, waiting for their holder's key.

The credential is minted when it is fetched, because only then the key is known; until then it is
a right and nothing that could be stolen and shown.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from credentials.claims import Claims
from issuer.person import PersonRef
from schemas.credential_type import CredentialType


class EntitlementState(StrEnum):
    """WAITING for its holder, ISSUED at least once, or CANCELLED before that."""

    WAITING = "waiting"
    ISSUED = "issued"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True, kw_only=True)
class Entitlement:
    """One approved right to one credential. claims: as entered, before predicates are derived."""

    id: str
    agency: str
    type: CredentialType
    claims: Claims
    person_ref: PersonRef
    state: EntitlementState
    claim_by: datetime

    def is_open(self, now: datetime) -> bool:
        """Whether a credential may be fetched for it now."""
        return self.state is EntitlementState.WAITING and now < self.claim_by
