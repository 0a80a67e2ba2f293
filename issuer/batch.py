"""A batch: the accepted rows of one CSV file, which are decided about as one set.

reading ──end──> read ──submit──> submitted ──begin──> approving ──finish──> approved
 └───discard──────┴──discard──> discarded └──refuse──> refused

A file that is still being read can only be discarded, and reading it ends there; so can one whose
reading was broken off. `approving` goes on after an interruption.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from issuer.errors import DraftNotOpen
from schemas.credential_type import CredentialType

# What a page can show of a file that is wrong in every row; the counts tell the rest.
MAX_REFUSALS: Final = 200


class BatchState(StrEnum):
    """Where a batch stands."""

    READING = "reading"
    READ = "read"
    SUBMITTED = "submitted"
    APPROVING = "approving"
    APPROVED = "approved"
    REFUSED = "refused"
    DISCARDED = "discarded"


# What nobody sees but the clerk who brought it.
NOT_HANDED_IN: Final = frozenset({BatchState.READING, BatchState.READ, BatchState.DISCARDED})


class BatchEvent(StrEnum):
    """What may happen to it."""

    END = "end"
    SUBMIT = "submit"
    DISCARD = "discard"
    BEGIN = "begin"
    FINISH = "finish"
    REFUSE = "refuse"


TRANSITIONS: Final[Mapping[tuple[BatchState, BatchEvent], BatchState]] = MappingProxyType(
    {
        (BatchState.READING, BatchEvent.END): BatchState.READ,
        (BatchState.READING, BatchEvent.DISCARD): BatchState.DISCARDED,
        (BatchState.READ, BatchEvent.SUBMIT): BatchState.SUBMITTED,
        (BatchState.READ, BatchEvent.DISCARD): BatchState.DISCARDED,
        (BatchState.SUBMITTED, BatchEvent.BEGIN): BatchState.APPROVING,
        (BatchState.SUBMITTED, BatchEvent.REFUSE): BatchState.REFUSED,
        (BatchState.APPROVING, BatchEvent.BEGIN): BatchState.APPROVING,
        (BatchState.APPROVING, BatchEvent.FINISH): BatchState.APPROVED,
    }
)


def advance(state: BatchState, event: BatchEvent) -> BatchState:
    """The state after an event. Raises DraftNotOpen where the table has no row."""
    try:
        return TRANSITIONS[state, event]
    except KeyError as error:
        raise DraftNotOpen(f"a file that is {state} can't {event}") from error


@dataclass(frozen=True, slots=True, kw_only=True)
class RefusedCell:
    """Where a file was refused and why; never what stood there. column: None for a whole row."""

    line: int
    column: str | None
    code: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """One file. accepted, known, refused: its rows that became drafts, had been brought before, or
    may not; refusals: the first 200 places of the last."""

    id: str
    agency: str
    type: CredentialType
    file_name: str
    state: BatchState
    drafted_by: str
    drafted_at: datetime
    reviewed_by: str | None
    reason: str | None
    accepted: int
    known: int
    refused: int
    refusals: tuple[RefusedCell, ...]
