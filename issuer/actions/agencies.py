"""Finds the agency that an act is for."""

from sqlalchemy.orm import Session

from issuer import store
from issuer.agency import Agency, is_code
from issuer.errors import UnknownAgency
from issuer.models import AgencyRow
from issuer.settings import IssuerSettings


def get_agency(session: Session, settings: IssuerSettings, code: str) -> Agency:
    """The agency with this code. Raises UnknownAgency."""
    row = store.find_agency(session, code) if is_code(code) else None
    if row is None:
        raise UnknownAgency("no agency with this code issues here")
    return _agency(row, settings)


def get_signing_agency(session: Session, settings: IssuerSettings, code: str) -> Agency:
    """The same, whose keys stay what they are until the transaction ends. Raises UnknownAgency."""
    row = store.share_agency(session, code)
    if row is None:
        raise UnknownAgency("no agency with this code issues here")
    return _agency(row, settings)


def _agency(row: AgencyRow, settings: IssuerSettings) -> Agency:
    return Agency(
        code=row.code,
        did=row.did,
        public_url=settings.public_url,
        keys=row.keys,
        keys_since=row.keys_since,
    )
