"""The log's public files: checkpoint, tiles and entry bundles. Spec: c2sp.org/tlog-tiles."""

from flask import Blueprint, Response

from credentials.errors import Error
from did_registry import store
from did_registry.actions.follow import BUNDLE_TYPE, CHECKPOINT_TYPE
from did_registry.errors import LogFileNotFound
from did_registry.tlog.tiles import WIDTH, Bundle, Tile, encode_bundle, parse_path
from did_registry.web.service import registry_service
from web.headers import public_file

CHECKPOINT_MAX_AGE = 2  # seconds: everybody should see a new head soon
PARTIAL_MAX_AGE = 60
FULL_MAX_AGE = 365 * 24 * 3600  # a full tile never changes

bp = Blueprint("log", __name__, url_prefix="/log")


@bp.get("/checkpoint")
def checkpoint() -> Response:
    """The newest signed head."""
    with registry_service().database.reading() as session:
        latest = store.latest_checkpoint(session)
    if latest is None:
        raise LogFileNotFound("the log has no checkpoint yet")
    return public_file(Response(latest.note, mimetype=CHECKPOINT_TYPE), max_age=CHECKPOINT_MAX_AGE)


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
        data = store.read_tile(session, asked)
    if not data:
        raise LogFileNotFound("the log is not that long yet")
    return data


def _read_bundle(asked: Bundle) -> bytes:
    start = asked.index * WIDTH
    with registry_service().database.reading() as session:
        entries = store.leaves(session, start, start + asked.width)
    if len(entries) != asked.width:
        raise LogFileNotFound("the log is not that long yet")
    return encode_bundle(entries)
