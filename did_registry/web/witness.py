"""A witness over HTTP: of logs (c2sp.org/tlog-witness), and of the DIDs in them (did:webvh 1.0)."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from flask import Blueprint, Response, current_app, request

from credentials.errors import Error
from did_registry import approval_request, witness_store
from did_registry.actions.approve_version import approve_version
from did_registry.actions.follow import CHECKPOINT_TYPE
from did_registry.actions.witness_head import Witness, witness_head
from did_registry.errors import HeadConflict, LogFileNotFound, LogUnknown, NotConsistent
from did_registry.split_view import SplitView
from did_registry.tlog.errors import CheckpointNotSigned
from did_registry.tlog.note import encode_signature_lines
from did_registry.tlog.witness_messages import (
    MAX_REQUEST_BYTES,
    SIZE_TYPE,
    encode_size,
    parse_add_checkpoint,
)
from did_registry.webvh.witness import encode_witness_file
from storage.transaction import Database
from web.bodies import read_body
from web.flood import limited

EXTENSION: Final = "gwanin.witness"
VERSIONS_A_MINUTE: Final = 2000  # a city that is new has all of its DIDs approved at once

bp = Blueprint("witness", __name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class WitnessService:
    """A witness as an application holds it."""

    witness: Witness
    database: Database
    clock: Callable[[], datetime]


def witness_service() -> WitnessService:
    """The witness of the application that answers this request."""
    service: WitnessService = current_app.extensions[EXTENSION]
    return service


@bp.post("/add-checkpoint")
def add_checkpoint() -> Response:
    """Sign a head that continues the last one."""
    service = witness_service()
    try:
        # The protocol names no media type for the request, so any will do.
        asked = parse_add_checkpoint(read_body(request.mimetype, MAX_REQUEST_BYTES))
        line = witness_head(service.database, service.witness, asked, now=service.clock())
    except Error as error:
        return _refuse(error)
    return Response(encode_signature_lines((line,)), mimetype="text/plain")


@bp.post("/add-did-version")
@limited("add-did-version", per_minute=VERSIONS_A_MINUTE)
def add_did_version() -> Response:
    """Approve a version of a DID whose entry lies under a head that was signed here."""
    service = witness_service()
    body = read_body(request.mimetype, approval_request.MAX_REQUEST_BYTES)
    asked = approval_request.parse_approval_request(body)
    version, proof = approve_version(service.database, service.witness, asked, now=service.clock())
    answer = encode_witness_file({version.version_id: [proof]})
    return Response(answer, mimetype=approval_request.ANSWER_TYPE)


@bp.get("/<origin_hash>/checkpoint")
def last_head(origin_hash: str) -> Response:
    """The last head that was signed here, for monitors. origin_hash: SHA-256 of the origin, hex."""
    service, origin = witness_service(), _watched(origin_hash)
    with service.database.reading() as session:
        note = witness_store.latest_note(session, origin)
    if not note:
        raise LogFileNotFound("this witness has signed no head of this log")
    return Response(note, mimetype=CHECKPOINT_TYPE)


@bp.get("/<origin_hash>/evidence")
def evidence(origin_hash: str) -> Response:
    """What is held against a log: pairs of heads that it has signed and that cannot both be true,
    as a JSON array of files such as the registry serves. origin_hash: as for the last head."""
    service = witness_service()
    origin = _watched(origin_hash)
    with service.database.reading() as session:
        files = witness_store.evidence(session, origin)
    return Response(b"[" + b",".join(files) + b"]", mimetype="application/json")


def _watched(origin_hash: str) -> str:
    for origin in witness_service().witness.logs:
        if hashlib.sha256(origin.encode()).hexdigest() == origin_hash:
            return origin
    raise LogFileNotFound("this witness does not watch this log")


def _refuse(error: Error) -> Response:
    """The status that the protocol wants; the size of the last head where it helps the log."""
    match error:
        case HeadConflict():
            return Response(encode_size(error.size), status=409, content_type=SIZE_TYPE)
        case SplitView():
            status = error.status
        case NotConsistent():
            status = 422
        case LogUnknown():
            status = 404
        case CheckpointNotSigned():
            status = 403
        case _:
            raise error
    return Response(f"{error}\n", status=status, mimetype="text/plain")
