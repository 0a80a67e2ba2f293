"""A draft: what one clerk has prepared and another decides about. Every move is a row of a table.

    drafted ──submit──> submitted ──approve──> approved      the entitlement is made
     │   ^                 │  │
     │   └───withdraw──────┘  └──refuse──> refused ──correct──> drafted
     └──discard──> discarded                  └──discard──> discarded

Nobody decides about what they have prepared themselves: four eyes, whatever roles one person has.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from credentials.claims import Claims
from credentials.encoding import encode_base64url
from issuer.errors import DraftNotOpen, NotYourDraft, OwnDraft
from issuer.person import PersonRef
from schemas.credential_type import CredentialType

ID_BYTES: Final = 16
MAX_REASON_CHARS: Final = 300  # two sentences on what to mend

_ID: Final = re.compile(r"[dbv]_[A-Za-z0-9_-]{22}")


class DraftState(StrEnum):
    """Where a draft stands."""

    DRAFTED = "drafted"
    SUBMITTED = "submitted"
    APPROVED = "approved"
    REFUSED = "refused"
    DISCARDED = "discarded"


# What nobody sees but the clerk who prepared it.
NOT_HANDED_IN: Final = frozenset({DraftState.DRAFTED, DraftState.DISCARDED})


class DraftEvent(StrEnum):
    """What may happen to it."""

    SUBMIT = "submit"
    WITHDRAW = "withdraw"
    APPROVE = "approve"
    REFUSE = "refuse"
    CORRECT = "correct"
    DISCARD = "discard"


TRANSITIONS: Final[Mapping[tuple[DraftState, DraftEvent], DraftState]] = MappingProxyType(
    {
        (DraftState.DRAFTED, DraftEvent.SUBMIT): DraftState.SUBMITTED,
        (DraftState.DRAFTED, DraftEvent.CORRECT): DraftState.DRAFTED,
        (DraftState.DRAFTED, DraftEvent.DISCARD): DraftState.DISCARDED,
        (DraftState.SUBMITTED, DraftEvent.WITHDRAW): DraftState.DRAFTED,
        (DraftState.SUBMITTED, DraftEvent.APPROVE): DraftState.APPROVED,
        (DraftState.SUBMITTED, DraftEvent.REFUSE): DraftState.REFUSED,
        (DraftState.REFUSED, DraftEvent.CORRECT): DraftState.DRAFTED,
        (DraftState.REFUSED, DraftEvent.DISCARD): DraftState.DISCARDED,
    }
)


def advance(state: DraftState, event: DraftEvent) -> DraftState:
    """The state after an event. Raises DraftNotOpen where the table has no row."""
    try:
        return TRANSITIONS[state, event]
    except KeyError as error:
        raise DraftNotOpen(f"a draft that is {state} can't {event}") from error


def new_id(kind: str, random: bytes) -> str:
    """An id from 16 fresh random bytes. kind: `d` for a draft, `b` for a batch, `v` for a set to
    be revoked."""
    return f"{kind}_{encode_base64url(random)}"


def is_id(kind: str, text: str) -> bool:
    """Whether this could be such an id; asked before a database is, which takes not every text."""
    return text.startswith(f"{kind}_") and _ID.fullmatch(text) is not None


def check_decider(prepared_by: str, decides: str) -> None:
    """Refuse that somebody decides about what they have prepared. Raises OwnDraft."""
    if prepared_by == decides:
        raise OwnDraft("what one person has prepared takes another person's decision")


def check_drafter(prepared_by: str, acts: str) -> None:
    """Refuse that somebody changes a colleague's draft, and so whose it is. Raises NotYourDraft."""
    if prepared_by != acts:
        raise NotYourDraft("a draft is changed by the clerk who prepared it")


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """One draft. drafted_by, reviewed_by: staff references; reason: why it was refused.

    revision: how often it was saved; who decides names the one that they have read.
    person_ref: None for somebody whom the city meets for the first time.
    batch_id, line: the file that it came with.   refusal_code: an error found when it was approved.
    """

    id: str
    agency: str
    type: CredentialType
    claims: Claims
    person_ref: PersonRef | None
    state: DraftState
    revision: int
    drafted_by: str
    drafted_at: datetime
    reviewed_by: str | None
    reason: str | None
    refusal_code: str | None
    batch_id: str | None
    line: int | None
    entitlement_id: str | None
