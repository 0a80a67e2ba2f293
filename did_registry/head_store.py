"""Queries over the signed heads that strangers see, and the witnesses' lines on them."""

import hashlib
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from did_registry.models import LogCheckpoint, LogCosignature, LogEvidence
from did_registry.tlog.cosignature import WitnessKey, WitnessPolicy
from did_registry.tlog.note import NoteSignature, encode_signature_lines
from storage.upsert import upsert_into


def published_checkpoint(session: Session, policy: WitnessPolicy) -> LogCheckpoint | None:
    """The largest head that a quorum of these witnesses has signed: the one that strangers see.

    A line by a witness that does not count any more, or by another key of one that does, counts
    for nothing, so that exchanging witnesses never shows a head that the new ones do not carry.
    """
    newest = select(LogCheckpoint).order_by(LogCheckpoint.size.desc()).limit(1)
    if policy.quorum:
        counted = or_(*(_line_by(witness) for witness in policy.witnesses))
        signed = select(LogCosignature.size).where(counted).group_by(LogCosignature.size)
        enough = func.count(LogCosignature.witness.distinct()) >= policy.quorum
        newest = newest.where(LogCheckpoint.size.in_(signed.having(enough)))
    return session.scalars(newest).one_or_none()


def published_note(session: Session, policy: WitnessPolicy) -> bytes | None:
    """The head that is shown to strangers, with its witnesses' lines; None before the first."""
    row = published_checkpoint(session, policy)
    if row is None:
        return None
    return row.note + encode_signature_lines(cosignatures(session, row.size))


def cosignatures(session: Session, size: int) -> tuple[NoteSignature, ...]:
    """The witnesses' lines on a head, in the order of their names."""
    rows = select(LogCosignature).where(LogCosignature.size == size)
    ordered = rows.order_by(LogCosignature.witness, LogCosignature.key_id)
    return tuple(
        NoteSignature(name=row.witness, key_id=row.key_id, value=row.value)
        for row in session.scalars(ordered)
    )


def add_cosignature(session: Session, size: int, line: NoteSignature) -> None:
    """Store a witness's line; one that is there stays."""
    row = LogCosignature(size=size, witness=line.name, key_id=line.key_id, value=line.value)
    try:
        with session.begin_nested():
            session.add(row)
    except IntegrityError:
        return  # it is there: another transaction may have asked the same witness meanwhile


def cosigned_size(session: Session, witness: WitnessKey) -> int:
    """The largest head that a witness has signed with this key, as far as we know; 0 for none."""
    sizes = select(func.max(LogCosignature.size)).where(_line_by(witness))
    return session.scalar(sizes) or 0


def _line_by(witness: WitnessKey) -> ColumnElement[bool]:
    named = LogCosignature.witness == witness.name
    return and_(named, LogCosignature.key_id == witness.key_id)


def add_evidence(session: Session, file: bytes, seen: datetime) -> None:
    """Keep two heads of our log that contradict each other, as a file; one that is there stays."""
    digest = hashlib.sha256(file).digest()
    row = upsert_into(session, LogEvidence).values(digest=digest, file=file, seen=seen)
    session.execute(row.on_conflict_do_nothing())


def all_evidence(session: Session) -> Sequence[LogEvidence]:
    """All that is held against our log, oldest first."""
    return session.scalars(select(LogEvidence).order_by(LogEvidence.seen, LogEvidence.digest)).all()


def find_evidence(session: Session, digest: bytes) -> bytes | None:
    """The file with this SHA-256."""
    row = session.get(LogEvidence, digest)
    return None if row is None else row.file
