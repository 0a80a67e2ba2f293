"""The web wallet asks once since when a card stands in the log, and shows it where it is needed."""

import time
from pathlib import Path

from playwright.sync_api import Request

from city_services.seoul.city import City
from city_services.seoul.settings import Settings
from demo.city import Place
from did_registry.root_act import Rotate
from tests.simulators.browser import Visitor
from tests.simulators.web_wallet import CITIZEN_CARD, WebWallet

AGENCY = "SEL-CIVIL"  # whose keys no other test of this city needs
SECONDS = 6  # for which a verifier may go by what it knew of the registry


def _rotate(place: Place) -> None:
    city = City(Settings.from_env(place.environment))
    try:
        act = city.root_office.propose(Rotate(code=AGENCY), by="SEL-DIG-01")
        city.root_office.approve(act.id, by="SEL-DIG-02")
    finally:
        city.database.close()


def test_a_card_outlives_the_key_that_signed_it(visitor: Visitor, tmp_path: Path) -> None:
    wallet = WebWallet(visitor, width=360)
    asked: list[str] = []

    def note(request: Request) -> None:
        if request.url.endswith("/issuance-proof"):
            asked.append(request.url)

    wallet.page.on("request", note)
    wallet.receive(wallet.offer(CITIZEN_CARD, agency=AGENCY))
    wallet.open("/wallet/card#1")
    wallet.page.locator("[data-check]").click()
    wallet.page.locator("[data-status] .word").wait_for()
    assert asked == []  # its day is not over, and its key is the issuer's
    time.sleep(1.1)  # keys that sign in this very second are not retired in it
    _rotate(visitor.city)
    time.sleep(SECONDS)
    query = {
        "credentials": [
            {
                "id": "card",
                "format": "dc+sd-jwt",
                "meta": {"vct_values": [f"{visitor.city.url}/types/{CITIZEN_CARD}/v1"]},
                "claims": [{"path": ["member"]}],
            }
        ]
    }
    for _ in range(2):
        request = wallet.ask(query, tmp_path)
        wallet.open()  # another page: of the same one, a link would change the fragment alone
        wallet.open_request(request)
        wallet.agree()
        verdict = wallet.verdict(request)
        checks = {check["name"]: check["code"] for check in verdict["checks"]}
        assert (verdict["decision"], checks["time_of_signing"]) == ("accepted", "logged-in-time")
    assert asked == [f"{visitor.city.url}/issuers/{AGENCY}/issuance-proof"]  # once for a card
