"""Applications are kept for who knows the receipt number, and not without end."""

from datetime import UTC, datetime

import pytest

from did_registry.actions.applications import (
    MAX_WAITING,
    get_application,
    list_applications,
    submit_application,
)
from did_registry.application import Application, ApplicationState, is_receipt
from did_registry.errors import ApplicationsFull, UnknownApplication
from storage.transaction import Database
from tests.did_registry.test_application import AGENCY, VERIFIER

NOW = datetime(2026, 3, 13, 3, 0, tzinfo=UTC)


@pytest.mark.parametrize("application", [AGENCY, VERIFIER], ids=["agency", "verifier"])
def test_what_was_handed_in_is_found_by_its_receipt(
    sqlite_database: Database, application: Application
) -> None:
    with sqlite_database.writing() as session:
        receipt = submit_application(session, application, now=NOW)
    assert is_receipt(receipt)
    with sqlite_database.reading() as session:
        found = get_application(session, receipt)
        assert found.application == application
        assert (found.state, found.received_at) == (ApplicationState.RECEIVED, NOW)
        assert (found.act, found.reason, found.decided_at) == (None, None, None)
        assert list_applications(session, [ApplicationState.RECEIVED], offset=0, limit=9) == [found]


def test_nobody_finds_another_number(sqlite_database: Database) -> None:
    with sqlite_database.writing() as session:
        numbers = {submit_application(session, AGENCY, now=NOW) for _ in range(20)}
        assert len(numbers) == 20
        for text in ("", "abcd-efgh-jkmn-pqrs", "%", "\0", next(iter(numbers)).upper()):
            with pytest.raises(UnknownApplication):
                get_application(session, text)


def test_more_than_can_be_read_are_not_taken(sqlite_database: Database) -> None:
    with sqlite_database.writing() as session:
        for _ in range(MAX_WAITING):
            submit_application(session, AGENCY, now=NOW)
        with pytest.raises(ApplicationsFull):
            submit_application(session, AGENCY, now=NOW)
