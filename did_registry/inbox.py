"""What somebody wants on the log, from when it is kept until it has its place or is refused.

Whoever submits names a key of his own choice: the same key is the same submission, however often it
comes, and has one outcome.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from credentials.claims import Claims
from did_registry.leaf import LeafKind

KEY_BYTES: Final = 32


class InboxState(StrEnum):
    """waiting: kept, and its turn will come; the others are for ever."""

    WAITING = "waiting"
    SEQUENCED = "sequenced"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True, kw_only=True)
class Submission:
    """One leaf that shall be logged.

    key: SHA-256 of what its sender calls it. expected: for a DID entry, the versionId that it
    follows, without which it is worth nothing; None for other kinds. witnessed: for a DID entry,
    whether its DID's witnesses approve it before it is shown. code: under which its DID is served,
    for other kinds the leaf's subject.
    """

    key: bytes
    code: str
    kind: LeafKind
    subject: str
    body: Claims
    expected: str | None
    witnessed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Sequenced:
    """It is a leaf of the log, durably. index: which."""

    index: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Conflict:
    """It followed a version that is no longer the last. current: the versionId that is."""

    current: str


Outcome = Sequenced | Conflict
