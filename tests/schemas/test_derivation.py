"""Each rule by itself: what it states, and on which day that turns."""

from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from schemas.derivation import (
    Constant,
    DaysAtLeast,
    Equals,
    IssueDay,
    MemberOf,
    Outcome,
    Rule,
    YearsAtLeast,
    YearsUnder,
)

AGE_19 = YearsAtLeast(source="day", years=19, count_first_day=True)
UNDER_35 = YearsUnder(source="day", years=35)
DAYS_30 = DaysAtLeast(source="day", days=30, count_first_day=True)
DAYS_30_LATER = DaysAtLeast(source="day", days=30, count_first_day=False)
YEARS_3 = YearsAtLeast(source="day", years=3, count_first_day=True)
YEARS_3_LATER = YearsAtLeast(source="day", years=3, count_first_day=False)
TODAY = date(2026, 3, 13)
TOMORROW = date(2026, 3, 14)


@pytest.mark.parametrize(
    ("rule", "day", "on", "value", "turns_on"),
    [
        (AGE_19, "2007-03-13", TODAY, True, None),
        (AGE_19, "2007-03-14", TODAY, None, TOMORROW),
        (AGE_19, "2008-02-29", date(2027, 2, 28), None, date(2027, 3, 1)),
        (AGE_19, "2008-02-29", date(2027, 3, 1), True, None),
        (UNDER_35, "1991-03-14", TODAY, True, TOMORROW),
        (UNDER_35, "1991-03-13", TODAY, None, None),
        (UNDER_35, "1992-02-29", date(2027, 2, 28), True, date(2027, 3, 1)),
        (DAYS_30, "2026-02-10", date(2026, 3, 10), None, date(2026, 3, 11)),
        (DAYS_30, "2026-02-10", date(2026, 3, 11), True, None),
        (DAYS_30_LATER, "2026-02-10", date(2026, 3, 11), None, date(2026, 3, 12)),
        (YEARS_3, "2023-03-13", date(2026, 3, 12), None, TODAY),
        (YEARS_3, "2023-03-13", TODAY, True, None),
        (YEARS_3_LATER, "2023-03-13", TODAY, None, TOMORROW),
    ],
)
def test_a_rule_on_a_date(
    rule: Rule, day: str, on: date, value: bool | None, turns_on: date | None
) -> None:
    assert rule.outcome({"day": day}, on) == Outcome(value=value, turns_on=turns_on)


@pytest.mark.parametrize("rule", [AGE_19, UNDER_35, DAYS_30], ids=lambda rule: rule.name)
def test_a_rule_on_a_missing_date_states_nothing_for_good(rule: Rule) -> None:
    assert rule.outcome({}, TODAY) == Outcome(value=None, turns_on=None)


@pytest.mark.parametrize(
    ("rule", "value"),
    [
        (Equals(source="kind", value="citizen"), True),
        (Equals(source="kind", value="foreigner"), None),
        (Equals(source="other", value="citizen"), None),
        (MemberOf(source="kind"), {"citizen": True}),
        (MemberOf(source="other"), None),
        (Constant(value=True), True),
        (Constant(value="a text"), "a text"),
        (IssueDay(), "2026-03-13"),
    ],
)
def test_a_rule_that_no_day_turns(rule: Rule, value: object) -> None:
    found = rule.outcome({"kind": "citizen"}, TODAY)
    assert (found.value, found.turns_on) == (value, None)


@pytest.mark.parametrize(
    "rule",
    [AGE_19, UNDER_35, DAYS_30, DAYS_30_LATER, YEARS_3, YEARS_3_LATER],
    ids=lambda rule: f"{rule.name}-{rule.source}",
)
@settings(max_examples=60)
@given(
    day=st.dates(date(1985, 1, 1), date(2026, 3, 13)),
    on=st.dates(date(2026, 3, 13), date(2030, 1, 1)),
)
def test_the_result_holds_until_the_day_it_says_and_turns_then(
    rule: Rule, day: date, on: date
) -> None:
    claims = {"day": day.isoformat()}
    found = rule.outcome({**claims}, on)
    if found.turns_on is None:
        assert rule.outcome({**claims}, date(2199, 12, 31)).value == found.value
        return
    assert found.turns_on > on
    assert rule.outcome({**claims}, found.turns_on - timedelta(days=1)).value == found.value
    assert rule.outcome({**claims}, found.turns_on).value != found.value
