"""Moves along the tables: by compare-and-swap, so that of two who try, one succeeds."""

from datetime import timedelta

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from issuer import store
from issuer.entitlement import EntitlementState
from issuer.errors import OfferNotOpen
from issuer.issuance_session import Event
from issuer.models import EntitlementRow, OfferRow
from tests.simulators.issuing_office import IssuingOffice


def offer_row(session: Session, entitlement_id: str) -> OfferRow:
    rows = select(OfferRow).where(OfferRow.entitlement_id == entitlement_id)
    return session.scalars(rows).one()


def moved_by_another(session: Session, offer: OfferRow, state: str) -> None:
    """As if somebody had moved the offer after this session read it."""
    session.execute(
        update(OfferRow)
        .where(OfferRow.id == offer.id)
        .values(state=state)
        .execution_options(synchronize_session=False)
    )


def test_an_offer_is_moved_along_its_table(office: IssuingOffice) -> None:
    made = office.offer(office.approve("P01"))
    with office.database.writing() as session:
        offer = offer_row(session, made.entitlement_id)
        assert store.move_offer(session, offer, Event.REDEEM)
        assert offer.state == "redeemed"


def test_an_offer_that_somebody_else_moved_is_not_moved(office: IssuingOffice) -> None:
    made = office.offer(office.approve("P01"))
    with office.database.writing() as session:
        offer = offer_row(session, made.entitlement_id)
        moved_by_another(session, offer, "cancelled")
        assert not store.move_offer(session, offer, Event.REDEEM)
    with office.database.reading() as session:
        assert offer_row(session, made.entitlement_id).state == "cancelled"


def test_an_offer_is_not_moved_where_the_table_has_no_row(office: IssuingOffice) -> None:
    made = office.offer(office.approve("P01"))
    with pytest.raises(OfferNotOpen), office.database.writing() as session:
        store.move_offer(session, offer_row(session, made.entitlement_id), Event.ISSUE)


def test_an_entitlement_stops_waiting_once(office: IssuingOffice) -> None:
    approved = office.approve("P01")
    with office.database.writing() as session:
        assert store.move_entitlement(session, approved.id, EntitlementState.ISSUED)
        assert not store.move_entitlement(session, approved.id, EntitlementState.CANCELLED)
    with office.database.reading() as session:
        assert session.get_one(EntitlementRow, approved.id).state == "issued"


def test_what_is_locked_is_read_anew(office: IssuingOffice) -> None:
    made = office.offer(office.approve("P01"))
    with office.database.writing() as session:
        offer = offer_row(session, made.entitlement_id)
        moved_by_another(session, offer, "redeemed")
        assert offer.state == "offered"
        locked = store.lock_live_offer(session, made.entitlement_id)
        assert locked is offer
        assert offer.state == "redeemed"


def test_a_nonce_is_used_once(office: IssuingOffice) -> None:
    now = office.clock()
    dies = now + timedelta(minutes=5)
    with office.database.writing() as session:
        assert store.use_nonce(session, b"\1" * 32, dies, now)
        assert not store.use_nonce(session, b"\1" * 32, dies, now)
        assert store.use_nonce(session, b"\2" * 32, dies, now)
    with office.database.writing() as session:
        assert not store.use_nonce(session, b"\1" * 32, dies, dies - timedelta(microseconds=1))
        assert store.use_nonce(session, b"\1" * 32, dies, dies)  # dead, so it can't come back
