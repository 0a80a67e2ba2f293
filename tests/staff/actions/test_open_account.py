"""Opening accounts: once, with a password that is good enough."""

import pytest

from staff.account import Role
from staff.actions.open_account import open_account
from staff.errors import PasswordTooWeak
from staff.models import StaffRow
from tests.staff.conftest import Office


def test_an_account_that_is_there_stays_as_it_is(office: Office) -> None:
    with office.writing() as session:
        before = session.get_one(StaffRow, "GU-11620-01").password_hash
        open_account(
            session,
            office.service,
            "GU-11620-01",
            "another password of mine",
            [Role.APPROVE],
            active=True,
        )
    with office.writing() as session:
        row = session.get_one(StaffRow, "GU-11620-01")
        assert (row.password_hash, row.roles) == (before, ["draft"])


@pytest.mark.parametrize("password", ["short", "passwordpassword"])
def test_a_weak_password_opens_nothing(office: Office, password: str) -> None:
    with pytest.raises(PasswordTooWeak), office.writing() as session:
        open_account(session, office.service, "GU-11620-09", password, [], active=True)
    with office.writing() as session:
        assert session.get(StaffRow, "GU-11620-09") is None


def test_two_accounts_of_one_password_have_two_hashes(office: Office) -> None:
    with office.writing() as session:
        rows = [session.get_one(StaffRow, f"GU-11620-0{it}").password_hash for it in (1, 2)]
    assert len(set(rows)) == 2
