"""A letter of appointment, shown whole as a W3C credential, and in part as an SD-JWT VC."""

from tests.simulators.city import SimulatedCity
from tests.simulators.forger import APPOINTMENT_PATHS, CERTIFICATE, LDP, SD_JWT
from tests.simulators.root import SimulatedRoot

EMPLOYER_ASKS = ("subtype", "body.position", "body.startsOn", "body.endsOn")
APPOINTMENT = {
    "subtype": "appointment",
    "body": {"position": "시민위원", "startsOn": "2026-01-01", "endsOn": "2027-12-31"},
}


def test_employer_learns_the_appointment_and_neither_name_nor_number(city: SimulatedCity) -> None:
    claims = city.claims("P12", CERTIFICATE)
    offer = city.offer("SEL-HR", CERTIFICATE, claims, credential_format=SD_JWT)
    wallet = city.wallet()
    wallet.receive(offer.link, offer.tx_code)
    asked = city.ask("VER-EMP", city.query(CERTIFICATE, *EMPLOYER_ASKS))
    wallet.present(asked.link)
    result = city.result(asked.result_id)
    assert (result["code"], result["claims"]) == ("OK", APPOINTMENT)
    assert result["type"] == CERTIFICATE


def test_a_certificate_that_can_withhold_nothing_is_shown_to_who_may_see_all_of_it(
    city: SimulatedCity,
) -> None:
    claims = city.claims("P12", CERTIFICATE)
    offer = city.offer("SEL-HR", CERTIFICATE, claims, credential_format=LDP)
    wallet = city.wallet()
    wallet.receive(offer.link, offer.tx_code)
    registered = [f"{CERTIFICATE}.{path}" for path in APPOINTMENT_PATHS]
    SimulatedRoot(city).register("VER-EMP", *registered, retention_days=1)
    query = city.query(CERTIFICATE, *APPOINTMENT_PATHS, credential_format=LDP)
    asked = city.ask("VER-EMP", query)
    wallet.present(asked.link)
    result = city.result(asked.result_id)
    assert (result["decision"], result["code"]) == ("accepted", "OK")
    assert result["claims"] == claims
