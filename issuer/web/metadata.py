"""The metadata of issuers and their authorization servers, at the well-known addresses."""

from datetime import datetime

from flask import Blueprint, Response, jsonify

from did_registry.errors import NotAccredited
from did_registry.view import RegistryView
from issuer.actions.accreditation import permissions_at
from issuer.actions.agencies import get_agency
from issuer.agency import Agency
from issuer.catalogue import issuer_metadata, server_metadata
from issuer.web.service import issuer_service
from openid4vc.display import Display
from schemas.labels import ENGLISH, KOREAN
from web.headers import public_file

MAX_AGE = 300  # seconds; what an agency issues changes by a decision of the root

bp = Blueprint("issuer_metadata", __name__, url_prefix="/.well-known")


@bp.get("/openid-credential-issuer/issuers/<code>")
def credential_issuer(code: str) -> Response:
    """Credential Issuer Metadata, as far as the agency is accredited now. OpenID4VCI 1.0 §12.2."""
    service = issuer_service()
    agency, now = _agency(code), service.clock()
    view = service.registry.view(now)
    metadata = issuer_metadata(
        agency,
        permissions_at(view, agency, now),
        display=_names(view, agency, now),
        registry_url=service.context.settings.registry_url,
    )
    return public_file(jsonify(metadata.to_json()), max_age=MAX_AGE)


@bp.get("/oauth-authorization-server/issuers/<code>")
def authorization_server(code: str) -> Response:
    """Authorization Server Metadata. RFC 8414 §3."""
    return public_file(jsonify(server_metadata(_agency(code)).to_json()), max_age=MAX_AGE)


def _agency(code: str) -> Agency:
    service = issuer_service()
    with service.database.reading() as session:
        return get_agency(session, service.context.settings, code)


def _names(view: RegistryView, agency: Agency, now: datetime) -> tuple[Display, ...]:
    held = view.accreditations_at(agency.did, now)
    if not held:
        raise NotAccredited("the registry lets this agency issue nothing at present")
    return (
        Display(name=held[-1].name_ko, locale=KOREAN),
        Display(name=held[-1].name_en, locale=ENGLISH),
    )
