"""Finds the agency that an act is for."""

from sqlalchemy.orm import Session

from issuer import store
from issuer.agency import Agency, is_code
from issuer.errors import UnknownAgency
from issuer.settings import IssuerSettings


def get_agency(session: Session, settings: IssuerSettings, code: str) -> Agency:
    """The agency with this code. Raises UnknownAgency."""
    row = store.find_agency(session, code) if is_code(code) else None
    if row is None:
        raise UnknownAgency("no agency with this code issues here")
    return Agency(code=row.code, did=row.did, public_url=settings.public_url)
