"""The offer behind a link: the same code while it lives, a new one after, none when it is over."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from issuer.actions.change_status import StatusChange
from issuer.errors import OfferExpired, OfferNotFound, OfferNotOpen
from issuer.issuance_session import MAX_TX_CODE_TRIES
from issuer.models import OfferRow
from openid4vc.errors import InvalidGrant, InvalidToken
from openid4vc.offer import InputMode, TxCode
from tests.simulators.issuing_office import LABOR, URL, IssuingOffice, holder, refused


def serial(office: IssuingOffice, entitlement_id: str) -> int:
    with office.database.reading() as session:
        rows = select(OfferRow.serial).where(OfferRow.entitlement_id == entitlement_id)
        return session.scalars(rows).one()


def test_an_offer_names_its_issuer_and_one_credential(office: IssuingOffice) -> None:
    offer = office.fetch(office.offer(office.approve("P01")))
    assert offer.credential_issuer == f"{URL}/issuers/GU-11620"
    assert offer.configuration_ids == ("SeoulResidencyCredential.dc+sd-jwt",)
    assert offer.pre_authorized is not None
    # The metadata lists no other servers, so wallets refuse a grant that names one.
    assert offer.pre_authorized.authorization_server is None


def test_it_says_what_a_tx_code_looks_like_but_not_which(office: IssuingOffice) -> None:
    with_one = office.fetch(office.offer(office.approve("P01"))).pre_authorized
    without = office.fetch(office.offer(office.approve("P01"), needs_tx_code=False)).pre_authorized
    assert with_one is not None
    assert without is not None
    assert with_one.tx_code == TxCode(input_mode=InputMode.NUMERIC, length=6, description=None)
    assert without.tx_code is None


def test_while_a_code_lives_it_is_the_same_one(office: IssuingOffice) -> None:
    made = office.offer(office.approve("P01"))
    code = office.code(made)
    office.clock.advance(minutes=10, microseconds=-1)
    before = office.rows()
    assert office.code(made) == code
    assert office.rows() == before
    assert serial(office, made.entitlement_id) == 1


def test_after_ten_minutes_there_is_a_new_one_and_the_old_one_is_dead(
    office: IssuingOffice,
) -> None:
    made = office.offer(office.approve("P01"))
    old = office.code(made)
    office.clock.advance(minutes=10)
    new = office.code(made)
    assert new != old
    with refused(office, InvalidGrant):
        office.redeem(old, made.tx_code)
    office.redeem(new, made.tx_code)


def test_a_code_does_not_outlive_its_offer(office: IssuingOffice) -> None:
    made = office.offer(office.approve("P01"))
    office.clock.set(made.expires_at - timedelta(minutes=1))
    code = office.code(made)
    office.clock.advance(minutes=1)
    with refused(office, InvalidGrant):
        office.redeem(code, made.tx_code)


def test_a_used_code_is_not_replaced_while_its_token_lives(office: IssuingOffice) -> None:
    made = office.offer(office.approve("P01"))
    code = office.code(made)
    office.clock.advance(minutes=9)
    token = office.redeem(code, made.tx_code)
    office.clock.advance(minutes=9)  # the code's ten minutes are over, the token's are not
    assert office.code(made) == code
    office.issue(token, office.request(holder(1)))


def test_when_a_token_ran_out_unused_a_new_code_is_minted(office: IssuingOffice) -> None:
    made = office.offer(office.approve("P01"))
    token = office.token(made)
    office.clock.advance(minutes=10)
    second = office.token(made)
    with refused(office, InvalidToken):
        office.issue(token, office.request(holder(1)))
    office.issue(second, office.request(holder(1)))


def test_a_new_code_brings_no_new_tries_for_the_tx_code(office: IssuingOffice) -> None:
    made = office.offer(office.approve("P01"))
    for _ in range(MAX_TX_CODE_TRIES):
        with pytest.raises(InvalidGrant):
            office.redeem(office.code(made), "wrong")
        office.clock.advance(minutes=10)
    with refused(office, OfferNotOpen):
        office.fetch(made)


def test_a_link_is_dead_after_issue(office: IssuingOffice) -> None:
    made = office.issued("P01")
    with refused(office, OfferNotOpen):
        office.fetch(made)


def test_a_link_is_dead_after_revocation(office: IssuingOffice) -> None:
    made = office.offer(office.approve("P01"))
    office.fetch(made)
    office.change(made.entitlement_id, StatusChange.REVOKE, "R02")
    with refused(office, OfferNotOpen):
        office.fetch(made)


def test_a_link_is_dead_when_its_time_is_over(office: IssuingOffice) -> None:
    made = office.offer(office.approve("P01"))
    office.clock.set(made.expires_at)
    with refused(office, OfferExpired):
        office.fetch(made)
    office.clock.advance(microseconds=-1)
    office.fetch(made)


def test_a_link_works_at_its_own_agency_only(office: IssuingOffice) -> None:
    made = office.offer(office.approve("P01"))
    with refused(office, OfferNotFound):
        office.fetch(made, agency=LABOR)


def test_a_secret_that_was_never_given_out_opens_nothing(office: IssuingOffice) -> None:
    made = office.offer(office.approve("P01"))
    wrong = replace(made, offer_uri=made.offer_uri[:-1] + "\0")
    with refused(office, OfferNotFound):
        office.fetch(wrong)
