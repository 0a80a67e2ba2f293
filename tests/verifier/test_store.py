from datetime import timedelta

import pytest

from storage.transaction import Database
from tests.simulators.clock import START
from verifier import store
from verifier.decision_count import Way
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


def test_takes_a_code_once_for_each_verifier_and_forgets_it_in_time(database: Database) -> None:
    later = START + timedelta(minutes=4)
    _two_verifiers(database)
    with database.writing() as session:
        assert store.take_code(session, "VER-LIB", bytes(32), forget_at=later)
        assert not store.take_code(session, "VER-LIB", bytes(32), forget_at=later)
        assert store.take_code(session, "VER-EMP", bytes(32), forget_at=later)
        assert store.take_code(session, "VER-LIB", bytes([1]) * 32, forget_at=later)
    with database.writing() as session:
        store.forget_codes(session, later - timedelta(seconds=1))
        assert not store.take_code(session, "VER-LIB", bytes(32), forget_at=later)
        store.forget_codes(session, later)
        assert store.take_code(session, "VER-LIB", bytes(32), forget_at=later)


def test_counts_by_verifier_day_way_and_word(database: Database) -> None:
    day, next_day = START.date(), START.date() + timedelta(days=1)
    _two_verifiers(database)
    with database.writing() as session:
        for _ in range(3):
            store.count(session, "VER-LIB", day, Way.SCAN, "OK")
        store.count(session, "VER-LIB", day, Way.SCAN, "REVOKED")
        store.count(session, "VER-LIB", day, Way.REQUEST, "OK")
        store.count(session, "VER-LIB", next_day, Way.SCAN, "OK")
        store.count(session, "VER-EMP", day, Way.SCAN, "OK")
    with database.reading() as session:
        found = [(row.way, row.code, row.times) for row in store.counts(session, "VER-LIB", day)]
    assert found == [("request", "OK", 1), ("scan", "OK", 3), ("scan", "REVOKED", 1)]


def _two_verifiers(database: Database) -> None:
    with database.writing() as session:
        session.add_all(
            [VerifierRow(code=code, did=f"did:webvh:{code}") for code in ("VER-LIB", "VER-EMP")]
        )
