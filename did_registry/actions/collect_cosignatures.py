"""Asks the witnesses to sign the newest head; with a quorum of them, it is published.

No transaction is open while a witness is asked. What a witness refuses for good, because we have
signed two histories, stops everything: nothing may be published after that.
"""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Final, Protocol

from sqlalchemy.orm import Session

from credentials.errors import Error
from did_registry import head_store, store
from did_registry.actions.ask_for_evidence import Getter, ask_for_evidence
from did_registry.errors import LogInconsistent, RegistryUnavailable
from did_registry.split_view import SplitView
from did_registry.tlog.cosignature import find_cosignature
from did_registry.tlog.errors import QuorumMissing
from did_registry.tlog.note import (
    Note,
    NoteSignature,
    VerifierKey,
    parse_note,
    parse_signature_lines,
)
from did_registry.tlog.proof import build_consistency
from did_registry.tlog.tiles import node_reader
from did_registry.tlog.witness_messages import (
    SIZE_TYPE,
    AddCheckpoint,
    encode_add_checkpoint,
    parse_size,
)
from did_registry.witness_peers import WitnessPeer, WitnessPeers
from storage.transaction import Database
from web.fetched import Fetched

ACCEPTED: Final = ("text/plain", SIZE_TYPE)
MAX_ANSWER_BYTES: Final = 16 * 1024
_TRIES: Final = 5  # each from the size that the witness has named; others of ours may be faster


class Sender(Getter, Protocol):
    """What is needed of the one outbound client."""

    def post(
        self, url: str, body: bytes, *, content_type: str, accept: Sequence[str], max_bytes: int
    ) -> Fetched: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class _Head:
    size: int
    note: bytes


def collect_cosignatures(
    database: Database,
    peers: WitnessPeers,
    outbound: Sender,
    *,
    key: VerifierKey,
    now: datetime,
) -> tuple[str, ...]:
    """Ask every witness that has not signed the newest head; returns who has signed it now.

    key: of our log. A head that another of ours has overtaken meanwhile is left to that one's own
    asking. Raises LogInconsistent when a witness has seen another history of our log; QuorumMissing
    when too few have signed: then the head before stays the one that is published. What a witness
    holds against us is kept as evidence, and from then on nothing is asked for: SplitView.
    """
    with database.reading() as session:
        if head_store.all_evidence(session):
            detail = "there is evidence that this log has signed two histories"
            raise SplitView(detail, status=422, rewriting=None)
        row = store.latest_checkpoint(session)
        if row is None:
            raise LogInconsistent("the log has no checkpoint")
        head = _Head(size=row.size, note=row.note)
        lines = head_store.cosignatures(session, head.size)
    signed = _signers(lines, peers)
    missing = [peer for peer in peers.peers if peer.key.name not in signed]
    if missing:
        ask = partial(_ask_or_keep, database, outbound, head, key, now)
        with ThreadPoolExecutor(max_workers=len(missing)) as pool:
            lines = tuple(line for line in pool.map(ask, missing) if line is not None)
        with database.writing() as session:
            for line in lines:
                head_store.add_cosignature(session, head.size, line)
        signed |= _signers(lines, peers)
    if len(signed) < peers.policy.quorum and _latest_size(database) == head.size:
        raise QuorumMissing(f"{len(signed)} of {peers.policy.quorum} witnesses signed the head")
    return tuple(sorted(signed))


def _signers(lines: Sequence[NoteSignature], peers: WitnessPeers) -> set[str]:
    """Which of the witnesses that count have signed, by name: each with the key it has now."""
    signed = {(line.name, line.key_id) for line in lines}
    return {one.key.name for one in peers.peers if (one.key.name, one.key.key_id) in signed}


def _ask_or_keep(
    database: Database,
    outbound: Sender,
    head: _Head,
    key: VerifierKey,
    now: datetime,
    peer: WitnessPeer,
) -> NoteSignature | None:
    """The same as `_ask`; what a witness has against us is kept before we stop."""
    try:
        return _ask(database, outbound, head, peer)
    except LogInconsistent:
        with suppress(Error):  # it shows nothing, or cannot be asked; we stop all the same
            file = ask_for_evidence(database, peer, outbound, key).encode()
            with database.writing() as session:
                head_store.add_evidence(session, file, now)
        raise


def _ask(
    database: Database, outbound: Sender, head: _Head, peer: WitnessPeer
) -> NoteSignature | None:
    """The line of one witness; None when it cannot be had now, or when it has signed a later head
    of ours: then whoever signed that one asks, and this one need not be shown."""
    with database.reading() as session:
        old_size = head_store.cosigned_size(session, peer.key)
    for _ in range(_TRIES):
        if old_size > head.size:
            _check_ours(database, old_size, peer)
            return None
        try:
            answer = _send(database, outbound, head, old_size, peer)
            if answer.status == 409 and answer.content_type == SIZE_TYPE:
                old_size = parse_size(answer.body)
                continue
            return _read_line(answer, head, peer)
        except LogInconsistent:
            raise
        except Error:
            return None  # away, or answering with something else; the others may be a quorum
    return None


def _check_ours(database: Database, size: int, peer: WitnessPeer) -> None:
    if _latest_size(database) < size:
        raise LogInconsistent(f"{peer.key.name} has signed a longer log than ours")


def _latest_size(database: Database) -> int:
    with database.reading() as session:
        latest = store.latest_checkpoint(session)
    return 0 if latest is None else latest.size


def _send(
    database: Database, outbound: Sender, head: _Head, old_size: int, peer: WitnessPeer
) -> Fetched:
    with database.reading() as session:
        path = _consistency(session, old_size, head.size)
    body = AddCheckpoint(old_size=old_size, consistency=path, checkpoint=head.note)
    return outbound.post(
        f"{peer.url}/add-checkpoint",
        encode_add_checkpoint(body),
        content_type="text/plain",
        accept=ACCEPTED,
        max_bytes=MAX_ANSWER_BYTES,
    )


def _consistency(session: Session, old_size: int, size: int) -> tuple[bytes, ...]:
    return tuple(
        build_consistency(old_size, size, node_reader(size, partial(store.read_tile, session)))
    )


def _read_line(answer: Fetched, head: _Head, peer: WitnessPeer) -> NoteSignature:
    if answer.status in {409, 422}:
        raise LogInconsistent(f"{peer.key.name} has signed another history of this log")
    if answer.status != 200:
        raise RegistryUnavailable(f"{peer.key.name} does not sign at present")
    text = parse_note(head.note).text
    for line in parse_signature_lines(answer.body):
        if find_cosignature(Note(text=text, signatures=(line,)), peer.key) is not None:
            return line
    raise RegistryUnavailable(f"{peer.key.name} answered without its signature")
