"""`/desk/issued/…/offer`: the link and its QR code; and on a page of its own, the tx_code, because
it goes to the person by another way."""

from base64 import b64encode

from flask import Response, render_template, url_for

from issuer.actions.make_offer import make_offer
from issuer.actions.show_offer import ShownOffer, show_offer
from issuer.catalogue import get_mechanism
from issuer.web.desk.issued import find_issued
from issuer.web.desk.room import Noted, bp, desk, form, to
from staff.account import Role
from staff.web.guard import for_roles
from web.headers import PageNeeds, page_needs
from web.qr import draw_png


@bp.post("/issued/<entitlement_id>/offer")
@for_roles(Role.DRAFT, Role.APPROVE)
def renew_offer(entitlement_id: str) -> Response:
    """Make an offer; an earlier one that was not used stops working."""
    at_counter = form().text_or_none("way") == "counter"
    with desk() as at:
        entitlement = find_issued(at, entitlement_id)
        make_offer(
            at.session,
            at.context,
            at.agency(),
            entitlement,
            get_mechanism(entitlement.type, None),
            needs_tx_code=not at_counter,
            now=at.now,
        )
        at.note(Noted.OFFER_MADE, entitlement_id)
    return to(url_for("desk.show_offer_page", entitlement_id=entitlement_id))


@bp.get("/issued/<entitlement_id>/offer")
@for_roles(Role.DRAFT, Role.APPROVE)
def show_offer_page(entitlement_id: str) -> str:
    """The link, for the screen at the counter or a letter."""
    shown = _shown(entitlement_id, Noted.OFFER_OPENED)
    page_needs(PageNeeds(data_images=True))
    picture = b64encode(draw_png(shown.offer.link)).decode("ascii") if shown.works else None
    return render_template("desk/offer.html", shown=shown, offer=shown.offer, picture=picture)


@bp.get("/issued/<entitlement_id>/offer/code")
@for_roles(Role.DRAFT, Role.APPROVE)
def show_tx_code(entitlement_id: str) -> str:
    """The tx_code alone, without the link."""
    shown = _shown(entitlement_id, Noted.TX_CODE_OPENED)
    return render_template("desk/tx_code.html", shown=shown, offer=shown.offer)


def _shown(entitlement_id: str, noted: Noted) -> ShownOffer:
    with desk() as at:
        shown = show_offer(at.session, at.context, at.agency(), entitlement_id, now=at.now)
        at.note(noted, entitlement_id)
    return shown
