"""Signing in: the right password, the delay after wrong ones, and what a stranger learns."""

import os
from collections.abc import Callable
from dataclasses import replace
from typing import Literal

import pytest
from sqlalchemy import func, select

from staff.account import Role
from staff.errors import SignInBusy, SignInDelayed, SignInRefused
from staff.hashing import HashingPlaces
from staff.models import SessionRow, StaffRow, WrongTries
from staff.session_rules import ABSOLUTE, TRIES_AN_ACCOUNT, TRIES_AN_ADDRESS
from tests.staff.conftest import PASSWORD, CountingHasher, Office

CLERK = "GU-11620-01"


def sessions(office: Office) -> int:
    with office.writing() as session:
        return session.scalar(select(func.count()).select_from(SessionRow)) or 0


def fail(office: Office, name: str = CLERK, address: str = "192.0.2.1") -> None:
    with pytest.raises(SignInRefused):
        office.sign_in(name, "a wrong password indeed", address)


def test_the_right_password_opens_and_the_token_is_stored_as_a_digest(office: Office) -> None:
    token = office.sign_in(CLERK)
    assert office.who(token).reference == CLERK
    with office.writing() as session:
        (row,) = session.scalars(select(SessionRow))
        assert row.token_mac == office.service.digest("session", token)
        assert token.encode() not in row.token_mac
        (stored,) = session.scalars(
            select(StaffRow.password_hash).where(StaffRow.reference == CLERK)
        )
    assert stored.startswith("$argon2id$")
    assert PASSWORD not in stored


def test_every_sign_in_has_a_token_of_its_own(office: Office) -> None:
    assert len({office.sign_in(CLERK) for _ in range(3)}) == 3


def test_a_token_is_256_random_bits(office: Office) -> None:
    asked: list[int] = []

    def entropy(size: int) -> bytes:
        asked.append(size)
        return os.urandom(size)

    replace(office, service=replace(office.service, entropy=entropy)).sign_in(CLERK)
    assert asked == [32]


@pytest.mark.parametrize(
    ("name", "password"),
    [
        (CLERK, "wrong"),
        (CLERK, ""),
        (CLERK, PASSWORD.upper()),
        (CLERK, PASSWORD + "\0"),
        (CLERK, PASSWORD + "x" * 500),
        ("GU-11620-77", PASSWORD),
        ("nobody at all", PASSWORD),
        ("", PASSWORD),
    ],
)
def test_a_wrong_name_and_a_wrong_password_are_told_alike(
    office: Office, name: str, password: str
) -> None:
    with pytest.raises(SignInRefused) as refused:
        office.sign_in(name, password)
    assert str(refused.value) == "sign-in-refused: the name or the password is wrong"
    assert sessions(office) == 0


def test_a_closed_account_is_told_like_a_wrong_password(office: Office) -> None:
    office.open("SEL-YOUTH-99", Role.APPROVE, active=False)
    with pytest.raises(SignInRefused):
        office.sign_in("SEL-YOUTH-99")


def test_nobodys_account_costs_the_same_comparison(office: Office) -> None:
    for name in (CLERK, "GU-11620-77", "nobody at all"):
        office.hasher.compared.clear()
        fail(office, name)
        assert len(office.hasher.compared) == 1, name
    # The very hash of the service's, with the parameters that real ones have.
    assert office.hasher.compared == [office.service.dummy_hash]
    assert not office.hasher.check_needs_rehash(office.service.dummy_hash)


def test_nobody_is_let_in_by_the_dummys_password(office: Office) -> None:
    with pytest.raises(SignInRefused):
        office.sign_in("GU-11620-77", "nobody")


def test_after_five_wrong_tries_the_right_password_waits_too(office: Office) -> None:
    for number in range(TRIES_AN_ACCOUNT):
        fail(office, address=f"192.0.2.{number}")
    office.hasher.compared.clear()
    with pytest.raises(SignInDelayed):
        office.sign_in(CLERK, address="192.0.2.99")
    assert office.hasher.compared == []  # not even looked at
    office.clock.advance(minutes=15)
    assert office.sign_in(CLERK)


def test_no_spelling_of_a_name_has_tries_of_its_own(office: Office) -> None:
    for name in (CLERK, "gu-11620-01", " GU-11620-01", "Gu-11620-01 ", "gU-11620-01"):
        fail(office, name)
    with pytest.raises(SignInDelayed):
        office.sign_in(CLERK)


def test_other_accounts_go_on(office: Office) -> None:
    for number in range(TRIES_AN_ACCOUNT):
        fail(office, address=f"192.0.2.{number}")
    assert office.sign_in("GU-11620-02")


def test_an_address_that_tries_many_names_waits(office: Office) -> None:
    for number in range(TRIES_AN_ADDRESS):
        fail(office, f"GU-11{number:03}-01", "192.0.2.7")
    with pytest.raises(SignInDelayed):
        office.sign_in(CLERK, address="192.0.2.7")
    assert office.sign_in(CLERK, address="192.0.2.8")


def test_the_right_password_forgets_the_wrong_ones(office: Office) -> None:
    for _ in range(2):
        for _ in range(TRIES_AN_ACCOUNT - 1):
            fail(office)
        office.sign_in(CLERK)
    with office.writing() as session:
        assert session.get(WrongTries, f"account {CLERK}") is None


def test_sessions_that_are_over_are_forgotten(office: Office) -> None:
    office.sign_in(CLERK)
    office.clock.advance(seconds=ABSOLUTE.total_seconds() + 1)
    office.sign_in(CLERK)
    assert sessions(office) == 1


class WatchingHasher(CountingHasher):
    """Does something else while it compares, as a slow one leaves time for."""

    def __init__(self, meanwhile: Callable[[], object]) -> None:
        super().__init__()
        self._meanwhile = meanwhile

    def verify(
        self,
        hash: str | bytes,  # noqa: A002 - the library's own name
        password: str | bytes,
    ) -> Literal[True]:
        self._meanwhile()
        return super().verify(hash, password)


def watched(office: Office, meanwhile: Callable[[], object]) -> Office:
    hasher, places = WatchingHasher(meanwhile), HashingPlaces(at_once=8, in_all=8)
    return replace(office, service=replace(office.service, hasher=hasher, places=places))


def test_others_write_while_a_password_is_compared(office: Office) -> None:
    def write() -> None:
        # Refused as nested, if this thread had a transaction open.
        office.open("GU-11620-03", Role.DRAFT)

    watched(office, write).sign_in(CLERK)
    assert office.sign_in("GU-11620-03")


def test_tries_at_the_same_time_are_all_counted(each_office: Office) -> None:
    more = iter(range(TRIES_AN_ACCOUNT))

    def try_again() -> None:
        if next(more, None) is not None:
            with pytest.raises((SignInRefused, SignInDelayed)):
                watched(each_office, try_again).sign_in(CLERK, "wrong")

    try_again()
    with pytest.raises(SignInDelayed):
        each_office.sign_in(CLERK)


def test_an_account_that_is_closed_meanwhile_stays_closed(office: Office) -> None:
    def close() -> None:
        with office.writing() as session:
            staff = session.get(StaffRow, CLERK)
            assert staff is not None
            staff.active = False

    with pytest.raises(SignInRefused):
        watched(office, close).sign_in(CLERK)
    assert sessions(office) == 0


def test_right_passwords_do_not_use_up_an_addresss_tries(each_office: Office) -> None:
    for _ in range(TRIES_AN_ADDRESS + 1):
        each_office.sign_in(CLERK)


def test_counters_that_are_over_are_forgotten(office: Office) -> None:
    fail(office, "GU-11999-01", "192.0.2.50")
    office.clock.advance(minutes=16)
    office.sign_in(CLERK)
    with office.writing() as session:
        assert session.get(WrongTries, "address 192.0.2.50") is None
        assert session.get(WrongTries, "account GU-11999-01") is None


def test_when_all_places_are_taken_nothing_is_counted(office: Office) -> None:
    places = HashingPlaces(at_once=1, in_all=1)
    full = replace(office, service=replace(office.service, places=places))
    with places.admitted(), pytest.raises(SignInBusy):
        full.sign_in(CLERK, "wrong")
    with office.writing() as session:
        assert session.get(WrongTries, f"account {CLERK}") is None
    assert full.sign_in(CLERK)
