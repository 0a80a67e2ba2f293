"""Where a holder asks since when a credential stands in the log.

The digest covers the issuer's signature, so that only somebody who has the credential can name it.
Whatever is asked, the answer has one form, and nobody may keep it.
"""

from typing import Final

from flask import Blueprint, Response

from credentials.encoding import decode_base64url
from credentials.errors import Malformed
from credentials.json_object import parse_object
from issuer.actions.agencies import get_agency
from issuer.actions.prove_issuance import prove_issuance
from issuer.web.endpoints import answer
from issuer.web.service import issuer_service
from storage.types import DIGEST_BYTES
from web.bodies import JSON, read_body
from web.flood import limit

MAX_REQUEST_BYTES: Final = 256

bp = Blueprint("issuance_proof", __name__, url_prefix="/issuers/<code>")
limit(bp, "issuance-proofs", per_minute=120)  # a wallet asks once for each of its cards


@bp.post("/issuance-proof")
def issuance_proof(code: str) -> Response:
    """`{digest}` → `{issuance_proof}`, which is null for all that there is no proof of, or none
    yet."""
    service = issuer_service()
    digest = _digest(read_body(JSON, MAX_REQUEST_BYTES))
    with service.database.reading() as session:
        agency = get_agency(session, service.context.settings, code)
        found = prove_issuance(session, agency.code, digest)
    return answer({"issuance_proof": None if found is None else found.to_json()})


def _digest(body: bytes) -> bytes:
    asked = parse_object(body, max_bytes=MAX_REQUEST_BYTES)
    asked.only("digest")
    digest = decode_base64url(asked.text("digest"))
    if len(digest) != DIGEST_BYTES:
        raise Malformed("a digest is a SHA-256 value in base64url")
    return digest
