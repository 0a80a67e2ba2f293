"""The main job, in memory: approve, receive, ask, present, verify, revoke, verify again."""

from issuer.actions.change_status import StatusChange
from tests.simulators.city import SimulatedCity

LIBRARY_ASKS = ("residentOfSeoul", "ageOver19")


def test_library_learns_two_booleans_and_later_that_they_are_revoked(city: SimulatedCity) -> None:
    offer = city.offer("GU-11620", "SeoulResidencyCredential", city.claims("P01"))
    wallet = city.wallet()
    wallet.receive(offer.link, offer.tx_code)

    asked = city.ask("VER-LIB", city.query("SeoulResidencyCredential", *LIBRARY_ASKS))
    wallet.present(asked.link)
    result = city.result(asked.result_id)
    assert (result["decision"], result["code"]) == ("accepted", "OK")
    assert result["claims"] == {"residentOfSeoul": True, "ageOver19": True}

    city.change_status("GU-11620", offer.entitlement_id, StatusChange.REVOKE, "R02")
    city.clock.advance(seconds=301)  # the list's ttl
    again = city.ask("VER-LIB", city.query("SeoulResidencyCredential", *LIBRARY_ASKS))
    wallet.present(again.link)
    result = city.result(again.result_id)
    assert (result["decision"], result["code"]) == ("rejected", "REVOKED")
    assert result["claims"] == {}


def test_certificate_as_w3c_credential_is_shown_whole_to_an_employer(city: SimulatedCity) -> None:
    offer = city.offer(
        "SEL-HR",
        "CityCertificateCredential",
        city.claims("P12", "CityCertificateCredential"),
        credential_format="ldp_vc",
    )
    wallet = city.wallet()
    received = wallet.receive(offer.link, offer.tx_code)
    assert received.accepted.mechanism.name == "eddsa-jcs-2022"
