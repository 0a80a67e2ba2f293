"""Reads entitlements. Whoever goes on to change one, or what hangs on it, locks it first.

The order in which an act locks rows: the entitlement, then its offer, then the status list.
"""

from sqlalchemy.orm import Session

from credentials.json_object import parse_object
from issuer import store
from issuer.actions.context import IssuerContext
from issuer.entitlement import Entitlement, EntitlementState, is_entitlement_id
from issuer.errors import UnknownEntitlement
from issuer.models import EntitlementRow
from issuer.person import PersonRef
from schemas.catalogue import get


def get_entitlement(session: Session, context: IssuerContext, entitlement_id: str) -> Entitlement:
    """The entitlement with this id. Raises UnknownEntitlement, or SealBroken if it was altered."""
    known = is_entitlement_id(entitlement_id)
    return _get(context, store.find_entitlement(session, entitlement_id) if known else None)


def lock_entitlement(session: Session, context: IssuerContext, entitlement_id: str) -> Entitlement:
    """The entitlement as it stands, and nobody else changes it until the transaction ends.

    Raises as `get_entitlement`.
    """
    known = is_entitlement_id(entitlement_id)
    return _get(context, store.lock_entitlement(session, entitlement_id) if known else None)


def read_entitlement(context: IssuerContext, row: EntitlementRow) -> Entitlement:
    """The entitlement in a row. Raises SealBroken if it was altered."""
    claims = context.sealer.unseal(
        row.sealed_claims, table="entitlement", row=row.id, column="claims"
    )
    return Entitlement(
        id=row.id,
        agency=row.agency,
        type=get(row.type_name, row.type_version),
        claims=parse_object(claims).members,
        person_ref=PersonRef(row.person_ref),
        state=EntitlementState(row.state),
        claim_by=row.claim_by,
    )


def _get(context: IssuerContext, row: EntitlementRow | None) -> Entitlement:
    if row is None:
        raise UnknownEntitlement("there is no entitlement with this id")
    return read_entitlement(context, row)
