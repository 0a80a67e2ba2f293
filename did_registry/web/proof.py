"""Proofs, ready to be kept: that a leaf is in the log, and what the log says last of a subject.

    /log/proof/{index}.tlog-proof    c2sp.org/tlog-proof, with the leaf itself as its extra data
    /log/directory/{key}             the directory's leaf with its proof, and the rows that answer

Whoever has the tiles can build both without us; this spares a browser the work.
"""

import json
import re
from typing import Final

from flask import Blueprint, Response
from sqlalchemy.orm import Session

from credentials.strict_json import JsonValue
from did_registry import head_store, store
from did_registry.actions.prove_leaf import prove_leaf
from did_registry.directory import Directory, PlacedRow, row_of
from did_registry.errors import LogFileNotFound
from did_registry.leaf import LeafKind, parse_leaf
from did_registry.models import LogCheckpoint
from did_registry.tlog.base64_standard import encode_base64
from did_registry.web.service import registry_service
from web.flood import limit
from web.headers import public_file

MAX_AGE: Final = 2  # seconds, as the head's: a proof for an old head hides what came since
PROOF_TYPE: Final = "text/plain"
DIRECTORY_TYPE: Final = "application/json"

_INDEX: Final = re.compile(r"0|[1-9][0-9]{0,15}")  # no larger number is one of a database

bp = Blueprint("proof", __name__, url_prefix="/log")
limit(bp, "log-proofs", per_minute=600)  # whoever wants all of them builds them from the tiles


@bp.get("/proof/<index>.tlog-proof")
def inclusion(index: str) -> Response:
    """That a leaf is in the log, up to the newest head that a quorum has signed."""
    if not _INDEX.fullmatch(index):
        raise LogFileNotFound("a leaf is named by its index")
    with registry_service().database.reading() as session:
        head = _head(session)
        body = prove_leaf(session, head, int(index))
    return public_file(Response(body, mimetype=PROOF_TYPE), max_age=MAX_AGE)


@bp.get("/directory/<path:key>")
def latest(key: str) -> Response:
    """What the directory under the newest head says of a key, `did/{SCID}` or `status/{list}`; its
    neighbours if it says nothing."""
    with registry_service().database.reading() as session:
        head = _head(session)
        if store.leaf_kind(session, head.size - 1) is not LeafKind.DIRECTORY:
            raise LogFileNotFound("the log does not end with a directory")
        proof = prove_leaf(session, head, head.size - 1)
        directory = _directory(session, head.size - 1)
    body = json.dumps({"proof": proof.decode(), "rows": [*map(_placed, directory.prove(key))]})
    return public_file(Response(body, mimetype=DIRECTORY_TYPE), max_age=MAX_AGE)


def _head(session: Session) -> LogCheckpoint:
    found = head_store.published_checkpoint(session, registry_service().witnesses)
    if found is None:
        raise LogFileNotFound("the log has no checkpoint yet")
    return found


def _directory(session: Session, size: int) -> Directory:
    """The directory of the first `size` leaves."""
    known = registry_service().directories.find(size)
    if known is not None:
        return known
    rows = (row_of(parse_leaf(leaf)) for leaf in store.latest_leaves(session, size))
    directory = Directory(row for row in rows if row is not None)
    return registry_service().directories.keep(size, directory)


def _placed(placed: PlacedRow) -> dict[str, JsonValue]:
    return {
        "row": json.loads(placed.row.encode()),
        "position": placed.position,
        "path": [encode_base64(node) for node in placed.path],
    }
