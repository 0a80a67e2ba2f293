"""The record of acts: numbered, chained, append-only; one for each agency, whoever writes."""

import hashlib
from functools import partial

import pytest
from sqlalchemy import delete, select, update
from sqlalchemy.exc import DatabaseError

from credentials.jcs import canonicalize
from staff.account import Account, Role
from staff.actions.record_act import Act, record_act
from staff.models import ActRow
from staff.store import acts, count_acts
from tests.simulators.race import race
from tests.staff.conftest import Office

CLERK = Account(reference="GU-11620-01", agency="GU-11620", roles=frozenset({Role.DRAFT}))
OTHER = Account(reference="SEL-HR-01", agency="SEL-HR", roles=frozenset({Role.DRAFT}))


def note(office: Office, account: Account, subject: str, reason: str = "R02") -> None:
    act = Act(name="approve", subject=subject, reason=reason, address="192.0.2.1")
    with office.writing() as session:
        record_act(session, account, act, now=office.clock())


def rows(office: Office, agency: str) -> list[ActRow]:
    with office.writing() as session:
        return list(reversed(acts(session, agency, offset=0, limit=1000)))


def verify_chain(lines: list[ActRow]) -> None:
    before = bytes(32)
    for number, row in enumerate(lines, start=1):
        assert isinstance(row.line, dict)
        assert (row.number, row.line["n"]) == (number, number)
        assert row.line["prev"] == before.hex()
        assert row.hash == hashlib.sha256(canonicalize(row.line)).digest()
        before = row.hash


def test_a_line_says_who_what_which_why_from_where_and_when(office: Office) -> None:
    note(office, CLERK, "e_1")
    (row,) = rows(office, "GU-11620")
    assert row.line == {
        "act": "approve",
        "address": "192.0.2.1",
        "agency": "GU-11620",
        "at": "2026-03-13T03:00:00Z",
        "n": 1,
        "prev": "00" * 32,
        "reason": "R02",
        "staff": "GU-11620-01",
        "subject": "e_1",
    }


def test_lines_are_chained_agency_by_agency(office: Office) -> None:
    for number in range(4):
        note(office, CLERK, f"e_{number}")
        note(office, OTHER, f"e_{number}")
    for agency in ("GU-11620", "SEL-HR"):
        lines = rows(office, agency)
        assert len(lines) == 4
        assert {line.agency for line in lines} == {agency}
        verify_chain(lines)


def test_those_who_write_at_once_write_one_after_the_other(each_office: Office) -> None:
    office = each_office
    race([partial(note, office, CLERK, f"e_{number}") for number in range(12)])
    lines = rows(office, "GU-11620")
    assert {line.subject for line in lines} == {f"e_{number}" for number in range(12)}
    verify_chain(lines)


@pytest.mark.parametrize(
    "change", [update(ActRow).values(subject="e_2"), delete(ActRow)], ids=["update", "delete"]
)
def test_a_line_stays_as_it_was_written(each_office: Office, change: object) -> None:
    office = each_office
    note(office, CLERK, "e_1")
    with pytest.raises(DatabaseError), office.writing() as session:
        session.execute(change)  # type: ignore[call-overload]
    with office.writing() as session:
        assert session.scalars(select(ActRow.subject)).all() == ["e_1"]


def test_an_act_that_was_not_done_is_not_recorded(office: Office) -> None:
    def fail() -> None:
        act = Act(name="approve", subject="e_1", reason="", address="192.0.2.1")
        with office.writing() as session:
            record_act(session, CLERK, act, now=office.clock())
            raise KeyError

    with pytest.raises(KeyError):
        fail()
    assert rows(office, "GU-11620") == []


def test_newest_first_and_page_by_page(office: Office) -> None:
    for number in range(5):
        note(office, CLERK, f"e_{number}")
    with office.writing() as session:
        page = acts(session, "GU-11620", offset=1, limit=2)
        assert [row.subject for row in page] == ["e_3", "e_2"]
        assert count_acts(session, "GU-11620") == 5
        assert count_acts(session, "GU-11680") == 0
