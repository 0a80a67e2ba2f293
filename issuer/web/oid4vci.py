"""OpenID4VCI 1.0 over HTTP: an offer by reference, and below the same address the endpoints.

An offer is a document like any other, so its refusals are problem documents: they tell a person
what to do next. The endpoints of the protocol refuse in the protocol's own words.
"""

from flask import Blueprint, Response

from issuer.actions.agencies import get_agency
from issuer.actions.fetch_offer import fetch_offer
from issuer.web import endpoints
from issuer.web.service import issuer_service
from web.flood import limit

bp = Blueprint("oid4vci", __name__, url_prefix="/issuers/<code>")
bp.register_blueprint(endpoints.bp)
# One counter of a district office has one address and some twenty people a minute in front of it.
limit(bp, "oid4vci", per_minute=600)


@bp.get("/offers/<secret>")
def offer(code: str, secret: str) -> Response:
    """The Credential Offer by reference. Spec: §4.1.3."""
    service = issuer_service()
    with service.database.writing() as session:
        agency = get_agency(session, service.context.settings, code)
        found = fetch_offer(session, service.context, agency, secret, now=service.clock())
    return endpoints.answer(found.to_json())
