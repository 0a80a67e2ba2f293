"""Somebody at a verifier's desk: a browser that keeps cookies and sends the forms of our pages.

desk = DeskClient(city, "VER-LIB-01")
desk.get("/verifier")
desk.post("/verifier/ask", {"SeoulCitizenCardCredential.member": "1"})
"""

import json
import re
from collections.abc import Mapping
from typing import Any

from werkzeug.test import TestResponse

from tests.simulators.city import SimulatedCity

PAGE = {"Accept": "text/html", "Sec-Fetch-Site": "same-origin"}


class DeskClient:
    """Signed in with the password that the seed wrote down."""

    def __init__(self, city: SimulatedCity, reference: str) -> None:
        self.city = city
        self.http = city.http()
        logins = json.loads((city.city.settings.data_dir / "logins.json").read_text("utf-8"))
        entered = self.http.post(
            "/sign-in",
            data={"name": reference, "password": logins[reference]["password"]},
            headers=PAGE,
        )
        assert entered.status_code == 303, entered.text

    def get(self, path: str, **headers: str) -> TestResponse:
        """A page."""
        return self.http.get(path, headers={**PAGE, **headers})

    def token(self) -> str:
        """The token that belongs into this session's forms."""
        found = re.search(r'name="form_token" value="([^"]+)"', self.get("/verifier").text)
        assert found is not None
        return found[1]

    def post(self, path: str, fields: Mapping[str, str], **headers: str) -> TestResponse:
        """A form of ours, with its token unless `fields` brings another."""
        data: dict[str, Any] = {"form_token": self.token(), **fields}
        return self.http.post(path, data=data, headers={**PAGE, **headers})
