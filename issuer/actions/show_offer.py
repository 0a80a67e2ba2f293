"""Shows a clerk again what an offer's holder needs: the link, and by another way the tx_code."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from issuer import desk_store
from issuer.actions.context import IssuerContext
from issuer.actions.make_offer import MadeOffer, hand_over
from issuer.agency import Agency
from issuer.entitlement import is_entitlement_id
from issuer.errors import OfferNotFound
from issuer.issuance_session import LIVE, State


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownOffer:
    """The newest offer of an entitlement. works: whether a wallet could still use it."""

    offer: MadeOffer
    state: State
    works: bool


def show_offer(
    session: Session, context: IssuerContext, agency: Agency, entitlement_id: str, *, now: datetime
) -> ShownOffer:
    """The newest offer that was not withdrawn. Raises OfferNotFound, also for another agency's."""
    known = is_entitlement_id(entitlement_id)
    row = desk_store.last_offer(session, agency.code, entitlement_id) if known else None
    if row is None:
        raise OfferNotFound("nothing is offered for this")
    state = State(row.state)
    return ShownOffer(
        offer=hand_over(context, agency, row),
        state=state,
        works=state in LIVE and now < row.expires_at,
    )
