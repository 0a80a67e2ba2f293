"""OpenID4VP 1.0 over HTTP: the request object by reference, and the answer by direct_post."""

from flask import Blueprint, Response, jsonify, request

from openid4vc.authorization_response import ResponseAnswer, parse_authorization_response
from openid4vc.request_uri import MAX_POST_BYTES, parse_request_uri_post
from verifier.actions.receive_response import receive_response
from verifier.actions.serve_request import serve_request
from verifier.web.service import verifier_service
from web.bodies import FORM, MAX_PRESENTATION_BYTES, read_body
from web.flood import limit
from web.problems import oauth_errors

REQUEST_OBJECT_TYPE = "application/oauth-authz-req+jwt"

bp = Blueprint("oid4vp", __name__, url_prefix="/verifier")
limit(bp, "oid4vp", per_minute=600)
oauth_errors(bp)


@bp.route("/requests/<address>", methods=["GET", "POST"])
def request_object(address: str) -> Response:
    """The signed request object; POST may bring a wallet_nonce. Spec: §5.10."""
    service = verifier_service()
    wallet_nonce = _posted_nonce() if request.method == "POST" else None
    with service.database.writing() as session:
        signed = serve_request(
            session, service, address, wallet_nonce=wallet_nonce, now=service.clock()
        )
    response = Response(signed, mimetype=REQUEST_OBJECT_TYPE)
    response.headers["Cache-Control"] = "no-store"
    return response


@bp.post("/responses/<address>")
def direct_post(address: str) -> Response:
    """What the wallet answers. The verdict is for the verifier, not for the wallet. Spec: §8.2."""
    service = verifier_service()
    response = parse_authorization_response(read_body(FORM, MAX_PRESENTATION_BYTES))
    receive_response(service, address, response, now=service.clock())
    answer = jsonify(ResponseAnswer(redirect_uri=None).to_json())
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _posted_nonce() -> str | None:
    if not request.content_length and "Transfer-Encoding" not in request.headers:
        return None  # an empty POST will do, whatever its media type
    return parse_request_uri_post(read_body(FORM, MAX_POST_BYTES))
