"""The token endpoint's act: a code works once, and five wrong tx_codes end its offer."""

import pytest
from sqlalchemy import select

from issuer.actions.make_offer import MadeOffer
from issuer.errors import OfferNotOpen
from issuer.issuance_session import ACCESS_TOKEN_LIFETIME, CODE_LIFETIME, MAX_TX_CODE_TRIES
from issuer.models import OfferRow
from issuer.secret_macs import SecretKind
from openid4vc.errors import InvalidGrant, InvalidRequest, InvalidToken
from tests.simulators.issuing_office import LABOR, IssuingOffice, holder, refused


def offer_row(office: IssuingOffice, made: MadeOffer) -> OfferRow:
    with office.database.reading() as session:
        rows = select(OfferRow).where(OfferRow.entitlement_id == made.entitlement_id)
        return session.scalars(rows).one()


@pytest.fixture
def made(office: IssuingOffice) -> MadeOffer:
    """An offer to P01, protected by a tx_code."""
    return office.offer(office.approve("P01"))


def wrong(made: MadeOffer) -> str:
    assert made.tx_code is not None
    return made.tx_code[:-1] + ("1" if made.tx_code[-1] == "0" else "0")


def test_a_code_with_its_tx_code_gives_a_token_of_256_bits(
    office: IssuingOffice, made: MadeOffer
) -> None:
    assert len(office.token(made)) == 43


def test_a_code_without_tx_code_gives_a_token(office: IssuingOffice) -> None:
    office.issue(
        office.token(office.offer(office.approve("P01"), needs_tx_code=False)),
        office.request(holder(1)),
    )


def test_a_code_works_once(office: IssuingOffice, made: MadeOffer) -> None:
    code = office.code(made)
    office.redeem(code, made.tx_code)
    with refused(office, InvalidGrant):
        office.redeem(code, made.tx_code)


def test_a_code_lives_ten_minutes(office: IssuingOffice, made: MadeOffer) -> None:
    code = office.code(made)
    office.clock.advance(seconds=CODE_LIFETIME.total_seconds())
    with refused(office, InvalidGrant):
        office.redeem(code, made.tx_code)
    office.clock.advance(microseconds=-1)
    office.redeem(code, made.tx_code)


def test_a_token_lives_ten_minutes(office: IssuingOffice, made: MadeOffer) -> None:
    token = office.token(made)
    office.clock.advance(seconds=ACCESS_TOKEN_LIFETIME.total_seconds())
    with refused(office, InvalidToken):
        office.issue(token, office.request(holder(1)))
    office.clock.advance(microseconds=-1)
    office.issue(token, office.request(holder(1)))


def test_a_code_works_at_its_own_agency_only(office: IssuingOffice, made: MadeOffer) -> None:
    code = office.code(made)
    with refused(office, InvalidGrant):
        office.redeem(code, made.tx_code, agency=LABOR)


def test_a_code_that_was_never_minted_gives_nothing(office: IssuingOffice, made: MadeOffer) -> None:
    office.fetch(made)
    with refused(office, InvalidGrant):
        office.redeem("A" * 43, made.tx_code)


def test_what_a_code_is_derived_from_is_no_code(office: IssuingOffice, made: MadeOffer) -> None:
    office.fetch(made)
    row = offer_row(office, made)
    for code in (f"derive\0{row.id}\0{row.serial}", f"{row.id}\0{row.serial}"):
        with refused(office, InvalidGrant):
            office.redeem(code, made.tx_code)


def test_a_tx_code_that_is_needed_must_come(office: IssuingOffice, made: MadeOffer) -> None:
    code = office.code(made)
    with refused(office, InvalidRequest):
        office.redeem(code, None)


def test_a_tx_code_that_is_not_needed_must_not_come(office: IssuingOffice) -> None:
    code = office.code(office.offer(office.approve("P01"), needs_tx_code=False))
    with refused(office, InvalidRequest):
        office.redeem(code, "000000")


def test_whoever_has_no_code_learns_nothing_about_its_tx_code(
    office: IssuingOffice, made: MadeOffer
) -> None:
    office.fetch(made)
    with refused(office, InvalidGrant):
        office.redeem("A" * 43, None)


def test_a_wrong_tx_code_is_counted_and_does_not_use_up_the_code(
    office: IssuingOffice, made: MadeOffer
) -> None:
    code = office.code(made)
    for count in range(1, MAX_TX_CODE_TRIES):
        with pytest.raises(InvalidGrant):
            office.redeem(code, wrong(made))
        row = offer_row(office, made)
        assert (row.tx_code_tries, row.state, row.token_mac) == (count, "offered", None)
    office.redeem(code, made.tx_code)


def test_the_fifth_wrong_tx_code_ends_the_offer(office: IssuingOffice, made: MadeOffer) -> None:
    code = office.code(made)
    for _ in range(MAX_TX_CODE_TRIES):
        with pytest.raises(InvalidGrant):
            office.redeem(code, wrong(made))
    assert offer_row(office, made).state == "locked"
    with refused(office, InvalidGrant):
        office.redeem(code, made.tx_code)
    with refused(office, OfferNotOpen):
        office.fetch(made)


def test_the_clerk_can_offer_again_after_a_lock(office: IssuingOffice) -> None:
    approved = office.approve("P01")
    locked = office.offer(approved)
    code = office.code(locked)
    for _ in range(MAX_TX_CODE_TRIES):
        with pytest.raises(InvalidGrant):
            office.redeem(code, wrong(locked))
    office.issue(office.token(office.offer(approved)), office.request(holder(1)))


def test_the_tx_code_of_another_offer_is_wrong(office: IssuingOffice) -> None:
    first, second = (office.offer(office.approve("P01")) for _ in range(2))
    while second.tx_code == first.tx_code:  # one pair in a million
        second = office.offer(office.approve("P01"))
    code = office.code(first)
    with pytest.raises(InvalidGrant):
        office.redeem(code, second.tx_code)
    assert offer_row(office, first).tx_code_tries == 1


def test_one_tx_code_of_two_offers_has_two_digests(office: IssuingOffice) -> None:
    first, second = (offer_row(office, office.offer(office.approve("P01"))) for _ in range(2))
    for row in (first, second):
        code = office.context.macs.derive_tx_code(row.id, 6)
        assert row.tx_code_mac == office.context.macs.digest(SecretKind.TX_CODE, row.id, code)
    same = {office.context.macs.digest(SecretKind.TX_CODE, row.id, "1") for row in (first, second)}
    assert len(same) == 2


@pytest.mark.parametrize("client_id", ["지갑", "wallet\0", "wallet\r\n"])
def test_refuses_a_client_id_that_is_none(
    office: IssuingOffice, made: MadeOffer, client_id: str
) -> None:
    code = office.code(made)
    with refused(office, InvalidRequest):
        office.redeem(code, made.tx_code, client_id=client_id)
