"""Queries over the issuer's tables, and the moves along its transition table."""

from collections.abc import Sequence
from datetime import datetime
from typing import TypeVar

from sqlalchemy import CursorResult, Select, delete, insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from credentials.status.bits import State as StatusState
from issuer.entitlement import EntitlementState
from issuer.issuance_session import LIVE, Event, State, advance
from issuer.models import (
    AgencyRow,
    EntitlementRow,
    ImportedRow,
    OfferRow,
    PersonRow,
    PublishedList,
    StatusEntryRow,
    StatusListRow,
    UsedNonce,
)
from storage.base import Base

_R = TypeVar("_R", bound=Base)

_LIVE_STATES = tuple(state.value for state in LIVE)


def find_agency(session: Session, code: str) -> AgencyRow | None:
    """The row of an agency."""
    return session.get(AgencyRow, code)


def lock_agency(session: Session, code: str) -> AgencyRow | None:
    """The row of an agency as it stands, locked until the transaction ends."""
    return _locked(session, select(AgencyRow).where(AgencyRow.code == code))


def share_agency(session: Session, code: str) -> AgencyRow | None:
    """The row of an agency as it stands; nobody changes it until the transaction ends."""
    row = select(AgencyRow).where(AgencyRow.code == code).with_for_update(read=True)
    return session.execute(row, execution_options={"populate_existing": True}).scalar_one_or_none()


def add_person(session: Session, person_ref: str, now: datetime) -> None:
    """Make the row of a new person."""
    session.execute(insert(PersonRow).values(person_ref=person_ref, created=now))


def has_person(session: Session, person_ref: str) -> bool:
    """Whether there is such a person."""
    return session.get(PersonRow, person_ref) is not None


def find_entitlement(session: Session, entitlement_id: str) -> EntitlementRow | None:
    """The row of an entitlement."""
    return session.get(EntitlementRow, entitlement_id)


def lock_entitlement(session: Session, entitlement_id: str) -> EntitlementRow | None:
    """The row of an entitlement as it stands, locked until the transaction ends."""
    return _locked(session, select(EntitlementRow).where(EntitlementRow.id == entitlement_id))


def lock_waiting(
    session: Session, agency: str, permission: str, person_ref: str
) -> EntitlementRow | None:
    """The person's entitlement of this kind that waits to be fetched, locked."""
    rows = select(EntitlementRow).where(
        EntitlementRow.agency == agency,
        EntitlementRow.permission == permission,
        EntitlementRow.person_ref == person_ref,
        EntitlementRow.state == EntitlementState.WAITING.value,
    )
    return _locked(session, rows)


def move_entitlement(session: Session, entitlement_id: str, after: EntitlementState) -> bool:
    """End the waiting of an entitlement if nobody did before us; whether it was us."""
    moved = session.execute(
        update(EntitlementRow)
        .where(
            EntitlementRow.id == entitlement_id,
            EntitlementRow.state == EntitlementState.WAITING.value,
        )
        .values(state=after.value)
    )
    assert isinstance(moved, CursorResult)
    return moved.rowcount == 1


def find_imported(session: Session, digest: bytes) -> str | None:
    """The id of the entitlement that an equal CSV row became, if there was one."""
    rows = select(ImportedRow.entitlement_id).where(ImportedRow.digest == digest)
    return session.scalars(rows).one_or_none()


def add_imported(session: Session, digest: bytes, entitlement_id: str) -> None:
    """Note what a CSV row became."""
    session.execute(insert(ImportedRow).values(digest=digest, entitlement_id=entitlement_id))


def lock_offer_by_secret(session: Session, agency: str, secret_mac: bytes) -> OfferRow | None:
    """The offer at an offer link, locked until the transaction ends."""
    rows = select(OfferRow).where(OfferRow.agency == agency, OfferRow.secret_mac == secret_mac)
    return _locked(session, rows)


def lock_offer_by_code(session: Session, agency: str, code_mac: bytes) -> OfferRow | None:
    """The offer that a code was minted for, locked until the transaction ends."""
    rows = select(OfferRow).where(OfferRow.agency == agency, OfferRow.code_mac == code_mac)
    return _locked(session, rows)


def find_offered_entitlement(session: Session, agency: str, token_mac: bytes) -> str | None:
    """The id of the entitlement that an access token was given for."""
    rows = select(OfferRow.entitlement_id).where(
        OfferRow.agency == agency, OfferRow.token_mac == token_mac
    )
    return session.scalars(rows).one_or_none()


def lock_offer_by_token(session: Session, token_mac: bytes) -> OfferRow | None:
    """The offer that an access token was given for, locked until the transaction ends."""
    return _locked(session, select(OfferRow).where(OfferRow.token_mac == token_mac))


def lock_live_offer(session: Session, entitlement_id: str) -> OfferRow | None:
    """The one offer of an entitlement that may still lead to a credential, locked."""
    rows = select(OfferRow).where(
        OfferRow.entitlement_id == entitlement_id, OfferRow.state.in_(_LIVE_STATES)
    )
    return _locked(session, rows)


def live_offers(session: Session) -> Sequence[OfferRow]:
    """Every offer that is open, of all agencies."""
    return session.scalars(select(OfferRow).where(OfferRow.state.in_(_LIVE_STATES))).all()


def move_offer(session: Session, offer: OfferRow, event: Event) -> bool:
    """Move an offer along the table if nobody did before us; whether it was us.

    Raises OfferNotOpen where the table has no such row.
    """
    before = State(offer.state)
    after = advance(before, event)
    moved = session.execute(
        update(OfferRow)
        .where(OfferRow.id == offer.id, OfferRow.state == before.value)
        .values(state=after.value)
        .execution_options(synchronize_session=False)
    )
    assert isinstance(moved, CursorResult)
    if moved.rowcount != 1:
        return False
    session.refresh(offer)
    return True


def use_nonce(session: Session, mac: bytes, expires_at: datetime, now: datetime) -> bool:
    """Use a nonce up; whether it was still unused. Forgets those that are dead anyway."""
    session.execute(delete(UsedNonce).where(UsedNonce.expires_at <= now))
    try:
        with session.begin_nested():
            session.execute(insert(UsedNonce).values(mac=mac, expires_at=expires_at))
    except IntegrityError:
        return False
    return True


def lock_status_list(session: Session, list_id: str) -> StatusListRow | None:
    """The row of a status list, locked until the transaction ends."""
    return _locked(session, select(StatusListRow).where(StatusListRow.id == list_id))


def is_taken(session: Session, list_id: str, index: int) -> bool:
    """Whether a place in a list was ever given away."""
    rows = select(StatusEntryRow.id).where(
        StatusEntryRow.list_id == list_id, StatusEntryRow.idx == index
    )
    return session.scalar(rows) is not None


def take_place(
    session: Session, list_id: str, index: int, entitlement_id: str, now: datetime
) -> None:
    """Give a place in a list away, for good."""
    session.add(
        StatusEntryRow(
            list_id=list_id,
            idx=index,
            entitlement_id=entitlement_id,
            state=StatusState.VALID.value,
            changed_at=now,
        )
    )
    session.flush()


def status_entries(session: Session, entitlement_id: str) -> Sequence[StatusEntryRow]:
    """The places of all copies of an entitlement's credential."""
    rows = select(StatusEntryRow).where(StatusEntryRow.entitlement_id == entitlement_id)
    return session.scalars(rows.order_by(StatusEntryRow.idx)).all()


def marked_entries(session: Session, list_id: str) -> Sequence[StatusEntryRow]:
    """The places in a list that are not simply valid."""
    rows = select(StatusEntryRow).where(
        StatusEntryRow.list_id == list_id, StatusEntryRow.state != StatusState.VALID.value
    )
    return session.scalars(rows).all()


def find_published(session: Session, list_id: str, form: str) -> PublishedList | None:
    """A status list document as it is served."""
    return session.get(PublishedList, (list_id, form))


def _locked(session: Session, rows: Select[_R]) -> _R | None:
    # What the session read before it waited for the lock may be old by now.
    locked = rows.with_for_update().execution_options(populate_existing=True)
    return session.scalars(locked).one_or_none()
