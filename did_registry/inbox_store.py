"""Queries of the sequencer, over the inbox and many DIDs at once: no rules."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import bindparam, delete, func, insert, select, update
from sqlalchemy.orm import Session

from credentials.json_object import JsonObject
from did_registry.inbox import KEY_BYTES, Conflict, InboxState, Outcome, Sequenced, Submission
from did_registry.leaf import LeafKind
from did_registry.models import DidVersion, LogInbox, RegisteredDid
from storage.upsert import upsert_into

_KEYS_AT_A_TIME: Final = 500  # parameters of one statement


@dataclass(frozen=True, slots=True, kw_only=True)
class VersionRow:
    """A line of a did.jsonl that is about to be stored."""

    scid: str
    number: int
    version_id: str
    previous_version_id: str
    version_time: datetime
    entry: bytes
    log_idx: int


def find(session: Session, keys: Sequence[bytes]) -> dict[bytes, LogInbox]:
    """The rows of these submissions, by their keys."""
    found: dict[bytes, LogInbox] = {}
    for at in range(0, len(keys), _KEYS_AT_A_TIME):
        rows = select(LogInbox).where(LogInbox.key.in_(keys[at : at + _KEYS_AT_A_TIME]))
        found |= {row.key: row for row in session.scalars(rows)}
    return found


def find_by_name(session: Session, name: str) -> LogInbox | None:
    """The row of a submission by its key in hexadecimal, as its address has it."""
    try:
        key = bytes.fromhex(name)
    except ValueError:
        return None
    return find(session, [key]).get(key) if len(key) == KEY_BYTES else None


def waiting(session: Session, limit: int) -> Sequence[LogInbox]:
    """The submissions whose turn it is, the oldest first."""
    rows = select(LogInbox).where(LogInbox.state == InboxState.WAITING.value)
    return session.scalars(rows.order_by(LogInbox.id).limit(limit)).all()


def add(
    session: Session,
    submissions: Iterable[tuple[Submission, bytes, Outcome | None]],
    *,
    now: datetime,
) -> None:
    """Keep new submissions: each with the digest of its leaf, and its outcome if there is one.

    One that another process has kept meanwhile is left as it is: its turn comes, and has the same
    outcome.
    """
    rows = [
        {
            "key": new.key,
            "digest": digest,
            "code": new.code,
            "kind": new.kind.value,
            "subject": new.subject,
            "body": new.body if outcome is None else None,
            "expected": new.expected,
            "witnessed": new.witnessed,
            "created": now,
            **_values(outcome),
        }
        for new, digest, outcome in submissions
    ]
    if rows:
        made = upsert_into(session, LogInbox)
        session.execute(made.on_conflict_do_nothing(index_elements=["key"]), rows)


def decide(session: Session, outcomes: Mapping[int, Outcome]) -> None:
    """Note what became of submissions that were waiting, by their numbers."""
    if not outcomes:
        return
    rows = [
        {"number": number, "body": None, **_values(outcome)} for number, outcome in outcomes.items()
    ]
    table = LogInbox.__table__
    here = update(table).where(  # type: ignore[arg-type]
        table.c.id == bindparam("number"), table.c.state == InboxState.WAITING.value
    )
    session.connection().execute(here, rows)
    session.expire_all()


def forget(session: Session, *, before: datetime) -> None:
    """Delete the submissions that were decided and that nobody will ask about again."""
    over = (LogInbox.state != InboxState.WAITING.value, LogInbox.created < before)
    session.execute(delete(LogInbox).where(*over))


def add_versions(session: Session, rows: Sequence[VersionRow]) -> None:
    """Store lines of several did.jsonl at once."""
    if rows:
        session.execute(insert(DidVersion), [asdict(row) for row in rows])


def show(session: Session, scid: str, number: int) -> None:
    """Show a version that nobody has to approve, unless one before it waits for that."""
    row = update(RegisteredDid).where(RegisteredDid.scid == scid, RegisteredDid.shown == number - 1)
    session.execute(row.values(shown=number))


def latest_version_ids(session: Session, scids: Sequence[str]) -> dict[str, str]:
    """The versionIds of the last lines of several did.jsonl, by their SCIDs."""
    last = select(DidVersion.scid, func.max(DidVersion.number).label("number"))
    found: dict[str, str] = {}
    for at in range(0, len(scids), _KEYS_AT_A_TIME):
        some = last.where(DidVersion.scid.in_(scids[at : at + _KEYS_AT_A_TIME]))
        ends = some.group_by(DidVersion.scid).subquery()
        joined = (DidVersion.scid == ends.c.scid) & (DidVersion.number == ends.c.number)
        rows = select(DidVersion.scid, DidVersion.version_id).join(ends, joined)
        found |= {row.scid: row.version_id for row in session.execute(rows)}
    return found


def submission_of(row: LogInbox) -> Submission:
    """What a row asks for."""
    return Submission(
        key=row.key,
        code=row.code,
        kind=LeafKind(row.kind),
        subject=row.subject,
        body=JsonObject(row.body).members,
        expected=row.expected,
        witnessed=row.witnessed,
    )


def outcome_of(row: LogInbox) -> Outcome | None:
    """What became of it; None while it waits."""
    if row.idx is not None:
        return Sequenced(index=row.idx)
    return None if row.current is None else Conflict(current=row.current)


def _values(outcome: Outcome | None) -> dict[str, object]:
    match outcome:
        case None:
            return {"state": InboxState.WAITING.value, "idx": None, "current": None}
        case Sequenced():
            return {"state": InboxState.SEQUENCED.value, "idx": outcome.index, "current": None}
        case Conflict():
            return {"state": InboxState.REFUSED.value, "idx": None, "current": outcome.current}
