"""DID logs as files, and the DID Resolution HTTP binding over them."""

import json
from urllib.parse import unquote

from flask import Blueprint, Response, request
from sqlalchemy.orm import Session

from did_registry import store
from did_registry.errors import DidInvalid, UnknownDid
from did_registry.web.service import registry_service
from did_registry.webvh.did import parse_did
from did_registry.webvh.history import Replayed, replay_prefix
from did_registry.webvh.resolution import Refusal, Resolution, refuse, resolve
from web.headers import public_file

DID_LOG_TYPE = "text/jsonl"
RESULT_TYPE = "application/did-resolution"
DOCUMENT_TYPE = "application/did"
LEGACY_TYPE = 'application/ld+json;profile="https://w3id.org/did-resolution"'
MAX_AGE = 60
PREFIX = "did:webvh:"

bp = Blueprint("dids", __name__)


@bp.get("/dids/<code>/did.jsonl")
def did_log(code: str) -> Response:
    """The log of one DID. Spec: did:webvh 1.0, "DID-to-HTTPS Transformation"."""
    with registry_service().database.reading() as session:
        row = store.find_did_by_code(session, code)
        body = b"" if row is None else store.did_log(session, row.scid)
    if not body:
        raise UnknownDid("this registry has no DID at this address")
    return public_file(Response(body, mimetype=DID_LOG_TYPE), max_age=MAX_AGE)


@bp.get("/1.0/identifiers/<path:did>")
def identifiers(did: str) -> Response:
    """Resolve a DID of this registry. Spec: DID Resolution §12.1.

    The result by default; the bare document for `Accept: application/did`; the older form of
    errors for those who ask for the older media type.
    """
    accepted = _accepted()
    if accepted is None:
        answer = refuse(Refusal.REPRESENTATION_NOT_SUPPORTED, f"ask for {RESULT_TYPE}")
        return _answer(answer, RESULT_TYPE)
    return _answer(_resolve(did), accepted)


def _accepted() -> str | None:
    """Which of our forms the client likes best; who says nothing takes anything (RFC 9110
    §12.5.1)."""
    if not request.accept_mimetypes:
        return RESULT_TYPE
    return request.accept_mimetypes.best_match(
        (RESULT_TYPE, DOCUMENT_TYPE, LEGACY_TYPE, "application/json")
    )


def _resolve(did: str) -> Resolution:
    if not did.startswith(PREFIX):
        return refuse(Refusal.METHOD_NOT_SUPPORTED, "this registry holds did:webvh DIDs")
    service = registry_service()
    with service.database.reading() as session:
        did = _as_registered(session, did)
        try:
            parsed = parse_did(did)
        except DidInvalid as error:
            return refuse(Refusal.INVALID_DID, error.detail)
        log = store.did_log(session, parsed.scid)
    if not log:
        found = Replayed(history=None, failure=None)
    else:
        found = replay_prefix(log, did=parsed, now=service.clock(), witnesses=None)
    return resolve(found.history, request.args.items(multi=True), failure=found.failure)


def _as_registered(session: Session, did: str) -> str:
    """The DID that a path means: a client that appends a DID as it is, as §12.1 lets it, has its
    `%3A` decoded on the way, and `localhost:8000` is then no port but the beginning of a path."""
    scid = did.removeprefix(PREFIX).partition(":")[0]
    row = store.find_did(session, scid)
    return row.did if row is not None and unquote(row.did) == did else did


def _answer(answer: Resolution, media_type: str) -> Response:
    if media_type == DOCUMENT_TYPE and answer.document is not None:
        body = answer.document
    elif media_type == LEGACY_TYPE:
        body = answer.to_legacy_json()
    else:
        body = answer.to_json()
        media_type = RESULT_TYPE
    response = Response(
        json.dumps(body, ensure_ascii=False), status=answer.status, content_type=media_type
    )
    response.vary.add("Accept")
    if answer.status == 200:
        return public_file(response, max_age=MAX_AGE)
    # A refusal is as public as an answer, and the next entry may change it at any time.
    response.access_control_allow_origin = "*"
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    return response
