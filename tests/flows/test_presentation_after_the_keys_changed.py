"""What happens to cards in people's hands when time passes, or the key that signed them goes."""

from datetime import timedelta

import pytest

from did_registry.actions.follow import Freshness, RegistryFollower
from did_registry.actions.foreign_dids import ForeignDids
from storage.key_file import KeyPurpose
from tests.simulators.city import URL, SimulatedCity, SimulatedWallet
from tests.simulators.forger import RESIDENCY, Forger
from tests.simulators.judge import ASKED, failed, judge
from tests.simulators.root import SimulatedRoot
from tests.simulators.root_line import Root
from verifier.actions.gather_evidence import OnlineEvidence
from verifier.actions.status_lists import StatusLists
from verifier.decision import CheckName
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


def test_a_card_of_a_key_of_just_now_is_accepted_although_nobody_has_waited(
    city: SimulatedCity,
) -> None:
    """The verifier's view of the registry is of before the rotation, and would be kept for days."""
    slow = Freshness(refresh_after=timedelta(days=1), usable_for=timedelta(days=1))
    follower = RegistryFollower(city.city.anchor, city.outbound, slow)
    outbound = city.outbound
    evidence = OnlineEvidence(follower, StatusLists(outbound), ForeignDids(outbound), URL)
    before = evidence.registry(city.clock())
    Root(city).do("rotate", "GU-11620")
    forger = Forger(city)
    signer = city.city.keystore.signer("GU-11620/es256-2", KeyPurpose.ASSERTION)
    issued = forger.rewritten(
        forger.issue(), header={"kid": f"{forger.did}#es256-2"}, signer=signer
    )
    assert evidence.registry(city.clock()) is before
    assert judge(forger, forger.present(issued, ASKED), evidence=evidence).code == "OK"
    unheard_of = forger.rewritten(
        forger.issue(), header={"kid": f"{forger.did}#es256-9"}, signer=signer
    )
    verdict = judge(forger, forger.present(unheard_of, ASKED), evidence=evidence)
    failed(verdict, CheckName.ISSUER_KEY, "key-unknown", "UNKNOWN_ISSUER")
