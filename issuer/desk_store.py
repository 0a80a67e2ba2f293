"""Queries of the clerks' desk. Each takes the agency first and sees nothing of any other: `_of` is
the one place where a tenant's boundary is drawn."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any, TypeVar

from sqlalchemy import CursorResult, Select, func, insert, select, update
from sqlalchemy.orm import Session

from issuer.models import (
    BatchRow,
    DraftRow,
    EntitlementRow,
    ImportedRow,
    OfferRow,
    RevocationItem,
    RevocationRow,
    SearchTerm,
    StatusEntryRow,
)

_R = TypeVar("_R", EntitlementRow, DraftRow, BatchRow, RevocationRow)


def _of(agency: str, model: type[_R]) -> Select[_R]:
    return select(model).where(model.agency == agency)


def find(session: Session, agency: str, model: type[_R], row_id: str) -> _R | None:
    """An agency's row with this id."""
    return session.scalars(_of(agency, model).where(model.id == row_id)).one_or_none()


def lock(session: Session, agency: str, model: type[_R], row_id: str) -> _R | None:
    """The same as it stands now, locked until the transaction ends."""
    rows = _of(agency, model).where(model.id == row_id).with_for_update()
    return session.scalars(rows.execution_options(populate_existing=True)).one_or_none()


def drafts(
    session: Session,
    agency: str,
    states: Collection[str],
    *,
    offset: int,
    limit: int,
    batch_id: str | None = None,
) -> Sequence[DraftRow]:
    """Drafts that came alone, or the lines of one batch, in the order in which they came."""
    rows = _of(agency, DraftRow).where(DraftRow.state.in_(states), DraftRow.batch_id == batch_id)
    ordered = rows.order_by(DraftRow.drafted_at, DraftRow.line, DraftRow.id)
    return session.scalars(ordered.offset(offset).limit(limit)).all()


def count_drafts(
    session: Session, agency: str, states: Collection[str], *, batch_id: str | None = None
) -> int:
    """How many there are."""
    rows = _of(agency, DraftRow).where(DraftRow.state.in_(states), DraftRow.batch_id == batch_id)
    return _count(session, rows)


def move_draft(
    session: Session, agency: str, draft: DraftRow, after: str, values: dict[str, Any]
) -> bool:
    """Move a draft on if it is still as it was read; whether it was us."""
    moved = session.execute(
        update(DraftRow)
        .where(
            DraftRow.agency == agency,
            DraftRow.id == draft.id,
            DraftRow.state == draft.state,
            DraftRow.revision == draft.revision,
        )
        .values(state=after, **values)
        .execution_options(synchronize_session=False)
    )
    assert isinstance(moved, CursorResult)
    if moved.rowcount != 1:
        return False
    session.refresh(draft)
    return True


def move_lines(
    session: Session, agency: str, batch_id: str, before: str, after: str, values: dict[str, Any]
) -> None:
    """Move all lines of a batch that stand in one state."""
    session.execute(
        update(DraftRow)
        .where(DraftRow.agency == agency, DraftRow.batch_id == batch_id, DraftRow.state == before)
        .values(state=after, **values)
        .execution_options(synchronize_session=False)
    )


def known_digests(session: Session, digests: Collection[bytes]) -> frozenset[bytes]:
    """Which rows of a file were brought before: as drafts, or imported at once. The agency is part
    of each digest."""
    drafted = select(DraftRow.row_digest).where(DraftRow.row_digest.in_(digests))
    imported = select(ImportedRow.digest).where(ImportedRow.digest.in_(digests))
    found = (*session.scalars(drafted), *session.scalars(imported))
    return frozenset(digest for digest in found if digest is not None)


def batches(
    session: Session, agency: str, states: Collection[str], *, limit: int
) -> Sequence[BatchRow]:
    """An agency's files, newest first."""
    rows = _of(agency, BatchRow).where(BatchRow.state.in_(states))
    return session.scalars(rows.order_by(BatchRow.drafted_at.desc()).limit(limit)).all()


def entitlements(
    session: Session, agency: str, *, digest: bytes | None, offset: int, limit: int
) -> Sequence[EntitlementRow]:
    """What an agency approved, newest first; with a digest, only what is found under it."""
    rows = _found(agency, digest).order_by(EntitlementRow.created.desc(), EntitlementRow.id)
    return session.scalars(rows.offset(offset).limit(limit)).all()


def count_entitlements(session: Session, agency: str, *, digest: bytes | None) -> int:
    """How many there are."""
    return _count(session, _found(agency, digest))


def _found(agency: str, digest: bytes | None) -> Select[EntitlementRow]:
    rows = _of(agency, EntitlementRow)
    if digest is None:
        return rows
    terms = select(SearchTerm.entitlement_id).where(
        SearchTerm.agency == agency, SearchTerm.digest == digest
    )
    return rows.where(EntitlementRow.id.in_(terms))


def add_search_terms(
    session: Session, agency: str, entitlement_id: str, digests: Collection[bytes]
) -> None:
    """Let an entitlement be found."""
    rows = [
        {"agency": agency, "entitlement_id": entitlement_id, "digest": digest} for digest in digests
    ]
    if rows:
        session.execute(insert(SearchTerm), rows)


def statuses(
    session: Session, agency: str, entitlement_ids: Collection[str]
) -> Sequence[StatusEntryRow]:
    """The status of every copy of some entitlements."""
    own = _of(agency, EntitlementRow).with_only_columns(EntitlementRow.id)
    rows = select(StatusEntryRow).where(
        StatusEntryRow.entitlement_id.in_(entitlement_ids), StatusEntryRow.entitlement_id.in_(own)
    )
    return session.scalars(rows.order_by(StatusEntryRow.idx)).all()


def marked(session: Session, agency: str, *, offset: int, limit: int) -> Sequence[EntitlementRow]:
    """What is suspended or revoked, by the last change."""
    changed = (
        select(StatusEntryRow.entitlement_id, func.max(StatusEntryRow.changed_at).label("at"))
        .where(StatusEntryRow.state != "valid")
        .group_by(StatusEntryRow.entitlement_id)
        .subquery()
    )
    rows = _of(agency, EntitlementRow).join(changed, changed.c.entitlement_id == EntitlementRow.id)
    ordered = rows.order_by(changed.c.at.desc(), EntitlementRow.id)
    return session.scalars(ordered.offset(offset).limit(limit)).all()


def last_offer(session: Session, agency: str, entitlement_id: str) -> OfferRow | None:
    """The newest offer of an entitlement that is not withdrawn."""
    rows = select(OfferRow).where(
        OfferRow.agency == agency,
        OfferRow.entitlement_id == entitlement_id,
        OfferRow.state != "cancelled",
    )
    return session.scalars(rows.order_by(OfferRow.expires_at.desc()).limit(1)).one_or_none()


def revocations(
    session: Session, agency: str, states: Collection[str], *, limit: int
) -> Sequence[RevocationRow]:
    """Proposals to revoke several at once, newest first."""
    rows = _of(agency, RevocationRow).where(RevocationRow.state.in_(states))
    return session.scalars(rows.order_by(RevocationRow.proposed_at.desc()).limit(limit)).all()


def revocation_items(session: Session, agency: str, revocation_id: str) -> Sequence[EntitlementRow]:
    """The entitlements of a proposal, in the order of their ids, in which an act locks them."""
    items = select(RevocationItem.entitlement_id).where(
        RevocationItem.revocation_id == revocation_id
    )
    rows = _of(agency, EntitlementRow).where(EntitlementRow.id.in_(items))
    return session.scalars(rows.order_by(EntitlementRow.id)).all()


def move_revocation(
    session: Session, agency: str, revocation_id: str, after: str, *, by: str, now: datetime
) -> bool:
    """Decide about a proposal if nobody has; whether it was us."""
    moved = session.execute(
        update(RevocationRow)
        .where(
            RevocationRow.agency == agency,
            RevocationRow.id == revocation_id,
            RevocationRow.state == "proposed",
        )
        .values(state=after, decided_by=by, decided_at=now)
    )
    assert isinstance(moved, CursorResult)
    return moved.rowcount == 1


def _count(session: Session, rows: Select[Any]) -> int:
    return session.scalar(select(func.count()).select_from(rows.subquery())) or 0
