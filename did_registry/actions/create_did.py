"""Makes and extends DIDs: one line of a did.jsonl, one leaf, one row, in one transaction."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from credentials.claims import Claims
from credentials.json_object import parse_object
from credentials.keys import Signer
from did_registry import store
from did_registry.actions.append import LeafDraft, append
from did_registry.errors import DidInvalid
from did_registry.leaf import LeafKind
from did_registry.webvh.entry import parse_entry
from did_registry.webvh.history import History, begin
from did_registry.webvh.version import Version
from did_registry.webvh.witness import WitnessRule
from did_registry.webvh.writer import build_genesis


def create_did(
    session: Session,
    *,
    code: str,
    document: Claims,
    signer: Signer,
    next_key_hashes: Sequence[str],
    witness: WitnessRule | None,
    now: datetime,
) -> History:
    """Make a new DID and log its first entry; `code` is the last segment of its path.

    document: with `{SCID}` wherever the SCID shall stand; witness: who must approve its versions
    before they are shown, None for nobody. Raises what `build_genesis` raises, and
    DidInvalid when the DID would lead to another code.
    """
    line = build_genesis(
        document=document,
        signer=signer,
        next_key_hashes=next_key_hashes,
        now=now,
        witness=witness,
    )
    history = begin(parse_entry(line.rstrip(b"\n"), number=1), now)
    if history.did.path[-1:] != (code,):
        raise DidInvalid("the DID's path does not end with the code under which it is served")
    store.add_did(session, history.did, code)
    log_entry(session, history.latest, history.scid, line, now=now)
    return history


def log_entry(
    session: Session, version: Version, previous: str, line: bytes, *, now: datetime
) -> int:
    """Append one verified line to the log and to its did.jsonl; returns the leaf's index.

    previous: the versionId before it, or the SCID. The database refuses a second line after it.
    """
    entry = parse_object(line).members
    draft = LeafDraft(kind=LeafKind.DID, subject=version.parameters.scid, body={"entry": entry})
    (index,) = append(session, [draft], now=now)
    store.add_version(session, version, previous, line, index)
    return index
