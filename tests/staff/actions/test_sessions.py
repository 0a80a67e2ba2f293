"""A session from its beginning to its end, and what follows from its token."""

from datetime import timedelta

import pytest

from staff.account import Role
from staff.actions.sessions import form_token, sign_out
from staff.errors import NotSignedIn
from staff.models import SessionRow, StaffRow
from staff.session_rules import ABSOLUTE
from tests.staff.conftest import Office

CLERK = "GU-11620-01"


def test_an_idle_session_ends_after_a_quarter_of_an_hour(office: Office) -> None:
    token = office.sign_in(CLERK)
    office.clock.advance(minutes=14, seconds=59)
    office.who(token)
    office.clock.advance(minutes=14, seconds=59)
    office.who(token)
    office.clock.advance(minutes=15)
    with pytest.raises(NotSignedIn):
        office.who(token)


def test_a_session_in_use_ends_after_eight_hours(office: Office) -> None:
    token, began = office.sign_in(CLERK), office.clock()
    while office.clock() - began < ABSOLUTE - timedelta(minutes=10):
        office.clock.advance(minutes=10)
        office.who(token)
    office.clock.set(began + ABSOLUTE)
    with pytest.raises(NotSignedIn):
        office.who(token)


def test_looking_twice_within_a_minute_writes_once(office: Office) -> None:
    token, began = office.sign_in(CLERK), office.clock()
    office.clock.advance(seconds=59)
    office.who(token)
    assert last_seen(office, token) == began
    office.clock.advance(seconds=1)
    office.who(token)
    assert last_seen(office, token) == office.clock()


def last_seen(office: Office, token: str) -> object:
    with office.writing() as session:
        row = session.get_one(SessionRow, office.service.digest("session", token))
        return row.last_seen


def test_signing_out_ends_this_session_and_no_other(office: Office) -> None:
    one, other = office.sign_in(CLERK), office.sign_in(CLERK)
    with office.writing() as session:
        sign_out(session, office.service, one)
        sign_out(session, office.service, one)
    with pytest.raises(NotSignedIn):
        office.who(one)
    assert office.who(other).reference == CLERK


def test_an_account_is_seen_as_it_is_now(office: Office) -> None:
    token = office.sign_in("GU-11620-02")
    assert office.who(token).roles == {Role.APPROVE, Role.REVOKE}
    with office.writing() as session:
        session.get_one(StaffRow, "GU-11620-02").roles = ["audit"]
    assert office.who(token).roles == {Role.AUDIT}
    with office.writing() as session:
        session.get_one(StaffRow, "GU-11620-02").active = False
    with pytest.raises(NotSignedIn):
        office.who(token)


@pytest.mark.parametrize("token", ["", "A" * 43, "\0", "세션", "x" * 10_000])
def test_a_token_that_is_none_is_nobodys(office: Office, token: str) -> None:
    with pytest.raises(NotSignedIn):
        office.who(token)


def test_a_form_token_belongs_to_one_session_and_does_not_tell_it(office: Office) -> None:
    one, other = office.sign_in(CLERK), office.sign_in(CLERK)
    tokens = {form_token(office.service, token) for token in (one, one, other)}
    assert len(tokens) == 2
    assert all(one not in token for token in tokens)
    mac = office.service.digest("session", one).hex()
    assert form_token(office.service, one) != mac  # what is stored does not give it away
