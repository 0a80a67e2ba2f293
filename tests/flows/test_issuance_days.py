"""Issuance through HTTP on days that matter: a birthday, a correction, a file of residents."""

from datetime import UTC, datetime

import pytest

from credentials.claims import Claims
from issuer.actions.change_status import StatusChange
from issuer.actions.entitlements import get_entitlement
from issuer.actions.import_entitlements import RowOutcome, import_entitlements
from issuer.errors import EntitlementExists
from schemas.catalogue import get
from tests.simulators.city import SimulatedCity
from tests.simulators.csv_file import RESIDENT, csv_file, numbered
from tests.simulators.issuing_office import IssuingOffice
from wallet.actions.receive import Received
from wallet.errors import CounterpartRefused

RESIDENCY = "SeoulResidencyCredential"
GU = "GU-11620"
MIDNIGHT = datetime(2026, 3, 13, 15, 0, tzinfo=UTC)  # 14 March begins in Seoul


def stated(received: Received) -> set[str]:
    """The predicates that a credential states."""
    claims = received.accepted.verified.claims
    return {name for name, value in claims.items() if value is True}


def test_on_the_last_day_of_thirty_four_a_credential_lives_until_midnight(
    city: SimulatedCity,
) -> None:
    offer = city.offer(GU, RESIDENCY, city.claims("P04"))
    city.clock.set(MIDNIGHT.replace(hour=14, minute=59, second=59))
    received = city.wallet().receive(offer.link, offer.tx_code)
    assert received.accepted.verified.validity.not_after == MIDNIGHT
    assert "ageUnder35" in stated(received)


def test_fetched_a_day_later_the_same_approval_states_less(city: SimulatedCity) -> None:
    offer = city.offer(GU, RESIDENCY, city.claims("P04"))
    city.clock.set(MIDNIGHT)
    received = city.wallet().receive(offer.link, offer.tx_code)
    assert "ageUnder35" not in stated(received)
    assert "ageOver19" in stated(received)


def test_fetched_on_a_birthday_it_states_more(city: SimulatedCity) -> None:
    offer = city.offer(GU, RESIDENCY, city.claims("P03"))
    city.clock.set(MIDNIGHT)
    assert "ageOver19" in stated(city.wallet().receive(offer.link, offer.tx_code))


def test_a_corrected_name_is_issued_anew_to_the_same_person(city: SimulatedCity) -> None:
    """P08 changes his name on 1 June: what he has is revoked, and he gets another."""
    issuer = city.city.issuer
    office = IssuingOffice(issuer.database, issuer.context, city.clock)
    first = city.offer(GU, RESIDENCY, city.claims("P08"))
    old = city.wallet().receive(first.link, first.tx_code)
    city.clock.set(datetime(2026, 6, 1, 1, 0, tzinfo=UTC))
    with issuer.database.reading() as session:
        person = get_entitlement(session, issuer.context, first.entitlement_id).person_ref
    renamed: Claims = {**city.claims("P08"), "nameKo": "남궁견본"}
    second = city.offer(GU, RESIDENCY, renamed, person_ref=person)
    with pytest.raises(EntitlementExists):  # one of a kind waits at a time
        city.offer(GU, RESIDENCY, renamed, person_ref=person)
    city.change_status(GU, first.entitlement_id, StatusChange.REVOKE, "R01")
    new = city.wallet().receive(second.link, second.tx_code)
    assert new.accepted.verified.claims["nameKo"] == "남궁견본"
    assert new.accepted.verified.status != old.accepted.verified.status
    assert office.count_states(second.entitlement_id) == {"valid": 1}
    assert office.count_states(first.entitlement_id) == {"revoked": 1}


def test_a_clerk_withdraws_an_offer_before_it_is_fetched(city: SimulatedCity) -> None:
    offer = city.offer(GU, RESIDENCY, city.claims("P01"))
    city.change_status(GU, offer.entitlement_id, StatusChange.REVOKE, "R01")
    with pytest.raises(CounterpartRefused):
        city.wallet().receive(offer.link, offer.tx_code)


def test_everybody_of_an_imported_file_gets_a_credential(city: SimulatedCity) -> None:
    issuer = city.city.issuer
    office = IssuingOffice(issuer.database, issuer.context, city.clock)
    reports = list(
        import_entitlements(
            issuer.database,
            issuer.context,
            office.agency(),
            get(RESIDENCY),
            csv_file(numbered(RESIDENT, 5)),
            permissions={RESIDENCY},
            dry_run=False,
            now=city.clock(),
        )
    )
    assert [report.outcome for report in reports] == [RowOutcome.ACCEPTED] * 5
    names = set()
    for report in reports:
        offer = office.offer_again(report.entitlement_id or "")
        received = city.wallet().receive(offer.link, offer.tx_code)
        names.add(received.accepted.verified.claims["nameKo"])
    assert names == {f"김시범{number:04}" for number in range(1, 6)}
