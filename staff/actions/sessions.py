"""Who is signed in with a token, this time; and the end of a session."""

from datetime import datetime, timedelta
from typing import Final

from sqlalchemy.orm import Session

from credentials.json_object import JsonObject
from staff import store
from staff.account import Account, Role
from staff.actions.service import StaffService
from staff.actions.sign_in import SESSION
from staff.errors import NotSignedIn
from staff.models import StaffRow
from staff.session_rules import is_alive

# `last_seen` is written this often at most: looking at a page should not be a write.
_TOUCH: Final = timedelta(minutes=1)
_MAX_ROLES: Final = 16


def current(session: Session, service: StaffService, token: str, now: datetime) -> Account:
    """Who is signed in with this token. Raises NotSignedIn.

    An account that was closed or lost a role since is seen as it is now.
    """
    row = store.find_session(session, service.digest(SESSION, token))
    if row is None or not is_alive(created=row.created, last_seen=row.last_seen, now=now):
        raise NotSignedIn("nobody is signed in, or not any more")
    staff = store.find_staff(session, row.reference)
    if staff is None or not staff.active:
        raise NotSignedIn("the account is closed")
    if now - row.last_seen >= _TOUCH:
        row.last_seen = now
    return account_of(staff)


def sign_out(session: Session, service: StaffService, token: str) -> None:
    """End a session; nothing happens if it is over."""
    row = store.find_session(session, service.digest(SESSION, token))
    if row is not None:
        session.delete(row)


def form_token(service: StaffService, token: str) -> str:
    """What every form of a session carries; it follows from the session's token and can't be had
    without it."""
    return service.digest("form", token).hex()


def account_of(staff: StaffRow) -> Account:
    """The account that a row holds."""
    roles = JsonObject({"roles": staff.roles}).texts("roles", max_items=_MAX_ROLES)
    return Account(
        reference=staff.reference, agency=staff.agency, roles=frozenset(map(Role, roles))
    )
