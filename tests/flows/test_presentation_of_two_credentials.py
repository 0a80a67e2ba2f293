"""One question for two credentials of two agencies, answered in one go, by two different keys."""

from typing import Any

from issuer.actions.change_status import StatusChange
from openid4vc.dcql import parse_query
from tests.simulators.city import SimulatedCity, SimulatedWallet
from tests.simulators.forger import CERTIFICATE, RESIDENCY
from tests.simulators.root import SimulatedRoot

YOUTH = "YouthAllowanceEligibilityCredential"


def _both(city: SimulatedCity) -> Any:
    queries = {RESIDENCY: "residentOfSeoul", YOUTH: "eligible"}
    return parse_query(
        {
            "credentials": [
                {**city.query(name, claim).credentials[0].to_json(), "id": name}
                for name, claim in queries.items()
            ]
        }
    )


def _wallet(city: SimulatedCity) -> tuple[SimulatedWallet, str]:
    wallet = city.wallet()
    entitlement = ""
    for agency, type_name in (("GU-11620", RESIDENCY), ("SEL-YOUTH", YOUTH)):
        offer = city.offer(agency, type_name, city.claims("P01", type_name))
        wallet.receive(offer.link, offer.tx_code)
        entitlement = offer.entitlement_id
    return wallet, entitlement


def _register(city: SimulatedCity) -> None:
    SimulatedRoot(city).register("VER-LIB", f"{RESIDENCY}.residentOfSeoul", f"{YOUTH}.eligible")


def test_both_are_accepted_and_each_tells_what_was_asked_of_it(city: SimulatedCity) -> None:
    _register(city)
    wallet, _ = _wallet(city)
    asked = city.ask("VER-LIB", _both(city))
    wallet.present(asked.link)
    result: Any = city.result(asked.result_id)
    assert result["decision"] == "accepted"
    told = {name: found[0]["claims"] for name, found in result["credentials"].items()}
    assert told == {RESIDENCY: {"residentOfSeoul": True}, YOUTH: {"eligible": True}}
    assert len({held.key_secret for held in wallet.content.held}) == 2


def test_one_that_was_revoked_rejects_the_answer_and_is_the_one_that_says_why(
    city: SimulatedCity,
) -> None:
    _register(city)
    wallet, entitlement = _wallet(city)
    city.change_status("SEL-YOUTH", entitlement, StatusChange.REVOKE, "R02")
    asked = city.ask("VER-LIB", _both(city))
    wallet.present(asked.link)
    result: Any = city.result(asked.result_id)
    assert (result["decision"], result["code"], result["claims"]) == ("rejected", "REVOKED", {})
    assert result["type"] == YOUTH
    (residency,) = result["credentials"][RESIDENCY]
    assert residency["decision"] == "accepted"


def test_a_credential_that_nobody_asked_for_is_not_shown(city: SimulatedCity) -> None:
    wallet, _ = _wallet(city)
    claims = city.claims("P12", CERTIFICATE)
    offer = city.offer("SEL-HR", CERTIFICATE, claims)
    wallet.receive(offer.link, offer.tx_code)
    prepared = wallet.prepare(city.ask("VER-LIB", city.query(RESIDENCY, "residentOfSeoul")).link)
    assert [selection.card.type.name for selection in prepared.selections] == [RESIDENCY]
