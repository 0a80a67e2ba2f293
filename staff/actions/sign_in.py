"""Signs somebody in, or counts a wrong try; an unknown name costs as much time as a known one."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from argon2.exceptions import VerificationError
from sqlalchemy.orm import Session

from credentials.encoding import encode_base64url
from credentials.errors import Malformed
from staff import store
from staff.account import MAX_PASSWORD_CHARS, parse_staff_reference
from staff.actions.service import StaffService
from staff.errors import SignInDelayed, SignInRefused
from staff.models import SessionRow, StaffRow, WrongTries
from staff.session_rules import (
    ABSOLUTE,
    TRIES_AN_ACCOUNT,
    TRIES_AN_ADDRESS,
    Tries,
)

TOKEN_BYTES: Final = 32
SESSION: Final = "session"


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A new session; the token goes to the browser."""

    token: str


@dataclass(frozen=True, slots=True)
class Refused:
    """A refusal that has been counted: the transaction must commit before `error` is raised."""

    error: SignInRefused


def sign_in(
    session: Session,
    service: StaffService,
    name: str,
    password: str,
    *,
    address: str,
    now: datetime,
) -> SignedIn | Refused:
    """Make a session for who knows the password.

    address: where the try comes from. Raises SignInDelayed without looking at the password when the
    account or the address has had too many wrong tries.
    """
    reference = _reference(name)
    subjects = {f"account {reference}": TRIES_AN_ACCOUNT, f"address {address}": TRIES_AN_ADDRESS}
    for subject, limit in subjects.items():
        tries = _tries(store.lock_tries(session, subject), now)
        if tries.are_too_many(limit, now):
            raise SignInDelayed("too many wrong tries; wait a quarter of an hour")
    row = store.find_staff(session, reference)
    if not _knows(service, row, password):
        for subject in subjects:
            _count(session, subject, now)
        return Refused(SignInRefused("the name or the password is wrong"))
    _forget(session, f"account {reference}")
    return SignedIn(_open_session(session, service, reference, now))


def _reference(name: str) -> str:
    """The account that a try is counted for; all names that can't be one count together."""
    try:
        return parse_staff_reference(name)
    except Malformed:
        return "unknown"


def _knows(service: StaffService, row: StaffRow | None, password: str) -> bool:
    """Whether the password is right; the same work is done for nobody's account."""
    stored = service.dummy_hash if row is None else row.password_hash
    try:
        matches = service.hasher.verify(stored, password[: MAX_PASSWORD_CHARS + 1])
    except VerificationError:
        return False
    return matches and row is not None and row.active


def _tries(row: WrongTries | None, now: datetime) -> Tries:
    return Tries(now, 0) if row is None else Tries(row.since, row.count)


def _count(session: Session, subject: str, now: datetime) -> None:
    row = store.lock_tries(session, subject)
    after = _tries(row, now).after_one_more(now)
    session.merge(WrongTries(subject=subject, since=after.since, count=after.count))
    session.flush()


def _forget(session: Session, subject: str) -> None:
    row = store.lock_tries(session, subject)
    if row is not None:
        session.delete(row)


def _open_session(session: Session, service: StaffService, reference: str, now: datetime) -> str:
    store.end_sessions(session, before=now - ABSOLUTE)
    token = encode_base64url(service.entropy(TOKEN_BYTES))
    session.add(
        SessionRow(
            token_mac=service.digest(SESSION, token),
            reference=reference,
            created=now,
            last_seen=now,
        )
    )
    session.flush()
    return token
