"""Makes an agency a tenant: its row, its status list, and the first publication of that."""

from datetime import datetime

from sqlalchemy.orm import Session

from credentials.errors import Malformed
from issuer import store
from issuer.actions.context import IssuerContext
from issuer.actions.publish_status_list import publish_status_list
from issuer.agency import Agency, is_code
from issuer.models import AgencyRow, StatusListRow
from issuer.status_allocation import LIST_SIZE


def open_agency(
    session: Session, context: IssuerContext, code: str, did: str, *, now: datetime
) -> None:
    """Let an agency issue here; nothing happens if it does already.

    Its signing keys must be in the keystore. Raises what `Keystore.signer` raises, and Malformed
    for a code under which nobody could find it.
    """
    agency = Agency(code=code, did=did, public_url=context.settings.public_url)
    if not is_code(code) or not is_code(agency.status_list):
        raise Malformed("an agency's code has up to 38 capital letters, digits and hyphens")
    if store.find_agency(session, code) is not None:
        return
    session.add(AgencyRow(code=code, did=did))
    session.flush()
    session.add(StatusListRow(id=agency.status_list, agency=code, size=LIST_SIZE, sequence=0))
    session.flush()
    publish_status_list(session, context, agency, now=now)
