"""A person who acts for an agency or a verifier, by a reference and never by name."""

import re
from collections.abc import Set
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from credentials.errors import Malformed
from staff.errors import NotPermitted, PasswordTooWeak

MIN_PASSWORD_CHARS: Final = 15  # NIST SP 800-63B-4 §3.1.1.2, for a password alone
MAX_PASSWORD_CHARS: Final = (
    128  # hashing costs memory, whatever the length; this bounds the request
)

_REFERENCE: Final = re.compile(r"([A-Z]{2,4}-[A-Z0-9]{1,8})-[0-9]{2}")


class Role(StrEnum):
    """What somebody may do: prepare, decide, take back, look; ask (at a verifier); act for the
    registry's root."""

    DRAFT = "draft"
    APPROVE = "approve"
    REVOKE = "revoke"
    AUDIT = "audit"
    ASK = "ask"
    ROOT = "root"


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """A member of staff who is signed in. agency: the code of the agency or verifier."""

    reference: str
    agency: str
    roles: frozenset[Role]

    def require(self, role: Role) -> None:
        """Refuse who has not this role. Raises NotPermitted."""
        if role not in self.roles:
            raise NotPermitted(f"this takes the role {role}")

    def has_any(self, roles: Set[Role]) -> bool:
        """Whether one of these roles is held."""
        return bool(self.roles & roles)


def parse_staff_reference(text: str) -> str:
    """Read a staff reference such as `GU-11620-01`, in whatever case it was typed.

    Counters of wrong tries hang on the result, so that no spelling gets tries of its own.
    Raises Malformed.
    """
    reference = text.strip().upper()
    if not _REFERENCE.fullmatch(reference):
        raise Malformed("a staff reference is the agency's code and two digits")
    return reference


def agency_of(reference: str) -> str:
    """The agency that a staff reference belongs to."""
    return reference.rpartition("-")[0]


def check_password(password: str, common: Set[str]) -> None:
    """Refuse a new password that is too weak. common: passwords that everybody tries first.

    Raises PasswordTooWeak.
    """
    if not MIN_PASSWORD_CHARS <= len(password) <= MAX_PASSWORD_CHARS:
        raise PasswordTooWeak(
            f"a password has {MIN_PASSWORD_CHARS} to {MAX_PASSWORD_CHARS} characters"
        )
    if password.casefold() in common:
        raise PasswordTooWeak("this password is on the list of common ones")
