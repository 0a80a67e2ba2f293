"""The reader of rules: one slip at a time is refused."""

from importlib.resources import files

import pytest

from credentials.errors import Malformed
from credentials.json_object import JsonObject
from credentials.strict_json import JsonValue
from schemas.derivation import (
    Constant,
    DaysAtLeast,
    Equals,
    IssueDay,
    MemberOf,
    Rule,
    YearsAtLeast,
    YearsUnder,
)
from schemas.rule_file import parse_rule
from schemas.type_file import parse_type_file

RESIDENCY = (files("schemas") / "seoul_residency.v1.toml").read_text("utf-8")
YEARS: dict[str, JsonValue] = {
    "name": "years-at-least", "from": "day", "years": 3, "count_first_day": False,
}  # fmt: skip
DAYS: dict[str, JsonValue] = {
    "name": "days-at-least", "from": "day", "days": 30, "count_first_day": True,
}  # fmt: skip


@pytest.mark.parametrize(
    ("fields", "rule"),
    [
        (YEARS, YearsAtLeast(source="day", years=3, count_first_day=False)),
        (DAYS, DaysAtLeast(source="day", days=30, count_first_day=True)),
        (
            {"name": "years-under", "from": "day", "years": 35},
            YearsUnder(source="day", years=35),
        ),
        ({"name": "equals", "from": "kind", "value": "a"}, Equals(source="kind", value="a")),
        ({"name": "member-of", "from": "kind"}, MemberOf(source="kind")),
        ({"name": "constant", "value": True}, Constant(value=True)),
        ({"name": "constant", "value": "a"}, Constant(value="a")),
        ({"name": "issue-day"}, IssueDay()),
    ],
)
def test_reads_every_rule(fields: dict[str, JsonValue], rule: Rule) -> None:
    assert parse_rule(JsonObject(fields)) == rule


@pytest.mark.parametrize(
    "change",
    [
        {"name": "years-under"},
        {"years": 0},
        {"years": 151},
        {"count_first_day": 1},
        {"days": 5},
        {"from": ""},
    ],
    ids=lambda change: f"{next(iter(change))} {next(iter(change.values()))}",
)
def test_refuses_a_rule_with_one_slip(change: dict[str, JsonValue]) -> None:
    with pytest.raises(Malformed):
        parse_rule(JsonObject({**YEARS, **change}))


@pytest.mark.parametrize("missing", ["name", "from", "years", "count_first_day"])
def test_refuses_a_rule_that_leaves_something_open(missing: str) -> None:
    with pytest.raises(Malformed):
        parse_rule(JsonObject({key: YEARS[key] for key in YEARS if key != missing}))


def test_refuses_a_rule_that_does_not_exist() -> None:
    with pytest.raises(Malformed):
        parse_rule(JsonObject({"name": "years-over"}))


@pytest.mark.parametrize("days", [0, 36601])
def test_refuses_days_out_of_bounds(days: int) -> None:
    with pytest.raises(Malformed):
        parse_rule(JsonObject({**DAYS, "days": days}))


def test_refuses_a_predicate_that_is_always_false() -> None:
    with pytest.raises(Malformed):
        parse_rule(JsonObject({"name": "constant", "value": False}))


AGE_14 = '{ name = "years-at-least", from = "birthDate", years = 14, count_first_day = true }'
MISFITS = {
    "draws on nothing": (AGE_14, AGE_14.replace("birthDate", "noSuchDay")),
    "draws on a text": (AGE_14, AGE_14.replace("birthDate", "nameKo")),
    "draws on a derived claim": (AGE_14, AGE_14.replace("birthDate", "asOfDate")),
    "makes a date, not a boolean": (AGE_14, '{ name = "issue-day" }'),
    "makes a text, not a boolean": (AGE_14, '{ name = "constant", value = "a" }'),
    "makes an object, not a boolean": (AGE_14, '{ name = "member-of", from = "guCode" }'),
    "makes a boolean, not a date": ('{ name = "issue-day" }', AGE_14),
    "compares a date": (
        '{ name = "equals", from = "residentType"',
        '{ name = "equals", from = "birthDate"',
    ),
    "makes a member of a date": (
        '{ name = "member-of", from = "guCode" }',
        '{ name = "member-of", from = "birthDate" }',
    ),
}


@pytest.mark.parametrize(("old", "new"), MISFITS.values(), ids=MISFITS.keys())
def test_refuses_a_rule_that_does_not_fit_its_claims(old: str, new: str) -> None:
    assert old in RESIDENCY
    with pytest.raises(Malformed):
        parse_type_file(RESIDENCY.replace(old, new, 1).encode())
