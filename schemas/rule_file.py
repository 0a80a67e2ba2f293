"""Reads the rule of a derived claim from its TOML, and checks that it fits what it derives."""

from collections.abc import Sequence
from typing import Final

from credentials.errors import Malformed
from credentials.json_object import JsonObject
from schemas.claim import Claim, ClaimKind
from schemas.derivation import (
    MAX_RULE_DAYS,
    MAX_RULE_YEARS,
    Constant,
    DaysAtLeast,
    Equals,
    IssueDay,
    MemberOf,
    Rule,
    YearsAtLeast,
    YearsUnder,
)
from schemas.toml_fields import flag_of, number_of


def parse_rule(fields: JsonObject) -> Rule:
    """Read `{ name = …, from = …, … }`. Raises Malformed."""
    name = fields.text("name")
    fields.only("name", *_KEYS.get(name, ()))
    match name:
        case YearsAtLeast.name:
            return YearsAtLeast(
                source=fields.text("from"),
                years=number_of(fields, "years", 1, MAX_RULE_YEARS),
                count_first_day=flag_of(fields, "count_first_day"),
            )
        case YearsUnder.name:
            return YearsUnder(
                source=fields.text("from"), years=number_of(fields, "years", 1, MAX_RULE_YEARS)
            )
        case DaysAtLeast.name:
            return DaysAtLeast(
                source=fields.text("from"),
                days=number_of(fields, "days", 1, MAX_RULE_DAYS),
                count_first_day=flag_of(fields, "count_first_day"),
            )
        case Equals.name:
            return Equals(source=fields.text("from"), value=fields.text("value"))
        case MemberOf.name:
            return MemberOf(source=fields.text("from"))
        case Constant.name:
            return Constant(value=_constant(fields))
        case IssueDay.name:
            return IssueDay()
        case _:
            raise Malformed(f"{fields.where}: there is no rule {name!r}")


_KEYS: Final = {
    YearsAtLeast.name: ("from", "years", "count_first_day"),
    YearsUnder.name: ("from", "years"),
    DaysAtLeast.name: ("from", "days", "count_first_day"),
    Equals.name: ("from", "value"),
    MemberOf.name: ("from",),
    Constant.name: ("value",),
    IssueDay.name: (),
}


def check_source(claim: Claim, claims: Sequence[Claim]) -> None:
    """Refuse a rule that makes another kind of claim, or draws on one that it can't use.

    Raises Malformed.
    """
    kind, sources = _fits(claim)
    if claim.kind is not kind:
        raise Malformed(f"{claim.name}: its rule makes a claim of kind {kind}")
    source = getattr(claim.rule, "source", None)
    usable = {other.name for other in claims if other.entered and other.kind in sources}
    if source is not None and source not in usable:
        raise Malformed(f"{claim.name}: its rule can't draw on {source}")


def _fits(claim: Claim) -> tuple[ClaimKind, frozenset[ClaimKind]]:
    """The kind that a rule makes, and the kinds that it can draw on."""
    match claim.rule:
        case Equals():
            return ClaimKind.BOOLEAN, frozenset({ClaimKind.ENUM})
        case MemberOf():
            return ClaimKind.OBJECT, frozenset({ClaimKind.ENUM})
        case Constant(value=str()):
            return ClaimKind.TEXT, frozenset()
        case Constant():
            return ClaimKind.BOOLEAN, frozenset()
        case IssueDay():
            return ClaimKind.DATE, frozenset()
        case _:
            return ClaimKind.BOOLEAN, frozenset({ClaimKind.DATE})


def _constant(fields: JsonObject) -> bool | str:
    if fields.members.get("value") is True:
        return True
    return fields.text("value")
