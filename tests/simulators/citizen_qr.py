"""Citizens who show QR codes, genuine or not, at the city's time.

citizen = CitizenWithQr(city)                    # P01, with a citizen card of SEL-CIVIL
text = citizen.qr("member")                      # the text of a code in its window
citizen.change_status(StatusChange.REVOKE, "R02")

code_of(forger.present(forged, "member", **window(city)))    # what a forger makes of it

A residency credential has too many digests for any QR code, so the citizen card is the one shown.
"""

from typing import Any

from credentials.model import Serialized
from credentials.presentation_qr import encode_presentation_qr, window_request
from credentials.securing import mechanism_of
from issuer.actions.change_status import StatusChange
from tests.simulators.city import SimulatedCity


class CitizenWithQr:
    """One person with one credential in a wallet."""

    def __init__(
        self,
        city: SimulatedCity,
        *,
        person: str = "P01",
        agency: str = "SEL-CIVIL",
        type_name: str = "SeoulCitizenCardCredential",
    ) -> None:
        self.city = city
        self._agency = agency
        self._offer = city.offer(agency, type_name, city.claims(person, type_name))
        wallet = city.wallet()
        wallet.receive(self._offer.link, self._offer.tx_code)
        self.held = wallet.content.held[-1]

    def qr(self, *claims: str) -> str:
        """The text of a code that shows these claims, made now."""
        return code_of(self.present(*claims))

    def present(self, *claims: str) -> Serialized:
        """A presentation for whoever scans it now."""
        serialized = self.held.serialized
        return mechanism_of(serialized).present(
            serialized,
            disclose=[tuple(claim.split(".")) for claim in claims],
            holder=self.held.holder(),
            request=window_request(self.city.clock()),
        )

    def change_status(self, change: StatusChange, reason: str | None) -> None:
        """What a clerk does to the credential."""
        self.city.change_status(self._agency, self._offer.entitlement_id, change, reason)


def window(city: SimulatedCity) -> dict[str, Any]:
    """The audience and nonce of a code that is made now, for `Forger.present`."""
    request = window_request(city.clock())
    return {"audience": request.audience, "nonce": request.nonce}


def code_of(presentation: Serialized) -> str:
    """The text of the code that shows a presentation."""
    assert isinstance(presentation, str)
    return encode_presentation_qr(presentation)
