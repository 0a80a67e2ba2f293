"""Ends every offer that is open, as after a restore: whoever was offered something is offered it
anew by the clerk, since what happened to the old offer meanwhile is not known."""

from sqlalchemy.orm import Session

from issuer import store
from issuer.issuance_session import Event


def end_offers(session: Session) -> int:
    """Cancel all live offers of all agencies; returns how many there were."""
    offers = store.live_offers(session)
    return sum(store.move_offer(session, offer, Event.CANCEL) for offer in offers)
