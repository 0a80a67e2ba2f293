"""Signed heads as the public pages show them: each line is verified here before it is shown."""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy.orm import Session

from credentials.errors import Error
from did_registry import head_store, store
from did_registry.models import LogCheckpoint
from did_registry.rewriting import parse_rewriting, verify_rewriting
from did_registry.tlog.checkpoint import verify_checkpoint
from did_registry.tlog.cosignature import cosignature_times
from did_registry.tlog.note import encode_signature_lines, parse_note
from did_registry.trust import TrustAnchor

HEADS_A_PAGE: Final = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class HeadLine:
    """One head. root: in hexadecimal digits; is_signed: by the log's own key; seen: when each
    witness signed, by name, None for one that did not; is_enough: a quorum of them did."""

    size: int
    root: str
    published: datetime
    is_signed: bool
    seen: Mapping[str, datetime | None]
    is_enough: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Contradiction:
    """Two heads that the log has signed and that cannot both be true. digest: of the file that
    shows it, in hexadecimal digits; size, other_size: how many leaves each of them is over."""

    digest: str
    seen: datetime
    size: int
    other_size: int


def head_lines(session: Session, anchor: TrustAnchor, below: int | None) -> list[HeadLine]:
    """The newest heads with fewer than `below` leaves, the largest first, one more than a page
    shows, so that it knows whether there are others."""
    rows = store.checkpoints_below(session, below, HEADS_A_PAGE + 1)
    return [_line(session, anchor, row) for row in rows]


def _line(session: Session, anchor: TrustAnchor, row: LogCheckpoint) -> HeadLine:
    note = row.note + encode_signature_lines(head_store.cosignatures(session, row.size))
    witnesses = anchor.witnesses.witnesses
    try:
        signed = verify_checkpoint(note, anchor.log_key)
        times = cosignature_times(parse_note(note), witnesses)
        is_signed = (signed.size, signed.root) == (row.size, row.root)
    except Error:
        is_signed, times = False, {}
    return HeadLine(
        size=row.size,
        root=row.root.hex(),
        published=row.published,
        is_signed=is_signed,
        seen={one.name: times.get(one.name) for one in witnesses},
        is_enough=len(times) >= anchor.witnesses.quorum,
    )


def contradictions(session: Session, anchor: TrustAnchor) -> list[Contradiction]:
    """What is held against the log, oldest first; only what shows it when it is checked here."""
    found = []
    for row in head_store.all_evidence(session):
        with suppress(Error):
            before, now = verify_rewriting(parse_rewriting(row.file), anchor.log_key)
            found.append(
                Contradiction(
                    digest=row.digest.hex(), seen=row.seen, size=before.size, other_size=now.size
                )
            )
    return found
