"""Status lists over HTTP: signed documents that anybody may keep for as long as their ttl says."""

from flask import Blueprint, Response

from issuer.actions.publish_status_list import ListForm
from issuer.actions.serve_status_list import serve_status_list
from issuer.web.service import issuer_service
from web.headers import public_file

TOKEN_TYPE = "application/statuslist+jwt"  # noqa: S105 - a media type
CREDENTIAL_TYPE = "application/vc"

bp = Blueprint("status", __name__, url_prefix="/status")


@bp.get("/<list_id>")
def token_list(list_id: str) -> Response:
    """The Token Status List. Spec: Token Status List §8.1."""
    return _serve(list_id, ListForm.TOKEN, TOKEN_TYPE)


@bp.get("/<list_id>/revocation")
def revocation_list(list_id: str) -> Response:
    """The Bitstring Status List of what is revoked. Spec: Bitstring Status List 1.0 §3.1."""
    return _serve(list_id, ListForm.REVOCATION, CREDENTIAL_TYPE)


@bp.get("/<list_id>/suspension")
def suspension_list(list_id: str) -> Response:
    """The Bitstring Status List of what is suspended."""
    return _serve(list_id, ListForm.SUSPENSION, CREDENTIAL_TYPE)


def _serve(list_id: str, form: ListForm, media_type: str) -> Response:
    service = issuer_service()
    body = serve_status_list(service.database, service.context, list_id, form, now=service.clock())
    response = Response(body, mimetype=media_type)
    max_age = int(service.context.settings.status_ttl.total_seconds())
    return public_file(response, max_age=max_age)
