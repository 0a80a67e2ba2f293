"""Signs somebody in, or counts a wrong try; an unknown name costs as much time as a known one.

    transaction: count the try as wrong ──> compare the password ──> transaction: open a session

The comparison is slow on purpose, and the database has one writer at a time: so no transaction is
open meanwhile. The try is counted before it, or many at the same time would all be free.
"""

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
from staff.models import SessionRow, WrongTries
from staff.session_rules import (
    ABSOLUTE,
    TRIES_AN_ACCOUNT,
    TRIES_AN_ADDRESS,
    TRY_WINDOW,
    Tries,
)

TOKEN_BYTES: Final = 32
SESSION: Final = "session"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Try:
    """A try that was counted. password_hash: of the account, None if nobody can sign in to it."""

    reference: str
    address: str
    password_hash: str | None


def sign_in(service: StaffService, name: str, password: str, *, address: str, now: datetime) -> str:
    """Make a session for who knows the password; its token goes to the browser.

    address: where the try comes from. Raises SignInRefused; SignInDelayed without looking at the
    password when the account or the address has had too many wrong tries; SignInBusy.
    """
    with service.places.admitted():
        with service.database.writing() as session:
            tried = _count(session, name, address, now)
        with service.places.hashing():
            knows = _knows(service, tried, password)
        if not knows:
            raise SignInRefused("the name or the password is wrong")
        with service.database.writing() as session:
            return _enter(session, service, tried, now)


def _count(session: Session, name: str, address: str, now: datetime) -> _Try:
    """Count a try as a wrong one, which it is until the password was compared."""
    reference = _reference(name)
    subjects = {f"account {reference}": TRIES_AN_ACCOUNT, f"address {address}": TRIES_AN_ADDRESS}
    for subject, limit in subjects.items():
        row = store.lock_tries(session, subject, now)
        tries = Tries(row.since, row.count)
        if tries.are_too_many(limit, now):
            raise SignInDelayed("too many wrong tries; wait a quarter of an hour")
        _keep(row, tries.after_one_more(now))
    staff = store.find_staff(session, reference)
    stored = staff.password_hash if staff is not None and staff.active else None
    return _Try(reference=reference, address=address, password_hash=stored)


def _knows(service: StaffService, tried: _Try, password: str) -> bool:
    """Whether the password is right; the same work is done for nobody's account."""
    stored = tried.password_hash or service.dummy_hash
    try:
        matches = service.hasher.verify(stored, password[: MAX_PASSWORD_CHARS + 1])
    except VerificationError:
        return False
    return matches and tried.password_hash is not None


def _enter(session: Session, service: StaffService, tried: _Try, now: datetime) -> str:
    """Take the try back, forget the account's wrong ones, and open a session."""
    staff = store.find_staff(session, tried.reference)
    if staff is None or not staff.active or staff.password_hash != tried.password_hash:
        raise SignInRefused("the account was changed meanwhile")
    session.delete(store.lock_tries(session, f"account {tried.reference}", now))
    address = store.lock_tries(session, f"address {tried.address}", now)
    _keep(address, Tries(address.since, address.count).after_one_less())
    store.forget_tries(session, before=now - TRY_WINDOW)
    return _open_session(session, service, tried.reference, now)


def _reference(name: str) -> str:
    """The account that a try is counted for; all names that can't be one count together."""
    try:
        return parse_staff_reference(name)
    except Malformed:
        return "unknown"


def _keep(row: WrongTries, tries: Tries) -> None:
    row.since, row.count = tries.since, tries.count


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
