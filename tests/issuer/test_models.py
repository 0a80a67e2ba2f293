"""What the tables themselves refuse, whatever an action may forget."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import inspect, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from issuer.models import EntitlementRow, OfferRow, StatusEntryRow, UsedNonce
from tests.simulators.issuing_office import IssuingOffice


def copied(row: Any, **changes: object) -> Any:
    """A new row like this one, but for what is said."""
    names = [column.key for column in inspect(type(row)).columns]
    return type(row)(**{name: getattr(row, name) for name in names} | changes)


def first(session: Session, table: type[Any], entitlement_id: str) -> Any:
    name = "id" if table is EntitlementRow else "entitlement_id"
    return session.scalars(select(table).where(getattr(table, name) == entitlement_id)).first()


@pytest.mark.parametrize(
    ("table", "changes"),
    [
        pytest.param(EntitlementRow, {"id": "e_2"}, id="two of a kind waiting for one person"),
        pytest.param(
            OfferRow,
            {"id": "o_2", "secret_mac": b"\1" * 32, "code_mac": None, "token_mac": None},
            id="two live offers of one entitlement",
        ),
        pytest.param(StatusEntryRow, {"id": None}, id="one place for two credentials"),
    ],
)
def test_refuses(office: IssuingOffice, table: type[Any], changes: dict[str, object]) -> None:
    made = office.issued("P01")
    waiting = office.offer(office.approve("P01"))
    wanted = made if table is StatusEntryRow else waiting
    with pytest.raises(IntegrityError), office.database.writing() as session:
        session.add(copied(first(session, table, wanted.entitlement_id), **changes))


@pytest.mark.parametrize("name", ["secret_mac", "code_mac", "token_mac"])
def test_no_secret_opens_two_offers(office: IssuingOffice, name: str) -> None:
    offers = [office.offer(office.approve("P01")) for _ in range(2)]
    for made in offers:
        office.token(made)
    with office.database.reading() as session:
        value = getattr(first(session, OfferRow, offers[0].entitlement_id), name)
    of_the_other = OfferRow.entitlement_id == offers[1].entitlement_id
    with pytest.raises(IntegrityError), office.database.writing() as session:
        session.execute(update(OfferRow).where(of_the_other).values({name: value}))


@pytest.mark.parametrize(
    "row",
    [
        lambda it: copied(it, id="e_2", person_ref="p_" + "A" * 22),
        lambda it: copied(it, id="e_2", agency="SEL-HR"),
        lambda it: OfferRow(
            id="o_2",
            entitlement_id="e_" + "A" * 22,
            agency=it.agency,
            mechanism="sd-jwt-vc",
            secret_mac=b"\1" * 32,
            tx_code_tries=0,
            state="cancelled",
            expires_at=it.claim_by,
            serial=0,
        ),
    ],
    ids=["a person whom nobody knows", "an agency that is not open", "an offer of nothing"],
)
def test_refuses_what_belongs_to_nothing(
    office: IssuingOffice, row: Callable[[EntitlementRow], Any]
) -> None:
    approved = office.approve("P01")
    with pytest.raises(IntegrityError), office.database.writing() as session:
        session.add(row(session.get_one(EntitlementRow, approved.id)))


def test_a_cancelled_offer_leaves_room_for_the_next(office: IssuingOffice) -> None:
    approved = office.approve("P01")
    for _ in range(3):
        office.offer(approved)
    with office.database.reading() as session:
        states = select(OfferRow.state).where(OfferRow.entitlement_id == approved.id)
        assert sorted(session.scalars(states)) == ["cancelled", "cancelled", "offered"]


def test_a_nonce_is_stored_as_a_digest_only(office: IssuingOffice) -> None:
    office.issued("P01")
    with office.database.reading() as session:
        assert {len(row.mac) for row in session.scalars(select(UsedNonce))} == {32}
