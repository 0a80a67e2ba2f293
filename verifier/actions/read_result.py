"""Reads what became of a request, for the verifier that made it."""

from datetime import datetime
from typing import Final

from credentials.claims import Claims
from credentials.json_object import parse_object
from verifier import store
from verifier.actions.service import VerifierService
from verifier.errors import RequestNotFound
from verifier.models import RequestRow
from verifier.presentation_session import Event, State

# The longest answer, 640 presentations in a megabyte, makes verdicts of less than three.
MAX_VERDICT_BYTES: Final = 4 * 1024 * 1024


def read_result(service: VerifierService, result_id: str, *, now: datetime) -> Claims:
    """The state of a request, and the verdict once there is one that may still be kept.

    A request whose time is over is moved to `expired` by whoever looks, and a verdict that may be
    kept no longer is erased. Raises RequestNotFound, or SealBroken if the stored one was altered.
    """
    with service.database.writing() as session:
        row = store.find_request(session, result_id)
        if row is None:
            raise RequestNotFound("there is no request with this id")
        if State(row.state) in {State.REQUESTED, State.FETCHED} and store.is_over(row, now):
            store.move(session, row, Event.EXPIRE)
        if row.keep_until is not None and now >= row.keep_until:
            row.sealed_verdict = None
        result: Claims = {"id": row.id, "state": row.state, "verifier": row.verifier}
        if row.wallet_error is not None:
            result["error"] = row.wallet_error
        return {**_verdict(service, row), **result}


def _verdict(service: VerifierService, row: RequestRow) -> Claims:
    if row.sealed_verdict is None:
        return {}
    document = service.sealer.unseal(
        row.sealed_verdict, table="presentation_request", row=row.id, column="verdict"
    )
    return parse_object(document, max_bytes=MAX_VERDICT_BYTES).members
