from datetime import timedelta

import pytest

from storage.transaction import Database
from tests.simulators.clock import START
from verifier import store
from verifier.errors import RequestOver
from verifier.models import RequestRow, VerifierRow
from verifier.presentation_session import Event


def _open(database: Database, state: str) -> None:
    with database.writing() as session:
        session.add(VerifierRow(code="VER-LIB", did="did:webvh:a"))
        session.flush()
        store.add_request(
            session,
            RequestRow(
                id="r_1",
                verifier="VER-LIB",
                address="address",
                state_value="state",
                nonce="nonce",
                query={},
                state=state,
                created=START,
                expires_at=START + timedelta(minutes=10),
            ),
        )


def test_finds_a_request_by_its_own_two_names_only(database: Database) -> None:
    _open(database, "requested")
    with database.reading() as session:
        by_id, by_address = (
            store.find_request(session, "r_1"),
            store.find_by_address(session, "address"),
        )
        assert by_id is not None
        assert by_id is by_address
        assert store.find_request(session, "address") is None
        assert store.find_by_address(session, "r_1") is None


def test_moves_a_request_once_where_two_have_read_the_same_state(database: Database) -> None:
    _open(database, "fetched")
    with database.reading() as session:
        seen_by_the_second = store.find_by_address(session, "address")
    assert seen_by_the_second is not None
    with database.writing() as session:
        row = store.find_by_address(session, "address")
        assert row is not None
        assert store.move(session, row, Event.DECIDE)
        assert row.state == "decided"
    with database.writing() as session:
        assert not store.move(session, seen_by_the_second, Event.DECIDE)


def test_refuses_a_move_that_the_table_does_not_have(database: Database) -> None:
    _open(database, "decided")
    with database.writing() as session:
        row = store.find_by_address(session, "address")
        assert row is not None
        with pytest.raises(RequestOver):
            store.move(session, row, Event.DECLINE)


def test_a_request_is_over_at_its_end(database: Database) -> None:
    _open(database, "requested")
    with database.reading() as session:
        row = store.find_request(session, "r_1")
    assert row is not None
    assert not store.is_over(row, START + timedelta(minutes=10, microseconds=-1))
    assert store.is_over(row, START + timedelta(minutes=10))
