import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from storage.epoch import FIRST, begin_epoch, current_epoch, key_name
from storage.transaction import Database
from tests.simulators.clock import START


def test_each_restore_begins_the_next(database: Database) -> None:
    with database.reading() as session:
        assert current_epoch(session) == FIRST
    for number in (1, 2, 3):
        with database.writing() as session:
            assert begin_epoch(session, now=START) == number
        with database.reading() as session:
            assert current_epoch(session) == number


def test_an_epoch_is_not_taken_back(database: Database) -> None:
    with database.writing() as session:
        begin_epoch(session, now=START)
    with pytest.raises(DBAPIError, match="append-only"), database.writing() as session:
        session.execute(text("DELETE FROM epoch"))


def test_every_epoch_has_keys_of_its_own() -> None:
    names = [key_name("issuer-secrets", epoch) for epoch in range(3)]
    assert names == ["issuer-secrets", "issuer-secrets-epoch-1", "issuer-secrets-epoch-2"]
