"""The endpoints of OpenID4VCI 1.0 that a wallet posts to: token, nonce and credential.

Errors are OAuth JSON; `openid4vc` reads and writes the messages, `issuer.actions` decides.
"""

from flask import Blueprint, Response, jsonify, request

from credentials.claims import Claims
from issuer.actions.accreditation import permissions_at
from issuer.actions.agencies import get_agency
from issuer.actions.issue_credential import issue_credential
from issuer.actions.redeem_code import Refused, redeem_code
from issuer.agency import Agency
from issuer.catalogue import MAX_PROOFS
from issuer.web.service import issuer_service
from openid4vc.access_token import (
    MAX_TOKEN_REQUEST_BYTES,
    parse_authorization,
    parse_token_request,
)
from openid4vc.credential_request import MAX_REQUEST_BYTES, parse_credential_request
from openid4vc.nonce import NonceResponse
from web.bodies import FORM, JSON, read_body
from web.problems import oauth_errors

NONCE_BYTES = 16

bp = Blueprint("endpoints", __name__)
oauth_errors(bp)


@bp.post("/token")
def token(code: str) -> Response:
    """The token endpoint. Spec: §6."""
    service = issuer_service()
    asked = parse_token_request(read_body(FORM, MAX_TOKEN_REQUEST_BYTES))
    with service.database.writing() as session:
        agency = get_agency(session, service.context.settings, code)
        redeemed = redeem_code(session, service.context, agency, asked, service.clock())
    if isinstance(redeemed, Refused):  # counted and committed; only now may the wallet hear of it
        raise redeemed.error
    return answer(redeemed.to_json())


@bp.post("/nonce")
def nonce(code: str) -> Response:
    """The nonce endpoint. Spec: §7."""
    service = issuer_service()
    random = service.context.entropy(NONCE_BYTES)
    issuer = _agency(code).credential_issuer
    fresh = service.context.macs.new_nonce(issuer, random, service.clock())
    return answer(NonceResponse(c_nonce=fresh).to_json())


@bp.post("/credential")
def credential(code: str) -> Response:
    """The credential endpoint. Spec: §8."""
    service = issuer_service()
    access_token = parse_authorization(request.headers.get("Authorization"))
    body = read_body(JSON, MAX_REQUEST_BYTES)
    asked = parse_credential_request(body, max_proofs=MAX_PROOFS)
    agency, now = _agency(code), service.clock()
    permissions = permissions_at(service.registry.view(now), agency, now)
    with service.database.writing() as session:
        issued = issue_credential(
            session,
            service.context,
            agency,
            access_token,
            asked,
            permissions=permissions,
            now=now,
        )
    return answer(issued.to_json())


def answer(body: Claims) -> Response:
    """A JSON document that nobody may keep."""
    response = jsonify(body)
    response.headers["Cache-Control"] = "no-store"
    return response


def _agency(code: str) -> Agency:
    service = issuer_service()
    with service.database.reading() as session:
        return get_agency(session, service.context.settings, code)
