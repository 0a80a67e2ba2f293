"""The log's public files: checkpoint, tiles and entry bundles. Spec: c2sp.org/tlog-tiles."""

import re
from typing import Final

from flask import Blueprint, Response
from sqlalchemy.orm import Session

from credentials.errors import Error
from did_registry import head_store, store
from did_registry.actions.follow import BUNDLE_TYPE, CHECKPOINT_TYPE, URGENT_TYPE
from did_registry.actions.prove_leaf import prove_leaf
from did_registry.errors import LogFileNotFound
from did_registry.leaf import parse_leaf
from did_registry.models import LogCheckpoint
from did_registry.notice import NoticeKind, peek_kind
from did_registry.tlog.tiles import WIDTH, Bundle, Tile, encode_bundle, parse_path, width_at
from did_registry.urgent import MAX_URGENT, encode_urgent
from did_registry.web.service import registry_service
from web.headers import public_file

CHECKPOINT_MAX_AGE = 2  # seconds: everybody should see a new head soon
PARTIAL_MAX_AGE = 60
FULL_MAX_AGE = 365 * 24 * 3600  # a full tile never changes

_DIGEST: Final = re.compile("[0-9a-f]{64}")

bp = Blueprint("log", __name__, url_prefix="/log")


@bp.get("/checkpoint")
def checkpoint() -> Response:
    """The newest head that the log and a quorum of its witnesses have signed."""
    service = registry_service()
    with service.database.reading() as session:
        note = head_store.published_note(session, service.witnesses)
    if note is None:
        raise LogFileNotFound("the log has no checkpoint yet")
    return public_file(Response(note, mimetype=CHECKPOINT_TYPE), max_age=CHECKPOINT_MAX_AGE)


@bp.get("/urgent")
def urgent() -> Response:
    """The compromises under the newest head that too few witnesses have signed yet, each with its
    proof; see `did_registry/urgent.py`."""
    with registry_service().database.reading() as session:
        shown, newest = _latest(session), store.latest_checkpoint(session)
        found = [] if newest is None else _compromises(session, shown, newest)
    body = encode_urgent(found)
    return public_file(Response(body, mimetype=URGENT_TYPE), max_age=CHECKPOINT_MAX_AGE)


@bp.get("/evidence/<digest>.json")
def evidence(digest: str) -> Response:
    """Two heads that this log has signed and that cannot both be true, by the file's SHA-256."""
    file = None
    if _DIGEST.fullmatch(digest):
        with registry_service().database.reading() as session:
            file = head_store.find_evidence(session, bytes.fromhex(digest))
    if file is None:
        raise LogFileNotFound("the log keeps no such evidence")
    response = Response(file, mimetype="application/json")
    return public_file(response, max_age=FULL_MAX_AGE, immutable=True)


@bp.get("/tile/<path:rest>")
def tile(rest: str) -> Response:
    """A tile or an entry bundle, also in a width that it has outgrown."""
    try:
        asked = parse_path(f"tile/{rest}")
    except Error as error:
        raise LogFileNotFound("there is no such file of the log") from error
    body = _read_bundle(asked) if isinstance(asked, Bundle) else _read_tile(asked)
    full = asked.width == WIDTH
    response = Response(body, mimetype=BUNDLE_TYPE)
    return public_file(response, max_age=FULL_MAX_AGE if full else PARTIAL_MAX_AGE, immutable=full)


def _read_tile(asked: Tile) -> bytes:
    with registry_service().database.reading() as session:
        _check_length(session, asked.level, asked.index, asked.width)
        return store.read_tile(session, asked)


def _read_bundle(asked: Bundle) -> bytes:
    start = asked.index * WIDTH
    with registry_service().database.reading() as session:
        _check_length(session, 0, asked.index, asked.width)
        return encode_bundle(store.leaves(session, start, start + asked.width))


def _check_length(session: Session, level: int, index: int, width: int) -> None:
    """Refuse what lies beyond the newest signed head: no proof could use it, and the numbers of a
    path go further than those of a database."""
    latest = _latest(session)
    size = 0 if latest is None else latest.size
    if width > width_at(level, index, size):
        raise LogFileNotFound("the log is not that long yet")


def _compromises(session: Session, shown: LogCheckpoint | None, newest: LogCheckpoint) -> list[str]:
    """The proofs of the compromises that are under the newest head and not under the one shown."""
    start = 0 if shown is None else shown.size
    notices = store.notices_between(session, start, newest.size)[:MAX_URGENT]
    return [
        prove_leaf(session, newest, row.idx).decode()
        for row in notices
        if peek_kind(parse_leaf(row.leaf).body["statement"]) is NoticeKind.COMPROMISE
    ]


def _latest(session: Session) -> LogCheckpoint | None:
    return head_store.published_checkpoint(session, registry_service().witnesses)
