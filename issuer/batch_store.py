"""Queries over what was issued, and the periods that it was closed in."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from issuer.models import IssuanceBatch, IssuedCredential


def note_issued(session: Session, row: IssuedCredential) -> None:
    """Keep a credential's digest; one that was issued twice to the letter is the same one."""
    if session.get(IssuedCredential, row.digest) is None:
        session.add(row)
        session.flush()


def agencies_with_open(session: Session, *, before: datetime) -> Sequence[str]:
    """The agencies that have issued, before a time, what stands in no batch yet."""
    rows = select(IssuedCredential.agency).where(
        IssuedCredential.batch_id.is_(None), IssuedCredential.issued_at < before
    )
    return session.scalars(rows.distinct().order_by(IssuedCredential.agency)).all()


def has_issued(session: Session, agency: str, *, since: datetime) -> bool:
    """Whether an agency has issued anything at or after a time."""
    rows = select(IssuedCredential.digest).where(
        IssuedCredential.agency == agency, IssuedCredential.issued_at >= since
    )
    return session.scalar(rows.limit(1)) is not None


def open_times(session: Session, agency: str, *, before: datetime) -> Sequence[datetime]:
    """When an agency's credentials that stand in no batch yet were issued, the earliest first."""
    rows = select(IssuedCredential.issued_at).where(
        IssuedCredential.agency == agency,
        IssuedCredential.batch_id.is_(None),
        IssuedCredential.issued_at < before,
    )
    return session.scalars(rows.distinct().order_by(IssuedCredential.issued_at)).all()


def open_credentials(
    session: Session, agency: str, begins: datetime, ends: datetime
) -> Sequence[tuple[bytes, bytes]]:
    """Salt and digest of an agency's credentials of a period that stand in no batch yet."""
    rows = select(IssuedCredential.salt, IssuedCredential.digest).where(
        IssuedCredential.agency == agency,
        IssuedCredential.batch_id.is_(None),
        IssuedCredential.issued_at >= begins,
        IssuedCredential.issued_at < ends,
    )
    return [(row.salt, row.digest) for row in session.execute(rows)]


def close(session: Session, batch: IssuanceBatch) -> None:
    """Store a batch, and let all open credentials of its period stand in it.

    Nobody issues for the agency meanwhile: its row is locked.
    """
    session.add(batch)
    session.flush()
    session.execute(
        update(IssuedCredential)
        .where(
            IssuedCredential.agency == batch.agency,
            IssuedCredential.batch_id.is_(None),
            IssuedCredential.issued_at >= batch.begins,
            IssuedCredential.issued_at < batch.ends,
        )
        .values(batch_id=batch.id)
        .execution_options(synchronize_session=False)
    )


def find_closed(
    session: Session, agency: str, digest: bytes
) -> tuple[IssuedCredential, IssuanceBatch] | None:
    """A credential of an agency and the batch that it stands in, if it stands in one."""
    rows = (
        select(IssuedCredential, IssuanceBatch)
        .join(IssuanceBatch, IssuanceBatch.id == IssuedCredential.batch_id)
        .where(IssuedCredential.digest == digest, IssuedCredential.agency == agency)
    )
    found = session.execute(rows).one_or_none()
    return None if found is None else (found[0], found[1])
