"""Offers: one live offer of an entitlement, for as long as its channel and its claim_by say."""

import re
from collections.abc import Callable
from datetime import timedelta
from types import SimpleNamespace
from typing import cast

import pytest
from sqlalchemy import select

from credentials.securing.mechanism import Mechanism
from issuer.actions.change_status import StatusChange
from issuer.actions.make_offer import MadeOffer, make_offer
from issuer.errors import OfferExpired, OfferNotOpen, TypeNotIssued, UnknownEntitlement
from issuer.models import OfferRow
from openid4vc.errors import CredentialRequestDenied, InvalidGrant
from openid4vc.offer import OfferReference, parse_offer_link
from tests.simulators.issuing_office import (
    GU,
    LABOR,
    URL,
    IssuingOffice,
    holder,
    refused,
)


def offer_states(office: IssuingOffice, entitlement_id: str) -> list[str]:
    with office.database.reading() as session:
        rows = select(OfferRow.state).where(OfferRow.entitlement_id == entitlement_id)
        return sorted(session.scalars(rows))


def test_the_link_is_one_that_any_camera_opens_and_holds_no_claim(office: IssuingOffice) -> None:
    made = office.offer(office.approve("P01"))
    assert made.link.startswith(f"{URL}/wallet#")
    assert parse_offer_link(made.link) == OfferReference(uri=made.offer_uri)
    assert re.fullmatch(rf"{URL}/issuers/{GU}/offers/[A-Za-z0-9_-]{{22}}", made.offer_uri)


def test_a_tx_code_has_six_digits_also_when_they_begin_with_zero(office: IssuingOffice) -> None:
    made = office.offer(office.approve("P01"))
    assert re.fullmatch(r"[0-9]{6}", made.tx_code or "")
    drawn = {office.context.macs.derive_tx_code(f"o_{number}", 6) for number in range(60)}
    assert all(re.fullmatch(r"[0-9]{6}", code) for code in drawn)
    assert {code[0] for code in drawn} >= {"0"}


def test_neither_link_nor_tx_code_is_stored(office: IssuingOffice) -> None:
    made = office.offer(office.approve("P01"))
    assert made.tx_code is not None
    code = office.code(made)
    token = office.redeem(code, made.tx_code)
    stored = repr(office.rows()["offer"])
    for secret in (made.offer_uri.rpartition("/")[2], f"'{made.tx_code}'", code, token):
        assert secret not in stored


def test_a_link_with_a_tx_code_works_for_fourteen_days(office: IssuingOffice) -> None:
    made = office.offer(office.approve("P01"))
    assert made.expires_at == office.clock() + timedelta(days=14)


def test_a_link_that_nothing_protects_works_for_ten_minutes(office: IssuingOffice) -> None:
    made = office.offer(office.approve("P01"), needs_tx_code=False)
    assert made.tx_code is None
    assert made.expires_at == office.clock() + timedelta(minutes=10)
    office.clock.advance(minutes=10)
    with refused(office, OfferExpired):
        office.fetch(made)


def test_a_link_never_outlives_what_it_is_for(office: IssuingOffice) -> None:
    approved = office.approve("P01")
    office.clock.advance(days=59)
    assert office.offer(approved).expires_at == approved.claim_by


def test_an_earlier_offer_stops_working(office: IssuingOffice) -> None:
    approved = office.approve("P01")
    earlier, later = office.offer(approved), office.offer(approved)
    with refused(office, OfferNotOpen):
        office.fetch(earlier)
    office.fetch(later)
    assert offer_states(office, approved.id) == ["cancelled", "offered"]


def test_the_code_of_an_earlier_offer_stops_working(office: IssuingOffice) -> None:
    approved = office.approve("P01")
    earlier = office.offer(approved)
    code = office.code(earlier)
    office.offer(approved)
    with refused(office, InvalidGrant):
        office.redeem(code, earlier.tx_code)


def test_the_token_of_an_earlier_offer_stops_working(office: IssuingOffice) -> None:
    approved = office.approve("P01")
    token = office.token(office.offer(approved))
    later = office.offer(approved)
    with refused(office, CredentialRequestDenied):
        office.issue(token, office.request(holder(1)))
    office.issue(office.token(later), office.request(holder(1)))


def issued(office: IssuingOffice, made: MadeOffer) -> None:
    office.issue(office.token(made), office.request(holder(1)))


def revoked(office: IssuingOffice, made: MadeOffer) -> None:
    office.change(made.entitlement_id, StatusChange.REVOKE, "R02")


def too_late(office: IssuingOffice, _: MadeOffer) -> None:
    office.clock.advance(days=60)


@pytest.mark.parametrize("happens", [issued, revoked, too_late])
def test_what_can_no_longer_be_fetched_is_not_offered(
    office: IssuingOffice, happens: Callable[[IssuingOffice, MadeOffer], None]
) -> None:
    approved = office.approve("P01")
    happens(office, office.offer(approved))
    with refused(office, OfferExpired):
        office.offer(approved)


def test_refuses_another_agencys_entitlement(office: IssuingOffice) -> None:
    approved = office.approve("P01")
    with refused(office, UnknownEntitlement):
        office.offer(approved, agency=LABOR)


def test_offers_each_format_of_the_type(office: IssuingOffice) -> None:
    approved = office.approve("P01")
    for credential_format in ("dc+sd-jwt", "ldp_vc"):
        made = office.offer(approved, credential_format=credential_format)
        ids = office.fetch(made).configuration_ids
        assert ids == (f"SeoulResidencyCredential.{credential_format}",)


def test_refuses_a_format_that_the_type_does_not_have(office: IssuingOffice) -> None:
    approved = office.approve("P01")
    later = cast(Mechanism, SimpleNamespace(name="ecdsa-sd-2023"))
    with refused(office, TypeNotIssued), office.database.writing() as session:
        make_offer(
            session,
            office.context,
            office.agency(),
            approved,
            later,
            needs_tx_code=True,
            now=office.clock(),
        )
