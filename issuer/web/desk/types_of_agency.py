"""What a clerk can choose to issue: types and subtypes that the registry lets the agency issue."""

from collections.abc import Collection
from dataclasses import dataclass

from issuer.catalogue import issued_types
from issuer.errors import TypeNotIssued
from schemas.credential_type import SUBTYPE_CLAIM, CredentialType, Subtype, permission
from schemas.labels import Label


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """One type, or one subtype of a type."""

    type: CredentialType
    subtype: Subtype | None

    @property
    def name(self) -> str:
        """As an accreditation names it: `Type` or `Type/subtype`."""
        return permission(self.type, {SUBTYPE_CLAIM: self.subtype.code if self.subtype else ""})

    @property
    def label(self) -> Label:
        """What people call it."""
        return self.subtype.label if self.subtype else self.type.title


def choices(permissions: Collection[str]) -> tuple[Choice, ...]:
    """All of them, in the order of the types' names."""
    every = (
        Choice(type=found, subtype=subtype)
        for found in issued_types(permissions)
        for subtype in (found.subtypes or (None,))
    )
    return tuple(choice for choice in every if choice.name in permissions)


def find_choice(name: str, permissions: Collection[str]) -> Choice:
    """The one with this name. Raises TypeNotIssued."""
    for choice in choices(permissions):
        if choice.name == name:
            return choice
    raise TypeNotIssued("the registry does not let this agency issue that")
