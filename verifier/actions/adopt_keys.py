"""Lets a verifier sign its requests with another key, which the registry's root has given it."""

from sqlalchemy.orm import Session

from verifier import store


def adopt_keys(session: Session, code: str, generation: int) -> None:
    """Sign with the key of this generation; nothing happens for who is no verifier here."""
    row = store.find_verifier(session, code)
    if row is not None:
        row.keys = generation
        session.flush()
