"""Gives submissions their places in the log: as many as there are, in one transaction.

Whoever calls `sequence` has taken the log over with `take_over`, whose term stands in the head's
row: one that was stopped meanwhile, and woken, finds another term there and writes nothing.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy.orm import Session

from credentials.errors import Error
from credentials.json_object import JsonObject
from did_registry import inbox_store, store
from did_registry.actions.append import LeafDraft, append
from did_registry.errors import KeyReused, LogFenced
from did_registry.inbox import Conflict, Outcome, Sequenced, Submission
from did_registry.inbox_store import VersionRow, outcome_of, submission_of
from did_registry.leaf import LeafKind
from did_registry.webvh.entry import encode_entry, read_entry

BATCH: Final = 1000  # submissions in one transaction; at 16 KiB each, 16 MiB
KEPT: Final = timedelta(days=7)  # how long the same key gets the same answer


@dataclass(frozen=True, slots=True, kw_only=True)
class _Turn:
    """number: of its row in the inbox; None for one that comes with this transaction."""

    submission: Submission
    digest: bytes
    number: int | None


def take_over(session: Session, *, now: datetime) -> int:
    """Begin a new term, so that nobody of an earlier one writes to the log; returns it."""
    head = store.lock_head(session)
    head.term += 1
    inbox_store.forget(session, before=now - KEPT)
    session.flush()
    return head.term


def accept(session: Session, submissions: Sequence[Submission], *, now: datetime) -> None:
    """Keep submissions until a sequencer comes; those that are known are left as they are."""
    known = inbox_store.find(session, [new.key for new in submissions])
    fresh = _first_of_each([new for new in submissions if new.key not in known])
    inbox_store.add(session, [(new, _digest(new), None) for new in fresh.values()], now=now)


def sequence(
    session: Session, term: int, submissions: Sequence[Submission], *, now: datetime
) -> list[Outcome | Error | None]:
    """Log these submissions and those that wait, and note what became of each.

    Returns the outcomes of `submissions`, in their order: an Error where a key was used for
    something else before, None for one that was in the inbox and must go on waiting. Raises
    LogFenced when another has taken over, and what `append` raises; then nothing has happened.
    """
    if store.lock_head(session).term != term:
        raise LogFenced("another sequencer has taken over the log")
    known = inbox_store.find(session, [new.key for new in submissions])
    fresh = _first_of_each([new for new in submissions if new.key not in known])
    coming = (_Turn(submission=new, digest=_digest(new), number=None) for new in fresh.values())
    turns = [*_waiting(session), *coming]
    outcomes = _log(session, turns, now)
    _note(session, turns, outcomes, now)
    digests = {turn.submission.key: turn.digest for turn in turns}
    for row in known.values():
        digests[row.key] = row.digest
        outcomes |= {row.digest: before} if (before := outcome_of(row)) else {}
    return [
        _answer(new, digests[new.key], outcomes, is_new=fresh.get(new.key) is new)
        for new in submissions
    ]


def _first_of_each(submissions: Sequence[Submission]) -> dict[bytes, Submission]:
    first: dict[bytes, Submission] = {}
    for new in submissions:
        first.setdefault(new.key, new)
    return first


def _waiting(session: Session) -> list[_Turn]:
    rows = inbox_store.waiting(session, BATCH)
    return [_Turn(submission=submission_of(row), digest=row.digest, number=row.id) for row in rows]


def _log(session: Session, turns: Sequence[_Turn], now: datetime) -> dict[bytes, Outcome]:
    """The outcome of each turn, by the digest of its leaf: the same leaf has the same place."""
    # What is logged has its place, and no longer follows the last version; `append` sees to others.
    entries = [turn.digest for turn in turns if turn.submission.kind is LeafKind.DID]
    logged = store.find_indexes(session, entries)
    outcomes: dict[bytes, Outcome] = {d: Sequenced(index=index) for d, index in logged.items()}
    latest = inbox_store.latest_version_ids(session, _scids(turns))
    new: dict[bytes, Submission] = {}
    for turn in turns:
        if turn.digest in outcomes or turn.digest in new:
            continue
        if turn.submission.kind is LeafKind.DID:
            current = latest.get(turn.submission.subject, "")
            if current != turn.submission.expected:
                outcomes[turn.digest] = Conflict(current=current)
                continue
            latest[turn.submission.subject] = _entry(turn.submission).text("versionId")
        new[turn.digest] = turn.submission
    indexes = append(session, [_draft(one) for one in new.values()], now=now)
    _add_versions(session, zip(new.values(), indexes, strict=True))
    return outcomes | {d: Sequenced(index=index) for d, index in zip(new, indexes, strict=True)}


def _note(
    session: Session, turns: Sequence[_Turn], outcomes: dict[bytes, Outcome], now: datetime
) -> None:
    waited = {turn.number: outcomes[turn.digest] for turn in turns if turn.number is not None}
    inbox_store.decide(session, waited)
    came = (
        (turn.submission, turn.digest, outcomes[turn.digest])
        for turn in turns
        if turn.number is None
    )
    inbox_store.add(session, came, now=now)


def _answer(
    new: Submission, digest: bytes, outcomes: dict[bytes, Outcome], *, is_new: bool
) -> Outcome | Error | None:
    if not is_new and digest != _digest(new):
        return KeyReused("this key was used for another submission before")
    return outcomes.get(digest)


def _add_versions(session: Session, logged: Iterable[tuple[Submission, int]]) -> None:
    entries = [(new, _version(new, index)) for new, index in logged if new.kind is LeafKind.DID]
    inbox_store.add_versions(session, [row for _, row in entries])
    for submission, row in entries:
        if not submission.witnessed:
            inbox_store.show(session, row.scid, row.number)


def _version(submission: Submission, index: int) -> VersionRow:
    members = _entry(submission).members
    entry = read_entry(members, number=_number(submission))
    return VersionRow(
        scid=submission.subject,
        number=entry.number,
        version_id=entry.version_id,
        previous_version_id=submission.expected or "",
        version_time=entry.time,
        entry=encode_entry(members),
        log_idx=index,
    )


def _number(submission: Submission) -> int:
    return int(_entry(submission).text("versionId").partition("-")[0])


def _entry(submission: Submission) -> JsonObject:
    return JsonObject(submission.body).object("entry")


def _scids(turns: Sequence[_Turn]) -> list[str]:
    return [turn.submission.subject for turn in turns if turn.submission.kind is LeafKind.DID]


def _draft(submission: Submission) -> LeafDraft:
    return LeafDraft(kind=submission.kind, subject=submission.subject, body=submission.body)


def _digest(submission: Submission) -> bytes:
    return _draft(submission).digest()
