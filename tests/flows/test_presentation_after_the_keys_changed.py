"""What happens to cards in people's hands when time passes, or the key that signed them goes."""

import pytest

from tests.simulators.city import SimulatedCity, SimulatedWallet
from tests.simulators.forger import RESIDENCY
from tests.simulators.root import SimulatedRoot
from wallet.errors import NothingToShow


def _with_a_card(city: SimulatedCity) -> SimulatedWallet:
    offer = city.offer("GU-11620", RESIDENCY, city.claims("P01"))
    wallet = city.wallet()
    wallet.receive(offer.link, offer.tx_code)
    return wallet


def _show(city: SimulatedCity, wallet: SimulatedWallet) -> tuple[object, object]:
    asked = city.ask("VER-LIB", city.query(RESIDENCY, "residentOfSeoul"))
    wallet.present(asked.link)
    result = city.result(asked.result_id)
    return result["decision"], result["code"]


def test_a_card_of_a_retired_key_is_neither_accepted_nor_called_forged(
    city: SimulatedCity,
) -> None:
    wallet = _with_a_card(city)
    assert _show(city, wallet) == ("accepted", "OK")
    SimulatedRoot(city).retire("GU-11620", "es256-1")
    assert _show(city, wallet) == ("indeterminate", "UNAVAILABLE")


def test_a_card_outlives_the_accreditation_of_its_agency_only_as_far_as_its_own_validity(
    city: SimulatedCity,
) -> None:
    """Ninety days for a card of residency; two years for the right to issue it."""
    wallet = _with_a_card(city)
    city.clock.advance(days=90, seconds=-1)
    assert _show(city, wallet) == ("accepted", "OK")
    asked = city.ask("VER-LIB", city.query(RESIDENCY, "residentOfSeoul"))
    city.clock.advance(seconds=62)
    with pytest.raises(NothingToShow, match="expired"):
        wallet.prepare(asked.link)
