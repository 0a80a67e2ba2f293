"""Asks a witness that refuses our head why: for the head that it has signed instead."""

import hashlib
from collections.abc import Sequence
from functools import partial
from typing import Protocol

from did_registry import store
from did_registry.actions.follow import CHECKPOINT_TYPE, MAX_CHECKPOINT_BYTES
from did_registry.errors import RegistryUnavailable
from did_registry.rewriting import Manner, Rewriting, verify_rewriting
from did_registry.tlog.checkpoint import verify_checkpoint
from did_registry.tlog.note import VerifierKey
from did_registry.tlog.proof import build_consistency, range_root
from did_registry.tlog.tiles import node_reader
from did_registry.witness_peers import WitnessPeer
from storage.transaction import Database
from web.fetched import Fetched


class Getter(Protocol):
    """What is needed of the one outbound client."""

    def get(self, url: str, *, accept: Sequence[str], max_bytes: int) -> Fetched: ...


def ask_for_evidence(
    database: Database, peer: WitnessPeer, outbound: Getter, key: VerifierKey
) -> Rewriting:
    """Two heads that our log has signed, the witness's and our newest, that contradict each other.

    A witness's word is not enough: what it shows must be signed with our own key. Raises
    RegistryUnavailable when it shows no head, or one that says nothing against ours; what the
    head's verification and the client raise.
    """
    origin = hashlib.sha256(key.name.encode()).hexdigest()
    answer = outbound.get(
        f"{peer.url}/{origin}/checkpoint",
        accept=(CHECKPOINT_TYPE,),
        max_bytes=MAX_CHECKPOINT_BYTES,
    )
    if answer.status != 200:
        raise RegistryUnavailable(f"{peer.key.name} shows no head that it has signed")
    found = _compare(database, answer.body, key)
    verify_rewriting(found, key)
    return found


def _compare(database: Database, note: bytes, key: VerifierKey) -> Rewriting:
    theirs = verify_checkpoint(note, key)
    with database.reading() as session:
        ours = store.latest_checkpoint(session)
        if ours is None or not 0 < theirs.size <= ours.size:
            raise RegistryUnavailable("the witness has signed a longer log than ours, or none")
        if theirs.size == ours.size:
            return Rewriting(manner=Manner.TWO_ROOTS, before=note, now=ours.note)
        node = node_reader(ours.size, partial(store.read_tile, session))
        return Rewriting(
            manner=Manner.FORKED,
            before=note,
            now=ours.note,
            root=range_root(0, theirs.size, node),
            proof=build_consistency(theirs.size, ours.size, node),
        )
