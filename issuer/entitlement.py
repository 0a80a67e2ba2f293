"""An entitlement: claims that a clerk has approved, waiting for their holder's key.

The credential is minted when it is fetched, because only then the key is known; until then it is
a right and nothing that could be stolen and shown.
"""

import re
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from credentials.claims import Claims
from credentials.encoding import encode_base64url
from issuer.person import PersonRef
from schemas.credential_type import CredentialType

ID_BYTES: Final = 16

_ID: Final = re.compile(r"e_[A-Za-z0-9_-]{22}")


class EntitlementState(StrEnum):
    """WAITING for its holder, ISSUED, or before that CANCELLED or EXPIRED at its `claim_by`."""

    WAITING = "waiting"
    ISSUED = "issued"
    CANCELLED = "cancelled"
    EXPIRED = "expired"


def new_entitlement_id(random: bytes) -> str:
    """An id from 16 fresh random bytes."""
    return "e_" + encode_base64url(random)


def is_entitlement_id(text: str) -> bool:
    """Whether this could be an id; asked before a database is, which does not take every text."""
    return _ID.fullmatch(text) is not None


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
