"""A stranger's wallet at an issuer of a simulated city, one HTTP request at a time.

client = IssuerClient(city)
made = city.offer("GU-11620", "SeoulResidencyCredential", city.claims("P01"))
token = client.token(made)
answer = client.ask(token, client.request(holder(1)))         # a werkzeug response
with unchanged(city): …                                        # nothing that is stored may change
"""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Final

from werkzeug.test import TestResponse

from credentials.claims import Claims
from credentials.keys import Signer
from issuer.actions.make_offer import MadeOffer
from openid4vc.key_proof import build_key_proof
from openid4vc.offer import PRE_AUTHORIZED_CODE
from tests.simulators.city import URL, SimulatedCity
from tests.simulators.issuing_office import IssuingOffice

RESIDENCY_SD_JWT: Final = "SeoulResidencyCredential.dc+sd-jwt"


@dataclass(frozen=True, slots=True)
class IssuerClient:
    """code: the agency that is asked."""

    city: SimulatedCity
    code: str = "GU-11620"

    @property
    def issuer(self) -> str:
        """The credential issuer identifier."""
        return f"{URL}/issuers/{self.code}"

    def fetch(self, made: MadeOffer) -> TestResponse:
        """Open an offer link."""
        return self.city.http().get(made.offer_uri.removeprefix(URL))

    def pre_authorized_code(self, made: MadeOffer) -> str:
        """The code of an offer."""
        document: Any = self.fetch(made).get_json()
        code: str = document["grants"][PRE_AUTHORIZED_CODE]["pre-authorized_code"]
        return code

    def redeem(self, code: str, tx_code: str | None, **fields: str) -> TestResponse:
        """Ask for an access token."""
        form = {"grant_type": PRE_AUTHORIZED_CODE, "pre-authorized_code": code, **fields}
        return self.post("token", form | ({"tx_code": tx_code} if tx_code else {}))

    def token(self, made: MadeOffer) -> str:
        """An access token for an offer."""
        document: Any = self.redeem(self.pre_authorized_code(made), made.tx_code).get_json()
        token: str = document["access_token"]
        return token

    def nonce(self) -> str:
        """A fresh nonce."""
        document: Any = self.post("nonce", b"").get_json()
        nonce: str = document["c_nonce"]
        return nonce

    def request(self, *signers: Signer) -> Claims:
        """A request for a residency SD-JWT VC for each key."""
        nonce = self.nonce()
        proofs = [
            build_key_proof(
                signer,
                audience=self.issuer,
                nonce=nonce,
                issued_at=self.city.clock(),
                key_id=None,
            )
            for signer in signers
        ]
        return {"credential_configuration_id": RESIDENCY_SD_JWT, "proofs": {"jwt": [*proofs]}}

    def ask(self, token: str | None, body: Claims | bytes, **options: Any) -> TestResponse:
        """Ask for credentials. options: of werkzeug's test client."""
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        headers = {"Authorization": f"Bearer {token}"} if token is not None else {}
        given = {"content_type": "application/json", "headers": headers, **options}
        return self.post("credential", data, **given)

    def post(self, endpoint: str, data: Mapping[str, str] | bytes, **options: Any) -> TestResponse:
        """POST to one of its endpoints."""
        path = f"/issuers/{self.code}/{endpoint}"
        return self.city.http().post(path, data=data, **options)


def stored(city: SimulatedCity) -> dict[str, list[tuple[Any, ...]]]:
    """Everything that the city's issuers have stored."""
    issuer = city.city.issuer
    return IssuingOffice(issuer.database, issuer.context, city.clock).rows()


@contextmanager
def unchanged(city: SimulatedCity) -> Iterator[None]:
    """The block changes nothing of it."""
    before = stored(city)
    yield
    assert stored(city) == before
