"""Agencies as the public pages show them: who, what it may do, and until when. No Flask in here."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import TypeAlias

from credentials.errors import Expired, NotYetValid
from credentials.validity import LEEWAY, Validity
from did_registry.accreditation import Accreditation, VerifierRegistration
from did_registry.errors import UnknownDid
from did_registry.view import RegistryView
from schemas.catalogue import get
from schemas.errors import UnknownType
from schemas.labels import Label

Right: TypeAlias = Accreditation | VerifierRegistration


class Standing(StrEnum):
    """What somebody is to the registry; one may be several of them."""

    ROOT = "root"
    ISSUER = "issuer"
    VERIFIER = "verifier"
    ADMITTED = "admitted"
    ENDED = "ended"
    NONE = "none"
    DEACTIVATED = "deactivated"


class Term(StrEnum):
    """Where a right stands in time."""

    COMING = "coming"
    CURRENT = "current"
    OVER = "over"


@dataclass(frozen=True, slots=True, kw_only=True)
class RightLine:
    """One right. what: the types or items, each in both languages and as the log has it; purpose,
    legal_basis, retention_days: of a verifier, or None."""

    term: Term
    since: datetime | None
    until: datetime | None
    what: tuple[tuple[Label, str], ...]
    purpose: Label | None = None
    legal_basis: str | None = None
    retention_days: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Agency:
    """One DID of the registry. name: None for one that was never given a right; issues, asks: the
    newest first."""

    code: str
    did: str
    name: Label | None
    standings: tuple[Standing, ...]
    issues: tuple[RightLine, ...]
    asks: tuple[RightLine, ...]

    def matches(self, words: str) -> bool:
        """Whether every word of a search stands in the names, the code or the DID."""
        names = () if self.name is None else (self.name.ko, self.name.en)
        text = " ".join((*names, self.code, self.did)).casefold()
        return all(word in text for word in words.casefold().split())


def agencies(view: RegistryView, now: datetime) -> list[Agency]:
    """Everybody whom the log knows: the root first, then by code."""
    dids = [str(history.did) for history in view.histories.values()]
    found = [agency(view, did, now) for did in {*dids, *view.admitted}]
    return sorted(found, key=lambda one: (Standing.ROOT not in one.standings, one.code, one.did))


def agency(view: RegistryView, did: str, now: datetime) -> Agency:
    """One DID of the log, or one that was admitted."""
    accreditations = view.accreditations.get(did, ())
    registrations = view.registrations.get(did, ())
    return Agency(
        code=view.code_of(did),
        did=did,
        name=_name((*registrations, *accreditations)),
        standings=_standings(view, did, now),
        issues=tuple(_issues(right, now) for right in reversed(accreditations)),
        asks=tuple(_asks(right, now) for right in reversed(registrations)),
    )


def find_by_code(everybody: Sequence[Agency], code: str) -> Agency:
    """The one with this code. A DID from elsewhere may end like one of ours, and then is not meant.

    Raises UnknownDid.
    """
    found = [one for one in everybody if one.code == code]
    if not found:
        raise UnknownDid("nobody in the registry has this code")
    return min(found, key=lambda one: Standing.ADMITTED in one.standings)


def permission_label(permission: str) -> Label:
    """`Type` or `Type/subtype` in both languages; what the catalogue does not know, as it is."""
    name, _, code = permission.partition("/")
    try:
        found = get(name)
    except UnknownType:
        return Label(ko=permission, en=permission)
    subtype = next((one.label for one in found.subtypes if one.code == code), None)
    if subtype is None:
        return found.title if not code else Label(ko=permission, en=permission)
    return Label(ko=f"{found.title.ko}: {subtype.ko}", en=f"{found.title.en}: {subtype.en}")


def attribute_label(attribute: str) -> Label:
    """`Type.claim` in both languages; what the catalogue does not know, as it is."""
    name, *path = attribute.split(".")
    try:
        found = get(name)
    except UnknownType:
        return Label(ko=attribute, en=attribute)
    claim = found.find_claim(tuple(path))
    if claim is None:
        return Label(ko=attribute, en=attribute)
    return Label(ko=f"{found.title.ko}: {claim.label.ko}", en=f"{found.title.en}: {claim.label.en}")


def _standings(view: RegistryView, did: str, now: datetime) -> tuple[Standing, ...]:
    if view.has_ended(did):
        return (Standing.DEACTIVATED,)
    held = {
        Standing.ROOT: did == str(view.root),
        Standing.ISSUER: bool(view.accreditations_at(did, now)),
        Standing.VERIFIER: view.find_registration(did, now) is not None,
        Standing.ADMITTED: did in view.admitted,
    }
    found = tuple(standing for standing, holds in held.items() if holds)
    if any(held[one] for one in (Standing.ROOT, Standing.ISSUER, Standing.VERIFIER)):
        return found
    had = view.accreditations.get(did) or view.registrations.get(did)
    return (*found, Standing.ENDED if had else Standing.NONE)


def _name(rights: tuple[Right, ...]) -> Label | None:
    """As the latest right has it."""
    return next((Label(ko=one.name_ko, en=one.name_en) for one in reversed(rights)), None)


def _issues(right: Accreditation, now: datetime) -> RightLine:
    return RightLine(
        term=_term(right.validity, now),
        since=right.validity.not_before,
        until=right.validity.not_after,
        what=tuple((permission_label(one), one) for one in sorted(right.types)),
    )


def _asks(right: VerifierRegistration, now: datetime) -> RightLine:
    return RightLine(
        term=_term(right.validity, now),
        since=right.validity.not_before,
        until=right.validity.not_after,
        what=tuple((attribute_label(one), one) for one in sorted(right.attributes)),
        purpose=Label(ko=right.purpose_ko, en=right.purpose_en),
        legal_basis=right.legal_basis,
        retention_days=right.retention_days,
    )


def _term(validity: Validity, now: datetime) -> Term:
    try:
        validity.check(now, LEEWAY)
    except NotYetValid:
        return Term.COMING
    except Expired:
        return Term.OVER
    return Term.CURRENT
