"""References, passwords and roles."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from credentials.errors import Malformed
from staff.account import (
    MAX_PASSWORD_CHARS,
    MIN_PASSWORD_CHARS,
    Account,
    Role,
    agency_of,
    check_password,
    parse_staff_reference,
)
from staff.common_passwords import common_passwords
from staff.errors import NotPermitted, PasswordTooWeak

CLERK = Account(reference="GU-11620-01", agency="GU-11620", roles=frozenset({Role.DRAFT}))


@pytest.mark.parametrize("typed", ["GU-11620-01", " gu-11620-01 ", "Gu-11620-01\n"])
def test_a_reference_is_one_however_it_is_typed(typed: str) -> None:
    assert parse_staff_reference(typed) == "GU-11620-01"
    assert agency_of("GU-11620-01") == "GU-11620"


@pytest.mark.parametrize(
    "typed", ["", "GU-11620", "GU-11620-1", "GU-11620-001", "GU--01", "ＧＵ-11620-01", "a\0"]
)
def test_what_is_no_reference(typed: str) -> None:
    with pytest.raises(Malformed):
        parse_staff_reference(typed)


@given(st.text())
def test_any_text_is_a_reference_or_malformed(text: str) -> None:
    with suppress(Malformed):
        assert parse_staff_reference(text) == text.strip().upper()


@pytest.mark.parametrize(
    "password", ["", "a" * (MIN_PASSWORD_CHARS - 1), "a" * (MAX_PASSWORD_CHARS + 1)]
)
def test_a_password_has_its_bounds(password: str) -> None:
    with pytest.raises(PasswordTooWeak):
        check_password(password, frozenset())
    check_password("b" * MIN_PASSWORD_CHARS, frozenset())
    check_password("b" * MAX_PASSWORD_CHARS, frozenset())


def test_a_common_password_is_none_in_any_case() -> None:
    common = min(common_passwords())
    assert len(common) >= MIN_PASSWORD_CHARS
    for spelling in (common, common.upper(), common.title()):
        with pytest.raises(PasswordTooWeak):
            check_password(spelling, common_passwords())


def test_a_role_that_is_not_held_is_refused() -> None:
    CLERK.require(Role.DRAFT)
    assert CLERK.has_any({Role.DRAFT, Role.AUDIT})
    assert not CLERK.has_any({Role.APPROVE})
    with pytest.raises(NotPermitted):
        CLERK.require(Role.APPROVE)
