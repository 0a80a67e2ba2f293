"""DID logs as files, and the DID Resolution HTTP binding over them.

A log that was verified once is not verified again: what its last versionId names is all of it.
"""

import json
from collections.abc import Mapping, Sequence
from urllib.parse import unquote

from flask import Blueprint, Response, request
from sqlalchemy.orm import Session

from credentials.claims import Claims
from did_registry import approval_store, store
from did_registry.actions.resolve_elsewhere import resolve_web, resolve_webvh_elsewhere
from did_registry.did_web import WEB, parse_web
from did_registry.errors import DidInvalid, LogInconsistent, UnknownDid
from did_registry.web.service import registry_service
from did_registry.webvh.did import Did, parse_did
from did_registry.webvh.history import History, Replayed, replay_prefix
from did_registry.webvh.resolution import Refusal, Resolution, is_did, refuse, resolve
from did_registry.webvh.self_describing import PREFIXES as SELF_DESCRIBING
from did_registry.webvh.self_describing import resolve_self_describing
from did_registry.webvh.witness import encode_witness_file
from web.flood import client, count_subject
from web.headers import public_file
from web.origin import DEFAULT_PORTS, parse_origin

DID_LOG_TYPE = "text/jsonl"
RESULT_TYPE = "application/did-resolution"
DOCUMENT_TYPE = "application/did"
JSON_DOCUMENT = "application/did+json"  # the two representations of DID Core 1.0, §6
JSON_LD_DOCUMENT = "application/did+ld+json"
DOCUMENT_TYPES = (DOCUMENT_TYPE, JSON_LD_DOCUMENT, JSON_DOCUMENT)
LEGACY_TYPE = 'application/ld+json;profile="https://w3id.org/did-resolution"'
MAX_AGE = 60
WITNESS_MAX_AGE = 2  # seconds, as the head's: it is to be there before the log that it approves
PREFIX = "did:webvh:"
METHODS = "did:webvh, did:key and did:jwk are resolved here, and did:web where others are asked"
FETCHES_A_MINUTE = 30  # for one client

bp = Blueprint("dids", __name__)


@bp.get("/dids/<code>/did.jsonl")
def did_log(code: str) -> Response:
    """The log of one DID, which only grows, so that its end can be asked for alone (`Range`).

    A version that its witnesses have not approved yet is not in it.
    Spec: did:webvh 1.0, "DID-to-HTTPS Transformation".
    """
    with registry_service().database.reading() as session:
        row = store.find_did_by_code(session, code)
        body = b"" if row is None else approval_store.shown_log(session, row.scid)
        version_id = None if row is None else approval_store.shown_version_id(session, row.scid)
    if not body or version_id is None:
        raise UnknownDid("this registry has no DID at this address")
    response = Response(body, mimetype=DID_LOG_TYPE)
    response.set_etag(version_id)
    public_file(response, max_age=MAX_AGE)
    if response.status_code == 200:
        response.make_conditional(request, accept_ranges=True, complete_length=len(body))
    return response


@bp.get("/dids/<code>/did-witness.json")
def did_witness(code: str) -> Response:
    """The approvals of a DID's own witnesses, of each the last; they may be ahead of did.jsonl.

    Spec: did:webvh 1.0, "The Witness Proofs File".
    """
    with registry_service().database.reading() as session:
        row = store.find_did_by_code(session, code)
        if row is None:
            raise UnknownDid("this registry has no DID at this address")
        proofs = approval_store.latest_proofs(session, row.scid)
    return _witness_file(proofs)


@bp.get("/dids/did-witness.json")
def did_witnesses() -> Response:
    """The approvals of all DIDs in one file, so that nobody learns whose somebody looks at."""
    with registry_service().database.reading() as session:
        proofs = approval_store.latest_proofs(session, None)
    return _witness_file(proofs)


def _witness_file(proofs: Mapping[str, Sequence[Claims]]) -> Response:
    body = encode_witness_file(proofs)
    return public_file(Response(body, mimetype="application/json"), max_age=WITNESS_MAX_AGE)


@bp.get("/1.0/identifiers/<path:did>")
def identifiers(did: str) -> Response:
    """Resolve a DID of this registry. Spec: DID Resolution §12.1.

    The result by default; the bare document for `Accept: application/did`, or by its names in DID
    Core 1.0; the older form of errors for those who ask for the older media type.
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
        (RESULT_TYPE, *DOCUMENT_TYPES, LEGACY_TYPE, "application/json")
    )


def _resolve(did: str) -> Resolution:
    options = [*request.args.items(multi=True)]
    if not is_did(did):
        return refuse(Refusal.INVALID_DID, "this is no DID, or more than a DID")  # step 1
    if did.startswith(SELF_DESCRIBING):
        return resolve_self_describing(did, options)
    if did.startswith(WEB):
        return _resolve_web(did, options)
    if not did.startswith(PREFIX):
        return refuse(Refusal.METHOD_NOT_SUPPORTED, METHODS)
    with registry_service().database.reading() as session:
        did = _as_registered(session, did)
        try:
            parsed = parse_did(did)
        except DidInvalid as error:
            return refuse(Refusal.INVALID_DID, error.detail)
        found = _replayed(session, parsed)
    service, is_unknown = registry_service(), found.history is None and found.failure is None
    if service.outbound is not None and is_unknown and not _is_ours(parsed):
        _count_fetch()
        return resolve_webvh_elsewhere(parsed, options, service.outbound, service.clock())
    return resolve(found.history, options, failure=found.failure)


def _resolve_web(did: str, options: list[tuple[str, str]]) -> Resolution:
    outbound = registry_service().outbound
    if outbound is None:
        return refuse(Refusal.METHOD_NOT_SUPPORTED, METHODS)
    try:
        if _is_ours(parse_web(did)):
            return refuse(Refusal.NOT_FOUND, "this registry has no did:web")
    except DidInvalid as error:
        return refuse(Refusal.INVALID_DID, error.detail)
    _count_fetch()
    return resolve_web(did, options, outbound)


def _is_ours(did: Did) -> bool:
    """Whether we are the host, who need not be asked for what we do not have."""
    own = parse_origin(registry_service().url)
    return (did.host, did.port or DEFAULT_PORTS[own.scheme]) == (own.host, own.port)


def _count_fetch() -> None:
    """What makes us ask others is not done for one client as often as he likes."""
    count_subject("resolve-elsewhere", client(), per_minute=FETCHES_A_MINUTE)


def _replayed(session: Session, did: Did) -> Replayed:
    """What the stored log comes to; from memory if it was valid when it last had this end."""
    version_id = approval_store.shown_version_id(session, did.scid)
    if version_id is None:
        return Replayed(history=None, failure=None)
    service, key = registry_service(), (str(did), version_id)
    known = service.histories.find(key)
    if known is not None:
        return Replayed(history=known, failure=None)
    log = approval_store.shown_log(session, did.scid)
    proofs = approval_store.proofs_of(session, did.scid)
    found = replay_prefix(log, did=did, now=service.clock(), witnesses=proofs)
    if found.failure is None and found.history is not None:
        _check_filed(found.history, version_id)
        service.histories.keep(key, found.history)
    return found


def _check_filed(history: History, version_id: str) -> None:
    if history.latest.version_id != version_id:
        raise LogInconsistent("the last line of a DID log is stored under another versionId")


def _as_registered(session: Session, did: str) -> str:
    """The DID that a path means: a client that appends a DID as it is, as §12.1 lets it, has its
    `%3A` decoded on the way, and `localhost:8000` is then no port but the beginning of a path."""
    scid = did.removeprefix(PREFIX).partition(":")[0]
    row = store.find_did(session, scid)
    return row.did if row is not None and unquote(row.did) == did else did


def _answer(answer: Resolution, media_type: str) -> Response:
    body = answer.document
    if media_type == JSON_LD_DOCUMENT and body is not None and "@context" not in body:
        answer = refuse(Refusal.REPRESENTATION_NOT_SUPPORTED, "the document is no JSON-LD")
        body = None
    if media_type == LEGACY_TYPE:
        body = answer.to_legacy_json()
    elif media_type not in DOCUMENT_TYPES or body is None:
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
