"""The demo city's agencies, verifiers and people, read from the TOML files beside this module.

Persona dates stand in a calendar of their own, in which today is 13 March 2026; `shift` moves them
by whole days, so that the demo is never stale. Tests use them unshifted, with the clock set.
"""

import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum
from importlib.resources import files
from types import MappingProxyType
from typing import Any, Final, TypeVar

from credentials.claims import Claims
from schemas.catalogue import get
from schemas.claim import ClaimKind, MemberPath
from schemas.labels import Label

T = TypeVar("T")

REFERENCE_DAY: Final = date(2026, 3, 13)


class AgencyRole(StrEnum):
    """What an agency does in the city's trust."""

    ROOT = "root"
    ISSUER = "issuer"
    VERIFIER = "verifier"
    WITNESS = "witness"
    AUDITOR = "auditor"
    PERSON_REGISTER = "person-register"
    SOURCE = "source"


@dataclass(frozen=True, slots=True, kw_only=True)
class Agency:
    """One agency. issues: `Type` or `Type/subtype`; active: whether the seed sets it up."""

    code: str
    name: Label
    roles: frozenset[AgencyRole]
    issues: tuple[str, ...]
    active: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Verifier:
    """One registered verifier. attributes: `Type.path.with.dots`; retention_days: how long it keeps
    what it receives; active: whether the seed registers it."""

    code: str
    name: Label
    purpose: Label
    legal_basis: str
    attributes: tuple[str, ...]
    retention_days: int
    active: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class SampleEntitlement:
    """What an agency's clerk would enter for a person; `claims` are not parsed yet."""

    type_name: str
    agency: str
    claims: Claims


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """One person. note: what the person is in the demo for."""

    code: str
    note: str
    entitlements: tuple[SampleEntitlement, ...]

    def claims(self, type_name: str) -> "Claims | None":
        """What would be entered for this person's first entitlement of a type, if there is one."""
        found = (e.claims for e in self.entitlements if e.type_name == type_name)
        return next(found, None)


@dataclass(frozen=True, slots=True, kw_only=True)
class CityData:
    """The whole city, each part by code."""

    agencies: Mapping[str, Agency]
    verifiers: Mapping[str, Verifier]
    people: Mapping[str, Person]


def load_city() -> CityData:
    """The city as its files have it, in the personas' own calendar; read anew at each call."""
    return CityData(
        agencies=_rows("agencies.toml", _agency),
        verifiers=_rows("verifiers.toml", _verifier),
        people=_rows("people.toml", _person),
    )


def shift(city: CityData, today: date) -> CityData:
    """The same city with every date of its people moved by the days from 13 March 2026 to `today`.

    Ages and periods keep their length in days. Raises OverflowError beyond what `date` holds.
    """
    by = today - REFERENCE_DAY
    people = {code: _shifted_person(person, by) for code, person in city.people.items()}
    return replace(city, people=MappingProxyType(people))


def _shifted_person(person: Person, by: timedelta) -> Person:
    return replace(
        person,
        entitlements=tuple(
            replace(sample, claims=_shifted_claims(sample.type_name, sample.claims, (), by))
            for sample in person.entitlements
        ),
    )


def _shifted_claims(type_name: str, claims: Claims, parent: MemberPath, by: timedelta) -> Claims:
    shifted: Claims = {}
    for name, value in claims.items():
        claim = get(type_name).find_claim((*parent, name))
        if isinstance(value, dict):
            value = _shifted_claims(type_name, value, (*parent, name), by)
        elif claim and claim.kind is ClaimKind.DATE:
            value = (date.fromisoformat(str(value)) + by).isoformat()
        shifted[name] = value
    return shifted


def _rows(file_name: str, read: Callable[..., T]) -> Mapping[str, T]:
    rows = tomllib.loads((files(__package__) / file_name).read_text("utf-8"))
    return MappingProxyType({code: read(code, **row) for code, row in rows.items()})


def _agency(
    code: str, *, name: dict[str, str], roles: list[str], issues: list[str], active: bool
) -> Agency:
    return Agency(
        code=code,
        name=Label(**name),
        roles=frozenset(map(AgencyRole, roles)),
        issues=tuple(issues),
        active=active,
    )


def _verifier(
    code: str,
    *,
    name: dict[str, str],
    purpose: dict[str, str],
    legal_basis: str,
    attributes: list[str],
    retention_days: int,
    active: bool,
) -> Verifier:
    return Verifier(
        code=code,
        name=Label(**name),
        purpose=Label(**purpose),
        legal_basis=legal_basis,
        attributes=tuple(attributes),
        retention_days=retention_days,
        active=active,
    )


def _person(code: str, *, note: str, entitlements: list[dict[str, Any]]) -> Person:
    samples = tuple(
        SampleEntitlement(type_name=row["type"], agency=row["agency"], claims=row["claims"])
        for row in entitlements
    )
    return Person(code=code, note=note, entitlements=samples)
