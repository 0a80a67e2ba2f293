"""Builds the proof that a leaf is in the log, from what is stored."""

from functools import partial

from sqlalchemy.orm import Session

from did_registry import head_store, store
from did_registry.errors import LogFileNotFound
from did_registry.models import LogCheckpoint
from did_registry.tlog.note import encode_signature_lines
from did_registry.tlog.proof import build_inclusion
from did_registry.tlog.tiles import node_reader
from did_registry.tlog.tlog_proof import TlogProof, encode_tlog_proof


def prove_leaf(session: Session, head: LogCheckpoint, index: int) -> bytes:
    """The tlog-proof of a leaf under a head with its witnesses' lines; the leaf is its extra data.

    Raises LogFileNotFound for a leaf beyond the head. Spec: c2sp.org/tlog-proof.
    """
    if index >= head.size:
        raise LogFileNotFound("the log is not that long yet")
    node = node_reader(head.size, partial(store.read_tile, session))
    lines = encode_signature_lines(head_store.cosignatures(session, head.size))
    return encode_tlog_proof(
        TlogProof(
            index=index,
            path=tuple(build_inclusion(index, head.size, node)),
            checkpoint=head.note + lines,
            extra=store.leaves(session, index, index + 1)[0],
        )
    )
