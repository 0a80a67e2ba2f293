"""Ends a DID, with the two entries that did:webvh wants for it."""

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from did_registry.actions.create_did import log_entry
from did_registry.actions.root_desk import get_history
from did_registry.actions.rotate_keys import next_update_key
from did_registry.errors import ActRefused
from did_registry.webvh.entry import parse_entry
from did_registry.webvh.writer import build_deactivation
from storage.keystore import Keystore


def deactivate(
    session: Session, keystore: Keystore, code: str, *, root_code: str, now: datetime
) -> str:
    """Log the end of a DID; returns its last versionId. Its last document holds no keys.

    Raises UnknownDid; ActRefused for the root, after which nobody could act, and for a DID that has
    ended; KeyNotFound, or a leaf of LogInvalid.
    """
    check_deactivatable(code, root_code=root_code)
    history = get_history(session, code, now)
    signer = next_update_key(keystore, code, history)
    for line in build_deactivation(history, signer=signer, now=now):
        before = history.latest.version_id
        entry = parse_entry(line.rstrip(b"\n"), number=history.latest.number + 1)
        history = history.advance(entry, now + timedelta(seconds=1))
        log_entry(session, history.latest, before, line, now=now)
    return history.latest.version_id


def check_deactivatable(code: str, *, root_code: str) -> None:
    """Refuse to end the root. Raises ActRefused."""
    if code == root_code:
        raise ActRefused("the root can't be deactivated: nobody could act after that")
