"""Logs the directory, so that the next signed head says what is current."""

from datetime import datetime

from sqlalchemy.orm import Session

from did_registry import store
from did_registry.actions.append import LeafDraft, append
from did_registry.directory import SUBJECT, Directory
from did_registry.leaf import LeafKind


def log_directory(session: Session, *, now: datetime) -> None:
    """Append the directory of all leaves, unless the last leaf is one; nothing to an empty log."""
    head = store.lock_head(session)
    if head.size == 0 or store.leaf_kind(session, head.size - 1) is LeafKind.DIRECTORY:
        return
    body = Directory(store.directory_rows(session)).leaf_body(head.size)
    append(session, [LeafDraft(kind=LeafKind.DIRECTORY, subject=SUBJECT, body=body)], now=now)
