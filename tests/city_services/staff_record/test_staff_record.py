"""A record of acts and its leaves: logged from what is stored, and verified against the log."""

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import text
from sqlalchemy.orm import Session

from city_services.staff_record.cli import RecordOffice, verify_record_command
from city_services.staff_record.log_head import log_head
from console.commands import RefusingGroup
from did_registry.actions.append import LeafDraft, append
from did_registry.actions.follow import replay_over_http
from staff.account import Account, Role
from staff.actions.record_act import Act, record_act
from staff.errors import RecordBroken
from staff.models import StaffRow
from storage.transaction import Database
from tests.simulators.registry import SimulatedRegistry, drop_triggers

CLERK = Account(reference="GU-11620-01", agency="GU-11620", roles=frozenset({Role.DRAFT}))


class _Log:
    def record(self, session: Session, drafts: Sequence[LeafDraft], *, now: datetime) -> list[int]:
        return append(session, drafts, now=now)


class Bureau:
    """One agency's record, and a registry."""

    def __init__(self, database: Database) -> None:
        self.registry = SimulatedRegistry(database)
        self.registry.publish()
        with database.writing() as session:
            session.add(
                StaffRow(
                    reference=CLERK.reference,
                    agency=CLERK.agency,
                    password_hash="",
                    roles=[],
                    active=True,
                )
            )

    def act(self, count: int) -> None:
        act = Act(name="approve", subject="e_1", reason="R02", address="192.0.2.1")
        for _ in range(count):
            self.registry.clock.advance(seconds=1)
            now = self.registry.clock()
            self.registry.write(lambda session: record_act(session, CLERK, act, now=now))  # noqa: B023

    def log(self) -> int | None:
        now = self.registry.clock()
        logged = self.registry.write(
            lambda session: log_head(session, _Log(), CLERK.agency, now=now)
        )
        self.registry.publish()
        return logged

    def tamper(self, statement: str) -> None:
        with self.registry.database.writing() as session:
            if session.get_bind().dialect.name == "sqlite":
                drop_triggers(session)
            else:
                session.execute(text("ALTER TABLE act DISABLE TRIGGER USER"))
            assert session.execute(text(statement)).rowcount  # type: ignore[attr-defined]

    def run(self, *arguments: str) -> Result:
        registry = self.registry
        office = RecordOffice(
            database=registry.database,
            own_view=registry.replay,
            view_at=lambda url, _: replay_over_http(
                registry.anchor, registry.outbound(), registry.clock()
            ),
        )
        group = RefusingGroup("staff")
        group.add_command(verify_record_command(lambda: office))
        return CliRunner().invoke(group, ["verify-record", *arguments])

    def json(self, *arguments: str) -> tuple[int, Any]:
        result = self.run("GU-11620", *arguments, "--json")
        return result.exit_code, json.loads(result.stdout)


@pytest.fixture
def bureau(database: Database) -> Bureau:
    return Bureau(database)


def test_each_day_with_acts_has_a_leaf(bureau: Bureau) -> None:
    assert bureau.log() is None
    bureau.act(3)
    assert bureau.log() == 3
    assert bureau.log() is None
    bureau.act(2)
    assert bureau.log() == 5
    heads = bureau.registry.replay().audits["GU-11620"]
    assert [head.count for head in heads] == [3, 5]
    found = {"valid": True, "code": None, "agency": "GU-11620", "lines": 5, "logged": 5, "heads": 2}
    assert bureau.json() == (0, found)
    assert bureau.json("--log", bureau.registry.url) == (0, found)


def test_nothing_of_an_act_is_on_the_log(bureau: Bureau) -> None:
    bureau.act(1)
    bureau.log()
    stored = text("SELECT leaf FROM log_leaf")
    leaves = bureau.registry.read(lambda session: session.scalars(stored).all())
    assert leaves
    assert not any(b"GU-11620-01" in leaf or b"e_1" in leaf for leaf in leaves)


@pytest.mark.parametrize(
    ("statement", "line"),
    [
        ("UPDATE act SET subject = 'e_2' WHERE number = 2", 2),
        ("DELETE FROM act WHERE number = 2", 2),
        ("DELETE FROM act WHERE number > 1", 2),
    ],
    ids=["changed", "missing", "shortened below a head"],
)
def test_a_record_that_was_changed_is_refused_with_the_line(
    bureau: Bureau, statement: str, line: int
) -> None:
    bureau.act(3)
    bureau.log()
    bureau.tamper(statement)
    status, found = bureau.json()
    assert (status, found["valid"], found["code"], found["line"]) == (
        *(1, False, "record-broken"),
        line,
    )


def test_what_is_not_whole_gets_no_leaf(bureau: Bureau) -> None:
    bureau.act(2)
    bureau.log()
    bureau.act(3)
    bureau.tamper("DELETE FROM act WHERE number = 4")
    with pytest.raises(RecordBroken) as caught:
        bureau.log()
    assert caught.value.line == 4
    assert len(bureau.registry.replay().audits["GU-11620"]) == 1


def test_before_the_first_leaf_nothing_is_known(bureau: Bureau) -> None:
    bureau.act(2)
    status, found = bureau.json()
    assert (status, found["valid"], found["code"], found["lines"]) == (3, None, "no-logged-head", 2)


def test_an_agency_without_staff_has_no_record(bureau: Bureau) -> None:
    result = bureau.run("GU-99999", "--json")
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr.startswith("record-not-found")


def test_a_trust_file_goes_with_an_address(bureau: Bureau) -> None:
    assert bureau.run("GU-11620", "--trust", "trust.json").exit_code == 2
