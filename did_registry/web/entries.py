"""An agency's own software offers entries of the agency's DID: `POST /dids/{CODE}/entries`.

    Authorization: Bearer gwr_…        which agency asks
    If-Match: "4-Qm…"                  the versionId that the entry follows
    Idempotency-Key: 2026-11-rotation  the same again has the same answer, and no second leaf

201 when the entry is a leaf of the log, 202 with its Location when its turn has not come yet,
409 with the current versionId when another entry was faster.
"""

from flask import Blueprint, Response, json, request, url_for

from did_registry import inbox_store, store
from did_registry.actions.agency_tokens import verify_token
from did_registry.actions.offer_entry import offer_entry, submission_key
from did_registry.actions.root_desk import get_history
from did_registry.agency_token import parse_authorization
from did_registry.errors import PreconditionRequired, UnknownSubmission, VersionConflict
from did_registry.inbox import Conflict, Outcome, Sequenced, Submission
from did_registry.web.service import registry_service
from did_registry.webvh.entry import MAX_ENTRY_BYTES
from did_registry.webvh.history import History
from web.bodies import JSON, read_body
from web.flood import limited

OFFERS_A_MINUTE = 120  # of one client; an agency's entries are at least a second apart
WAIT_SECONDS = 5.0

bp = Blueprint("entries", __name__)


@bp.after_request
def challenge(response: Response) -> Response:
    """Spec: RFC 6750 §3."""
    if response.status_code == 401:
        response.headers["WWW-Authenticate"] = 'Bearer realm="registry"'
    return response


@bp.post("/dids/<code>/entries")
@limited("offer-entry", per_minute=OFFERS_A_MINUTE)
def offer(code: str) -> Response:
    """Have one entry logged."""
    _check_token(code)
    expected, key = _expected(), submission_key(code, _required("Idempotency-Key"))
    line = read_body(JSON, MAX_ENTRY_BYTES).rstrip(b"\n")
    service = registry_service()
    submission = offer_entry(
        _history(code), code, line, expected=expected, key=key, now=service.clock()
    )
    return _answer(submission, service.sequencer.submit(submission, seconds=WAIT_SECONDS))


@bp.get("/dids/<code>/entries/<key>")
def look(code: str, key: str) -> Response:
    """What has become of an entry that was left with 202."""
    _check_token(code)
    with registry_service().database.reading() as session:
        row = inbox_store.find_by_name(session, key)
        if row is None or row.code != code:
            raise UnknownSubmission("nothing was offered under this address in the last week")
        outcome = inbox_store.outcome_of(row)
    return _told(code, key, outcome)


def _answer(submission: Submission, outcome: Outcome | None) -> Response:
    return _told(submission.code, submission.key.hex(), outcome)


def _told(code: str, key: str, outcome: Outcome | None) -> Response:
    match outcome:
        case None:
            where = url_for("entries.look", code=code, key=key)
            return _json({"state": "waiting"}, 202, {"Location": where, "Retry-After": "1"})
        case Conflict():
            raise VersionConflict("another entry was faster", current=outcome.current)
        case Sequenced():
            return _json(_logged(outcome.index), 201, {})


def _logged(index: int) -> dict[str, object]:
    with registry_service().database.reading() as session:
        return {"index": index, "versionId": store.version_at(session, index)}


def _check_token(code: str) -> None:
    token = parse_authorization(request.headers.get("Authorization"))
    service = registry_service()
    with service.database.reading() as session:
        verify_token(session, token, code, now=service.clock())


def _expected() -> str:
    """The one strong entity tag of If-Match. Spec: RFC 9110 §13.1.1."""
    _required("If-Match")
    tags = request.if_match
    if tags.star_tag or len(tags.as_set()) != 1:
        raise PreconditionRequired("If-Match names the one versionId that the entry follows")
    (tag,) = tags.as_set()
    return str(tag)


def _required(name: str) -> str:
    value = request.headers.get(name)
    if not value:
        raise PreconditionRequired(f"the request needs {name}")
    return value


def _history(code: str) -> History:
    service = registry_service()
    with service.database.reading() as session:
        row = store.find_did_by_code(session, code)
        latest = None if row is None else store.latest_version_id(session, row.scid)
        known = None
        if row is not None and latest is not None:
            known = service.histories.find((row.did, latest))
        return known or get_history(session, code, service.clock())


def _json(members: dict[str, object], status: int, headers: dict[str, str]) -> Response:
    return Response(json.dumps(members), status, headers, mimetype="application/json")
