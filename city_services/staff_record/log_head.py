"""Logs where an agency's record of acts ends: a hash, and nothing of what anybody did."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from sqlalchemy.orm import Session

from credentials.claims import Claims
from credentials.encoding import decode_base64url, encode_base64url
from credentials.json_object import JsonObject
from did_registry import store as registry_store
from did_registry.actions.append import LeafDraft
from did_registry.leaf import LeafKind, parse_leaf
from staff import store
from staff.act_chain import RecordEnd, verify_lines


class LeafLog(Protocol):
    """The log that is ours to write."""

    def record(self, session: Session, drafts: Sequence[LeafDraft], *, now: datetime) -> object:
        """Append these leaves with the transaction. Raises LogInconsistent."""
        ...


def log_head(session: Session, log: LeafLog, agency: str, *, now: datetime) -> int | None:
    """Log the end of an agency's record; how many lines it has, or None when there are no new ones.

    The lines since the last leaf are read back and verified first; nobody writes meanwhile.
    Raises RecordBroken, or what the log raises.
    """
    store.lock_record(session, agency)
    logged = _logged(session, agency)
    end = verify_lines(agency, store.lines(session, agency, after=logged.size), logged)
    if end == logged:
        return None
    body: Claims = {"agency": agency, "head": encode_base64url(end.last), "n": end.size}
    log.record(session, [LeafDraft(kind=LeafKind.AUDIT, subject=agency, body=body)], now=now)
    return end.size


def _logged(session: Session, agency: str) -> RecordEnd:
    """The end that stands in our log."""
    rows = registry_store.leaves_about(session, LeafKind.AUDIT, agency)
    if not rows:
        return RecordEnd()
    body = JsonObject(parse_leaf(rows[-1].leaf).body)
    return RecordEnd(size=body.integer("n"), last=decode_base64url(body.text("head")))
