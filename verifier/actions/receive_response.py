"""Takes a wallet's answer: judges it outside of any transaction, then stores the verdict once."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from credentials.claims import Claims
from credentials.errors import Error
from credentials.jcs import canonicalize
from openid4vc.authorization_request import client_id_of_did
from openid4vc.authorization_response import AuthorizationErrorResponse, AuthorizationResponse
from openid4vc.dcql import parse_query
from openid4vc.errors import InvalidRequest
from schemas.seoul_calendar import day_in_seoul
from verifier import store
from verifier.actions.service import VerifierService
from verifier.answer import verify_answer
from verifier.decision_count import DECLINED, Way
from verifier.errors import RequestNotFound, RequestOver
from verifier.models import RequestRow
from verifier.presentation_session import Event, State
from verifier.question import Question
from verifier.shown_evidence import ShownEvidence
from verifier.verdict_document import answer_document

# A result is there for its desk to read, and then gone, where no retention is registered.
NO_RETENTION: Final = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class _Asked:
    row: RequestRow
    did: str


def receive_response(
    service: VerifierService,
    address: str,
    response: AuthorizationResponse | AuthorizationErrorResponse,
    *,
    now: datetime,
) -> None:
    """Judge an answer and store the verdict; the nonce is used up whatever the verdict is.

    Of any number of answers at once, one is stored. Raises RequestNotFound, InvalidRequest for a
    state that is not the request's, or RequestOver for an answer that comes second or late.
    """
    asked = _load(service, address, response.state, now)
    if isinstance(response, AuthorizationErrorResponse):
        _store(service, asked, Event.DECLINE, wallet_error=response.error, verdict=None, now=now)
        return
    question = Question(
        client_id=client_id_of_did(asked.did),
        nonce=asked.row.nonce,
        query=parse_query(asked.row.query),
    )
    evidence = ShownEvidence(ours=service.evidence, issuance_proofs=response.issuance_proofs)
    verdict = verify_answer(response.vp_token, question, evidence, service.policy, now)
    document = answer_document(verdict)
    _store(service, asked, Event.DECIDE, wallet_error=None, verdict=document, now=now)


def _load(service: VerifierService, address: str, state: str | None, now: datetime) -> _Asked:
    with service.database.reading() as session:
        row = store.find_by_address(session, address)
        if row is None:
            raise RequestNotFound("there is no request at this address")
        if state != row.state_value:
            raise InvalidRequest("the state is not the one of this request")
        if State(row.state) is not State.FETCHED or store.is_over(row, now):
            raise RequestOver("the request was answered before, or its time is over")
        verifier = store.find_verifier(session, row.verifier)
        assert verifier is not None
        return _Asked(row, verifier.did)


def _store(
    service: VerifierService,
    asked: _Asked,
    event: Event,
    *,
    wallet_error: str | None,
    verdict: Claims | None,
    now: datetime,
) -> None:
    keep_until = now + _retention(service, asked.did, now)
    with service.database.writing() as session:
        row = store.find_by_address(session, asked.row.address)
        if row is None or not store.move(session, row, event):
            raise RequestOver("the request was answered before")
        row.wallet_error, row.keep_until = wallet_error, keep_until
        code = DECLINED if verdict is None else str(verdict["code"])
        store.count(session, row.verifier, day_in_seoul(now), Way.REQUEST, code)
        if verdict is not None:
            row.sealed_verdict = service.sealer.seal(
                canonicalize(verdict), table="presentation_request", row=row.id, column="verdict"
            )


def _retention(service: VerifierService, did: str, now: datetime) -> timedelta:
    """As long as the verifier is registered to keep what it receives; at least until it is read."""
    try:
        registration = service.evidence.registry(now).find_registration(did, now)
    except Error:
        return NO_RETENTION  # the registry is away: the verdict says so, and is not worth keeping
    days = 0 if registration is None else registration.retention_days
    return max(timedelta(days=days), NO_RETENTION)
