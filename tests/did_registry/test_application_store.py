"""The applications' rows: moved along the table, once."""

from datetime import UTC, datetime

import pytest
from sqlalchemy.orm import Session

from did_registry import application_store
from did_registry.actions.applications import get_application, submit_application
from did_registry.application import ApplicationEvent, ApplicationState
from did_registry.errors import ApplicationNotOpen
from did_registry.models import ApplicationRow
from storage.transaction import Database
from tests.did_registry.test_application import AGENCY, VERIFIER

NOW = datetime(2026, 3, 13, 3, 0, tzinfo=UTC)


def refuse(session: Session, row: ApplicationRow) -> None:
    application_store.move(
        session, row, ApplicationEvent.REFUSE, act=None, reason="why", decided_at=NOW
    )


def row_of(session: Session, receipt: str) -> ApplicationRow:
    row = application_store.find(session, receipt)
    assert row is not None
    return row


def test_two_who_decide_at_once_decide_once(database: Database) -> None:
    with database.writing() as session:
        receipt = submit_application(session, AGENCY, now=NOW)
    with database.reading() as slow:
        seen = row_of(slow, receipt)
        slow.expunge(seen)
    with database.writing() as session:
        refuse(session, row_of(session, receipt))
    with database.writing() as session, pytest.raises(ApplicationNotOpen):
        refuse(session, seen)  # which was open when it was read
    with database.reading() as session:
        found = get_application(session, receipt)
    assert (found.state, found.reason, found.decided_at) == (ApplicationState.REFUSED, "why", NOW)


def test_counts_and_lists_by_state_the_newest_first(database: Database) -> None:
    with database.writing() as session:
        first = submit_application(session, AGENCY, now=NOW)
        second = submit_application(session, VERIFIER, now=NOW.replace(hour=4))
        third = submit_application(session, VERIFIER, now=NOW.replace(hour=5))
        refuse(session, row_of(session, second))
    received, every = [ApplicationState.RECEIVED], list(ApplicationState)
    with database.reading() as session:
        assert application_store.count(session, received) == 2
        assert application_store.count(session, []) == 0
        rows = application_store.listed(session, received, offset=0, limit=9)
        assert [row.receipt for row in rows] == [third, first]
        rows = application_store.listed(session, every, offset=1, limit=1)
        assert [row.receipt for row in rows] == [second]
        assert application_store.find_by_act(session, "act-none") is None
