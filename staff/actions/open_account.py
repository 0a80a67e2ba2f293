"""Makes an account, or gives it another password and other roles."""

from collections.abc import Iterable

from sqlalchemy.orm import Session

from staff import store
from staff.account import Role, agency_of, check_password
from staff.actions.service import StaffService
from staff.common_passwords import common_passwords
from staff.models import StaffRow


def open_account(
    session: Session,
    service: StaffService,
    reference: str,
    password: str,
    roles: Iterable[Role],
    *,
    active: bool,
) -> None:
    """Make an account; nothing happens if it is there already.

    reference: as `parse_staff_reference` returns it. Raises PasswordTooWeak.
    """
    if store.find_staff(session, reference) is not None:
        return
    password = password.strip()  # as the sign-in reads it
    check_password(password, common_passwords())
    session.add(
        StaffRow(
            reference=reference,
            agency=agency_of(reference),
            password_hash=service.hasher.hash(password),
            roles=sorted(role.value for role in roles),
            active=active,
        )
    )
    session.flush()
