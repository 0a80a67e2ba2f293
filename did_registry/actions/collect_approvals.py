"""Asks the witnesses of our DIDs to approve what is not shown yet, under the head that is shown.

The order is the specification's: leaf, head, cosignatures, did-witness.json, did.jsonl. A version
that too few have approved stays unseen, and is asked for again with the next head and at the next
start. No transaction is open while a witness is asked.
"""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from itertools import groupby
from typing import Final, Protocol

from sqlalchemy.orm import Session

from credentials.claims import Claims
from credentials.errors import Error
from credentials.json_object import parse_object
from did_registry import approval_store, head_store, store
from did_registry.actions.prove_leaf import prove_leaf
from did_registry.approval_request import (
    ANSWER_TYPE,
    REQUEST_TYPE,
    ApprovalRequest,
    encode_approval_request,
)
from did_registry.errors import LogInconsistent, RegistryUnavailable, VersionForked
from did_registry.models import DidVersion, LogCheckpoint
from did_registry.webvh.history import replay_entries
from did_registry.webvh.witness import WitnessRule, last_approvals, parse_witness_file
from did_registry.witness_peers import WitnessPeer, WitnessPeers
from storage.transaction import Database
from web.fetched import Fetched

ACCEPTED: Final = (ANSWER_TYPE, "application/problem+json")
MAX_ANSWER_BYTES: Final = 16 * 1024


class Sender(Protocol):
    """What is needed of the one outbound client."""

    def post(
        self, url: str, body: bytes, *, content_type: str, accept: Sequence[str], max_bytes: int
    ) -> Fetched: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class _Waiting:
    """A version to be approved. log: did.jsonl up to it; known: the witnesses whose proofs of it
    are stored already."""

    scid: str
    version_id: str
    index: int
    log: bytes
    rule: WitnessRule
    known: frozenset[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Approval:
    scid: str
    version_id: str
    witness: str
    proof: Claims


def collect_approvals(
    database: Database, peers: WitnessPeers, outbound: Sender, *, now: datetime
) -> tuple[str, ...]:
    """Ask for what is missing, store the proofs, and show what has enough of them; returns the
    SCIDs of the DIDs of which a version still waits.

    Raises LogInconsistent when a witness has approved another version of a DID with the same
    number; what the other witnesses said is kept.
    """
    with database.reading() as session:
        head = head_store.published_checkpoint(session, peers.policy)
        waiting = [] if head is None else _waiting(session, head, now)
    if head is None or not waiting:
        return ()
    asked = [peer for peer in peers.peers if peer.did is not None]
    ask = partial(_ask_one, database, outbound, head, waiting)
    with ThreadPoolExecutor(max_workers=max(1, len(asked))) as pool:
        answers = list(pool.map(ask, asked))
    with database.writing() as session:
        left = _store(session, [one for found, _ in answers for one in found], waiting, now)
    forked = [name for _, name in answers if name is not None]
    if forked:
        raise LogInconsistent(f"{forked[0]} has approved another version of a DID")
    return left


def _waiting(session: Session, head: LogCheckpoint, now: datetime) -> list[_Waiting]:
    """The last version of each DID that witnesses must approve: with it, all before are."""
    rows = approval_store.waiting_versions(session, head.size)
    found = (_last(session, scid, list(of), now) for scid, of in groupby(rows, _scid))
    return [one for one in found if one is not None]


def _scid(row: DidVersion) -> str:
    return row.scid


def _last(session: Session, scid: str, rows: list[DidVersion], now: datetime) -> _Waiting | None:
    history = replay_entries(store.did_log(session, scid), now)
    for row in reversed(rows):
        rule = history.number(row.number).witnesses
        if rule is not None:
            lines = store.did_log(session, scid).splitlines(keepends=True)
            proofs = approval_store.proofs_of(session, scid).proofs.get(row.version_id, ())
            named = {proof.text("verificationMethod").partition("#")[0] for proof in proofs}
            return _Waiting(
                scid=scid,
                version_id=row.version_id,
                index=row.log_idx,
                log=b"".join(lines[: row.number]),
                rule=rule,
                known=frozenset(named),
            )
    return None


def _ask_one(
    database: Database,
    outbound: Sender,
    head: LogCheckpoint,
    waiting: Sequence[_Waiting],
    peer: WitnessPeer,
) -> tuple[list[_Approval], str | None]:
    """What one witness approves, and its name if it knows another history of one of our DIDs."""
    found: list[_Approval] = []
    try:
        for one, did in _wanted(database, head, waiting, peer):
            found.append(_ask(database, outbound, head, one, peer, did))
    except VersionForked:
        return found, peer.key.name
    except Error:
        pass  # away, or answering with something else: what is missing is asked for again
    return found, None


def _wanted(
    database: Database, head: LogCheckpoint, waiting: Sequence[_Waiting], peer: WitnessPeer
) -> list[tuple[_Waiting, str]]:
    """What a witness has to approve, with its did:key: nothing under a head that it has not
    signed, as it would refuse."""
    with database.reading() as session:
        lines = {(line.name, line.key_id) for line in head_store.cosignatures(session, head.size)}
    did = peer.did
    if did is None or (peer.key.name, peer.key.key_id) not in lines:
        return []
    return [(one, did) for one in waiting if did in one.rule.witnesses and did not in one.known]


def _ask(
    database: Database,
    outbound: Sender,
    head: LogCheckpoint,
    one: _Waiting,
    peer: WitnessPeer,
    did: str,
) -> _Approval:
    with database.reading() as session:
        proof = prove_leaf(session, head, one.index)
    answer = outbound.post(
        f"{peer.url}/add-did-version",
        encode_approval_request(ApprovalRequest(log=one.log, proof=proof)),
        content_type=REQUEST_TYPE,
        accept=ACCEPTED,
        max_bytes=MAX_ANSWER_BYTES,
    )
    return _read(answer, one, did)


def _read(answer: Fetched, one: _Waiting, did: str) -> _Approval:
    if answer.status != 200:
        problem = parse_object(answer.body).text("type").rpartition("/")[2]
        if problem == VersionForked.code:
            raise VersionForked("the witness has approved another version with this number")
        raise RegistryUnavailable(f"the witness does not approve at present: {problem}")
    file = parse_witness_file(answer.body)
    proofs = file.proofs.get(one.version_id, ())
    approved = last_approvals([one.version_id], {did: one.rule.witnesses[did]}, file)
    if len(proofs) != 1 or not approved[did]:
        raise RegistryUnavailable("the witness answered without its proof")
    return _Approval(scid=one.scid, version_id=one.version_id, witness=did, proof=proofs[0].members)


def _store(
    session: Session, found: Sequence[_Approval], waiting: Sequence[_Waiting], now: datetime
) -> tuple[str, ...]:
    """Keep the proofs and show what they allow; DIDs are locked in one order."""
    left = []
    for one in sorted(waiting, key=lambda one: one.scid):
        row = approval_store.lock_did(session, one.scid)
        for new in found:
            if new.scid == one.scid:
                approval_store.add_proof(session, new.scid, new.version_id, new.witness, new.proof)
        history = replay_entries(store.did_log(session, one.scid), now)
        row.shown = history.approved_by(approval_store.proofs_of(session, one.scid))
        if row.shown < history.latest.number:
            left.append(one.scid)
    session.flush()
    return tuple(left)
