"""The offer page's content: the same link and code each time, until it works no more."""

import pytest

from issuer.actions.make_offer import MadeOffer
from issuer.actions.show_offer import ShownOffer, show_offer
from issuer.errors import OfferNotFound
from issuer.issuance_session import State
from tests.simulators.issuing_office import LABOR, IssuingOffice, holder


def shown(office: IssuingOffice, entitlement_id: str, agency: str = "GU-11620") -> ShownOffer:
    with office.database.reading() as session:
        return show_offer(
            session, office.context, office.agency(agency), entitlement_id, now=office.clock()
        )


@pytest.mark.parametrize("needs_tx_code", [True, False])
def test_it_is_the_offer_that_was_made(office: IssuingOffice, needs_tx_code: bool) -> None:
    made = office.offer(office.approve("P01"), needs_tx_code=needs_tx_code)
    found = shown(office, made.entitlement_id)
    assert found == ShownOffer(offer=made, state=State.OFFERED, works=True)
    office.issue(office.token(found.offer), office.request(holder(1)))
    assert shown(office, made.entitlement_id).works is False
    assert shown(office, made.entitlement_id).state is State.ISSUED


def test_of_several_it_is_the_one_that_works(office: IssuingOffice) -> None:
    approved = office.approve("P01")
    made: list[MadeOffer] = [office.offer(approved) for _ in range(3)]
    assert shown(office, approved.id).offer == made[-1]


def test_an_offer_that_ran_out_works_no_more(office: IssuingOffice) -> None:
    made = office.offer(office.approve("P01"), needs_tx_code=False)
    office.clock.advance(minutes=10)
    assert shown(office, made.entitlement_id).works is False


def test_what_is_not_there_and_what_is_not_ours(office: IssuingOffice) -> None:
    made = office.offer(office.approve("P01"))
    for entitlement_id, agency in (
        (office.approve("P01").id, "GU-11620"),
        (made.entitlement_id, LABOR),
        ("\0", "GU-11620"),
    ):
        with pytest.raises(OfferNotFound):
            shown(office, entitlement_id, agency)
