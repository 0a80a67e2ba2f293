"""The rules by which a claim follows from others: pure, and each knows when its result will turn.

A predicate is stated when it is true and left out when it is not, so a verifier learns "is" or
nothing. `turns_on` is the first later day on which the result is another, in either direction.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import ClassVar, Final, TypeAlias

from credentials.claims import Claims
from credentials.strict_json import JsonValue
from schemas.seoul_calendar import anniversary

MAX_RULE_YEARS: Final = 150  # keeps every day within what `datetime` holds; nobody gets older
MAX_RULE_DAYS: Final = 36_600


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What a rule found: the claim's value, None to leave it out, and the day the result turns."""

    value: JsonValue
    turns_on: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class YearsAtLeast:
    """True from the day on which `years` full years have passed since the date in `source`.

    count_first_day: whether the first day counts in full, as a birth day does (Civil Act §158).
    """

    name: ClassVar[str] = "years-at-least"
    source: str
    years: int
    count_first_day: bool

    def outcome(self, claims: Claims, on: date) -> Outcome:
        since = _date(claims, self.source)
        if since is None:
            return _ABSENT
        full = anniversary(since, self.years)
        return _from(full if self.count_first_day else full + _ONE_DAY, on)


@dataclass(frozen=True, slots=True, kw_only=True)
class YearsUnder:
    """True until the day before `years` full years have passed, the first day counted in."""

    name: ClassVar[str] = "years-under"
    source: str
    years: int

    def outcome(self, claims: Claims, on: date) -> Outcome:
        since = _date(claims, self.source)
        if since is None:
            return _ABSENT
        over = anniversary(since, self.years)
        return Outcome(value=True, turns_on=over) if on < over else _ABSENT


@dataclass(frozen=True, slots=True, kw_only=True)
class DaysAtLeast:
    """True from the `days`-th day since the date in `source`; count_first_day: it is day one."""

    name: ClassVar[str] = "days-at-least"
    source: str
    days: int
    count_first_day: bool

    def outcome(self, claims: Claims, on: date) -> Outcome:
        since = _date(claims, self.source)
        if since is None:
            return _ABSENT
        return _from(since + timedelta(days=self.days - self.count_first_day), on)


@dataclass(frozen=True, slots=True, kw_only=True)
class Equals:
    """True when the claim `source` has this value."""

    name: ClassVar[str] = "equals"
    source: str
    value: str

    def outcome(self, claims: Claims, on: date) -> Outcome:
        del on  # It holds or not on every day alike.
        return (
            Outcome(value=True, turns_on=None) if claims.get(self.source) == self.value else _ABSENT
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class MemberOf:
    """An object whose one member, named by the value of `source`, is true."""

    name: ClassVar[str] = "member-of"
    source: str

    def outcome(self, claims: Claims, on: date) -> Outcome:
        del on  # It holds or not on every day alike.
        member = claims.get(self.source)
        return Outcome(value={member: True}, turns_on=None) if isinstance(member, str) else _ABSENT


@dataclass(frozen=True, slots=True, kw_only=True)
class Constant:
    """The same value in every credential of the type."""

    name: ClassVar[str] = "constant"
    value: bool | str

    def outcome(self, claims: Claims, on: date) -> Outcome:
        del claims, on  # It depends on nothing.
        return Outcome(value=self.value, turns_on=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class IssueDay:
    """The day of issue. It says when the rest was true, so its own change does not count."""

    name: ClassVar[str] = "issue-day"

    def outcome(self, claims: Claims, on: date) -> Outcome:
        del claims
        return Outcome(value=on.isoformat(), turns_on=None)


Rule: TypeAlias = YearsAtLeast | YearsUnder | DaysAtLeast | Equals | MemberOf | Constant | IssueDay

_ABSENT: Final = Outcome(value=None, turns_on=None)
_ONE_DAY: Final = timedelta(days=1)


def _from(first: date, on: date) -> Outcome:
    """True from `first` on, for good."""
    return (
        Outcome(value=True, turns_on=None) if on >= first else Outcome(value=None, turns_on=first)
    )


def _date(claims: Claims, source: str) -> date | None:
    value = claims.get(source)
    return date.fromisoformat(value) if isinstance(value, str) else None
