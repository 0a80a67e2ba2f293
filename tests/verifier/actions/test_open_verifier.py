import pytest
from sqlalchemy import select

from storage.transaction import Database
from verifier import store
from verifier.actions.open_verifier import open_verifier
from verifier.models import VerifierRow


def test_opens_a_verifier_once_and_leaves_it_as_it_is(database: Database) -> None:
    for did in ("did:webvh:a", "did:webvh:b"):
        with database.writing() as session:
            open_verifier(session, "VER-LIB", did)
    with database.reading() as session:
        (row,) = session.scalars(select(VerifierRow)).all()
        assert (row.code, row.did) == ("VER-LIB", "did:webvh:a")


def test_finds_no_verifier_that_was_not_opened(database: Database) -> None:
    with database.reading() as session:
        assert store.find_verifier(session, "VER-LIB") is None


@pytest.mark.parametrize("code", ["VER-LIB", "ver-lib"])
def test_a_code_is_one_spelling(database: Database, code: str) -> None:
    with database.writing() as session:
        open_verifier(session, "VER-LIB", "did:webvh:a")
        assert (store.find_verifier(session, code) is not None) is (code == "VER-LIB")
