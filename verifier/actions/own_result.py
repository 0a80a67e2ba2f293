"""A request as the verifier that made it sees it; nobody else learns that there is one."""

from dataclasses import dataclass
from datetime import datetime

from credentials.claims import Claims
from openid4vc.authorization_request import client_id_of_did
from verifier import store
from verifier.actions.create_request import MadeRequest, made_request
from verifier.actions.read_result import read_result
from verifier.actions.service import VerifierService
from verifier.errors import RequestNotFound


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnResult:
    """made: what is shown while nobody has answered; result: as `read_result` gives it."""

    made: MadeRequest
    result: Claims


def own_result(service: VerifierService, code: str, result_id: str, *, now: datetime) -> OwnResult:
    """What became of a request of this verifier's. Raises RequestNotFound for another's as well."""
    with service.database.reading() as session:
        row = store.find_request(session, result_id)
        verifier = store.find_verifier(session, code)
        if row is None or verifier is None or row.verifier != code:
            raise RequestNotFound("there is no request with this id")
        made = made_request(service.settings, row, client_id_of_did(verifier.did))
    return OwnResult(made=made, result=read_result(service, result_id, now=now))
