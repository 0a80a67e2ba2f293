"""Makes a verifier a tenant: its row. Its registration stands in the registry."""

from sqlalchemy.orm import Session

from verifier import store
from verifier.models import VerifierRow


def open_verifier(session: Session, code: str, did: str) -> None:
    """Let a verifier ask from here; nothing happens if it does already."""
    if store.find_verifier(session, code) is None:
        session.add(VerifierRow(code=code, did=did))
        session.flush()
