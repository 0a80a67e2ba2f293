"""A credential type: everything that is true of all credentials of one kind.

`type_file.py` reads one from its TOML, `catalogue.py` finds one; the other modules derive from it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from types import MappingProxyType

from credentials.claims import ClaimPath, Claims
from schemas.claim import Claim, MemberPath
from schemas.labels import Label

# The claim that tells the subtype, in types that have subtypes.
SUBTYPE_CLAIM = "subtype"


class SubjectKind(StrEnum):
    """Whom or what a credential is about."""

    PERSON = "person"
    ORGANISATION = "organisation"
    THING = "thing"


class Binding(StrEnum):
    """How a presenter shows that the credential is theirs."""

    HOLDER_KEY = "holder-key"
    BEARER = "bearer"
    NONE = "none"


class Issuance(StrEnum):
    """Who agrees before a credential is issued."""

    AUTOMATIC = "automatic"
    REVIEWED = "reviewed"
    CO_SIGNED = "co-signed"
    SELF = "self"


class Online(StrEnum):
    """Whether it may be accepted without asking for its status now."""

    OPTIONAL = "optional"
    REQUIRED = "required"


class Audience(StrEnum):
    """Who receives it: its holder, or everybody through the registry."""

    HOLDER = "holder"
    PUBLIC = "public"


class StatusAction(StrEnum):
    """What may become of it after issue."""

    SUSPEND = "suspend"
    REVOKE = "revoke"


@dataclass(frozen=True, slots=True, kw_only=True)
class ValidityRule:
    """How long a credential holds: for days from issue, or to the end of a day that a claim names
    and `plus_days` more; without an end when both are None."""

    days: int | None = None
    until_claim: str | None = None
    plus_days: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Subtype:
    """One kind of document within a type, with its own members of `body` and its own validity."""

    code: str
    label: Label
    validity: ValidityRule


@dataclass(frozen=True, slots=True, kw_only=True)
class CardColours:
    """How a wallet draws the card: two CSS colours, `#rrggbb`."""

    background: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class CredentialType:
    """One type in one version; there is one instance of each, so it equals only itself.

    catalogue: its number in the city's catalogue.   mechanisms: names of securing mechanisms.
    issuers: agency codes, `*` for any ending, that may be accredited for it; for people to read.
    claim_by_days: how long an approved entitlement waits to be fetched.
    claims: in the order in which people read them, each object before its members.
    """

    name: str
    version: int
    catalogue: int
    title: Label
    description: Label
    subject: SubjectKind
    binding: Binding
    issuance: Issuance
    online: Online
    single_use: bool
    audience: Audience
    mechanisms: tuple[str, ...]
    issuers: tuple[str, ...]
    status: frozenset[StatusAction]
    claim_by_days: int
    validity: ValidityRule
    card: CardColours
    subtypes: tuple[Subtype, ...]
    claims: tuple[Claim, ...]

    def find_claim(self, path: ClaimPath) -> Claim | None:
        """The claim at exactly this path, if the type defines one."""
        return _by_path(self).get(path)

    def members(self, parent: MemberPath) -> tuple[Claim, ...]:
        """The claims directly below `parent`; () for the top."""
        return tuple(claim for claim in self.claims if claim.path[:-1] == parent)

    def subtype(self, claims: Claims) -> Subtype | None:
        """The subtype that the claims name, if the type has it."""
        code = claims.get(SUBTYPE_CLAIM)
        return next((subtype for subtype in self.subtypes if subtype.code == code), None)


@cache
def _by_path(credential_type: CredentialType) -> Mapping[ClaimPath, Claim]:
    return MappingProxyType({claim.path: claim for claim in credential_type.claims})


def permission(credential_type: CredentialType, claims: Claims) -> str:
    """What must stand in the `allowedTypes` of an issuer's accreditation: `Type` or `Type/subtype`.

    The subtype is never withheld, so a verifier can always tell. Claims whose subtype the type
    does not have are permitted to nobody: the result then names no type at all.
    """
    if not credential_type.subtypes:
        return credential_type.name
    subtype = credential_type.subtype(claims)
    return f"{credential_type.name}/{subtype.code if subtype else ''}"


def attribute_name(credential_type: CredentialType, path: ClaimPath) -> str:
    """How a verifier's registration names a claim: the type and the path, joined by dots."""
    return ".".join((credential_type.name, *(str(element) for element in path)))
