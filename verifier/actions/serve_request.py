"""Gives a wallet the signed request object, as often as it asks while the request is open."""

from datetime import datetime
from typing import Final

from sqlalchemy.orm import Session

from credentials.claims import Claims
from credentials.keys import Signer
from openid4vc.authorization_request import (
    AuthorizationRequest,
    client_id_of_did,
    sign_request_object,
)
from openid4vc.dcql import parse_query
from verifier import store
from verifier.actions.create_request import response_uri
from verifier.actions.service import VerifierService, key_fragment
from verifier.errors import RequestNotFound, RequestOver
from verifier.presentation_session import Event

# What a wallet may send, in the words of OpenID4VP 1.0 appendix B.
_VP_FORMATS: Final[dict[str, Claims]] = {
    "dc+sd-jwt": {
        "sd-jwt_alg_values": ["ES256", "EdDSA"],
        "kb-jwt_alg_values": ["ES256", "EdDSA"],
    },
    "ldp_vc": {
        "proof_type_values": ["DataIntegrityProof"],
        "cryptosuite_values": ["eddsa-jcs-2022"],
    },
}


def serve_request(
    session: Session,
    service: VerifierService,
    address: str,
    *,
    wallet_nonce: str | None,
    now: datetime,
) -> str:
    """Sign the request object behind a `request_uri`. Raises RequestNotFound or RequestOver."""
    row = store.find_by_address(session, address)
    if row is None:
        raise RequestNotFound("there is no request at this address")
    if store.is_over(row, now):
        raise RequestOver("the request's time is over")
    store.move(session, row, Event.FETCH)
    verifier = store.find_verifier(session, row.verifier)
    assert verifier is not None
    request = AuthorizationRequest(
        client_id=client_id_of_did(verifier.did),
        response_uri=response_uri(service.settings, row.address),
        nonce=row.nonce,
        state=row.state_value,
        query=parse_query(row.query),
        vp_formats=_VP_FORMATS,
        wallet_nonce=wallet_nonce,
        issued_at=now.replace(microsecond=0),
        expires_at=row.expires_at,
    )
    signer: Signer = service.signer(row.verifier, verifier.keys)
    key_id = f"{verifier.did}#{key_fragment(verifier.keys)}"
    return sign_request_object(request, signer=signer, key_id=key_id)
