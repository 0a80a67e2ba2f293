"""From approved claims to the claims of a credential issued today, and how long it may hold.

Predicates are worked out on the day of issue, never stored: an entitlement may wait for weeks.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from credentials.claims import Claims
from credentials.errors import Expired
from schemas.claim_problem import ProblemCode, problem
from schemas.credential_type import CredentialType, ValidityRule
from schemas.errors import InvalidClaims
from schemas.seoul_calendar import start_of_day

_ONE_DAY: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Derived:
    """All claims of a credential, and the last day in Seoul on which its predicates still hold.

    valid_through: None when no predicate will ever turn.
    """

    claims: Claims
    valid_through: date | None


def derive(credential_type: CredentialType, claims: Claims, on: date) -> Derived:
    """Add what follows from the entered claims on the day `on` in Seoul.

    claims: as `parse_entered` returned them. A false predicate is left out. `valid_through` is the
    day before any predicate of the type turns, true to false or false to true.
    Raises InvalidClaims if a derived claim is among the entered ones: it would outlive its day.
    """
    rules = {claim.path[0]: claim.rule for claim in credential_type.claims if claim.rule}
    stale = [problem((name,), ProblemCode.DERIVED_CLAIM) for name in rules if name in claims]
    if stale:
        raise InvalidClaims(stale)
    outcomes = {name: rule.outcome(claims, on) for name, rule in rules.items()}
    stated = {name: found.value for name, found in outcomes.items() if found.value is not None}
    turns = [found.turns_on for found in outcomes.values() if found.turns_on]
    return Derived(
        claims={**claims, **stated}, valid_through=min(turns) - _ONE_DAY if turns else None
    )


def validity_end(
    credential_type: CredentialType, issued_at: datetime, derived: Derived
) -> datetime | None:
    """When a credential with these claims stops being valid; None when it has no end.

    The earliest of: the type's (or the subtype's) own rule, and midnight in Seoul after
    `derived.valid_through`. Aware UTC, itself excluded. Raises Expired if that is not after
    `issued_at`: such a credential must not be issued.
    """
    subtype = credential_type.subtype(derived.claims)
    ends = _ends_by_rule(
        subtype.validity if subtype else credential_type.validity, issued_at, derived.claims
    )
    if derived.valid_through is not None:
        ends.append(_end_of(derived.valid_through))
    if not ends:
        return None
    if min(ends) <= issued_at:
        raise Expired("what this credential would state no longer holds")
    return min(ends)


def _ends_by_rule(rule: ValidityRule, issued_at: datetime, claims: Claims) -> list[datetime]:
    ends = []
    if rule.days is not None:
        ends.append(issued_at + timedelta(days=rule.days))
    if rule.until_claim is not None:
        last = date.fromisoformat(str(claims[rule.until_claim]))
        ends.append(_end_of(last + timedelta(days=rule.plus_days)))
    return ends


def _end_of(day: date) -> datetime:
    return start_of_day(day + _ONE_DAY)
