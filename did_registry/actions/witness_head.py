"""Signs a log's next head as its witness: remembered first, answered then."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from credentials.keys import Signer
from did_registry import witness_store
from did_registry.errors import HeadConflict
from did_registry.split_view import SplitView
from did_registry.tlog.cosignature import cosign
from did_registry.tlog.note import NoteSignature, VerifierKey, parse_note
from did_registry.tlog.witness_messages import AddCheckpoint
from did_registry.witness import WitnessedHead, judge, origin_of
from storage.transaction import Database


@dataclass(frozen=True, slots=True, kw_only=True)
class Witness:
    """A witness: its name, its keys, and the logs that it watches, by origin. signer: signs heads;
    approver: approves versions of DIDs."""

    name: str
    signer: Signer = field(repr=False)
    approver: Signer = field(repr=False)
    logs: Mapping[str, VerifierKey]


def witness_head(
    database: Database, witness: Witness, request: AddCheckpoint, *, now: datetime
) -> NoteSignature:
    """Judge a head, remember it durably, and sign it.

    Two heads that contradict each other are kept as evidence before they are refused, and a log
    against which there is evidence gets no signature any more. Raises what `judge` raises; of
    requests at the same moment, HeadConflict to all but one.
    """
    origin = origin_of(request)
    key = witness.logs.get(origin)
    try:
        with database.writing() as session:
            latest = witness_store.latest_head(session, origin)
            head = judge(request, key, latest)
            if witness_store.evidence(session, origin):
                raise SplitView("the log was met with two histories", status=422, rewriting=None)
            after = WitnessedHead(size=head.size, root=head.root, note=request.checkpoint)
            if not witness_store.remember(session, origin, latest, after):
                raise HeadConflict("another head was signed meanwhile", size=latest.size)
    except SplitView as error:
        if error.rewriting is not None:
            with database.writing() as session:
                witness_store.add_evidence(session, origin, error.rewriting.encode(), now)
        raise
    return cosign(parse_note(request.checkpoint).text, witness.name, witness.signer, now)
