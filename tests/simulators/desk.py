"""A clerk at the desk of a simulated city, in a browser that does what browsers do with forms.

clerk = Clerk.signed_in(city, "GU-11620-01")
answer = clerk.send("/desk/drafts", {"type": "SeoulResidencyCredential", "c.nameKo": …})
clerk.page("/desk/drafts")                      # the text of a page; anything but 200 is a failure
"""

import json
import re

from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from credentials.claims import Claims
from credentials.json_object import JsonObject
from issuer.glance import entered_texts
from issuer.models import DraftRow, EntitlementRow
from schemas.catalogue import get
from staff.account import Role, parse_staff_reference
from staff.actions.open_account import open_account
from staff.store import acts
from tests.simulators.city import SimulatedCity

RESIDENCY = "SeoulResidencyCredential"
PASSWORD = "a long enough password of a test"
OURS = {"Sec-Fetch-Site": "same-origin", "Accept": "text/html"}

_TOKEN = re.compile(r'name="form_token" value="([0-9a-f]{64})"')


class Clerk:
    """Somebody who is signed in, with the token of their forms."""

    def __init__(self, city: SimulatedCity, client: FlaskClient, reference: str) -> None:
        self.city = city
        self.client = client
        self.reference = reference
        self.token = ""

    @classmethod
    def signed_in(cls, city: SimulatedCity, reference: str, password: str | None = None) -> "Clerk":
        """Sign in with the password that the seed wrote down, or another."""
        clerk = cls(city, city.http(), reference)
        answer = clerk.sign_in(password or seeded_password(city, reference))
        assert answer.status_code == 303, answer.text
        return clerk

    @classmethod
    def hired(cls, city: SimulatedCity, reference: str, *roles: Role) -> "Clerk":
        """Open an account with these roles, and sign in."""
        hire(city, reference, *roles)
        return cls.signed_in(city, reference, PASSWORD)

    def sign_in(self, password: str) -> TestResponse:
        """Try a password."""
        fields = {"name": self.reference, "password": password}
        answer = self.client.post("/sign-in", data=fields, headers=OURS)
        if answer.status_code == 303:
            found = _TOKEN.search(self.client.get("/desk/new-draft", headers=OURS).text)
            self.token = found.group(1) if found else self._token_anywhere()
        return answer

    def get(self, path: str) -> TestResponse:
        """A page, as it is answered."""
        return self.client.get(path, headers=OURS)

    def page(self, path: str) -> str:
        """A page that must be there."""
        answer = self.get(path)
        assert answer.status_code == 200, (path, answer.status_code)
        return answer.text

    def send(self, path: str, fields: dict[str, str] | None = None) -> TestResponse:
        """A form."""
        data = {"form_token": self.token, **(fields or {})}
        return self.client.post(path, data=data, headers=OURS)

    def upload(
        self, data: bytes, name: str = "rows.csv", type_name: str = RESIDENCY
    ) -> TestResponse:
        """A file."""
        parts = [
            (b'name="form_token"', self.token.encode()),
            (b'name="type"', type_name.encode()),
            (f'name="file"; filename="{name}"\r\nContent-Type: text/csv'.encode(), data),
        ]
        body = b"".join(
            b"--edge\r\nContent-Disposition: form-data; " + head + b"\r\n\r\n" + value + b"\r\n"
            for head, value in parts
        )
        return self.client.post(
            "/desk/files",
            data=body + b"--edge--\r\n",
            headers=OURS,
            content_type="multipart/form-data; boundary=edge",
        )

    def drafts(self, claims: Claims, *, then: str = "submit", type_name: str = RESIDENCY) -> str:
        """Enter a draft; its id."""
        before = draft_ids(self.city)
        answer = self.send("/desk/drafts", entered(claims, type_name) | {"then": then})
        assert answer.status_code == 303, answer.text
        (entered_now,) = draft_ids(self.city) - before
        return entered_now

    def approves(self, draft_id: str) -> str:
        """Approve a draft; the id of the entitlement."""
        before = issued_ids(self.city)
        answer = self.send("/desk/approvals", {f"pick.{draft_id}": "1"})
        assert answer.status_code == 303, answer.text
        (made,) = issued_ids(self.city) - before
        return made

    def _token_anywhere(self) -> str:
        """Whoever may not draft finds a form elsewhere, or has none to send."""
        for path in ("/desk/issued", "/desk/approvals"):
            found = _TOKEN.search(self.get(path).text)
            if found:
                return found.group(1)
        return ""


def entered(claims: Claims, type_name: str = RESIDENCY) -> dict[str, str]:
    """Claims as the fields of the form."""
    credential_type = get(type_name)
    texts = entered_texts(credential_type, claims)
    subtype = credential_type.subtype(claims)
    choice = f"{type_name}/{subtype.code}" if subtype else type_name
    return {"type": choice, **{f"c.{name}": text for name, text in texts.items()}}


def hire(city: SimulatedCity, reference: str, *roles: Role) -> None:
    """Open an account whose password is PASSWORD."""
    staff = city.city.staff
    with staff.database.writing() as session:
        open_account(session, staff, parse_staff_reference(reference), PASSWORD, roles, active=True)


def seeded_password(city: SimulatedCity, reference: str) -> str:
    """What the seed wrote down."""
    logins = json.loads((city.city.settings.data_dir / "logins.json").read_text("utf-8"))
    password: str = logins[reference]["password"]
    return password


def draft_ids(city: SimulatedCity) -> set[str]:
    """The ids of all drafts."""
    with city.city.database.reading() as session:
        return set(session.scalars(select(DraftRow.id)))


def issued_ids(city: SimulatedCity) -> set[str]:
    """The ids of all entitlements."""
    with city.city.database.reading() as session:
        return set(session.scalars(select(EntitlementRow.id)))


def acts_of(city: SimulatedCity, agency: str) -> list[tuple[str, str, str]]:
    """An agency's record as (staff, act, subject), oldest first."""
    with city.city.database.reading() as session:
        rows = acts(session, agency, offset=0, limit=10_000)
        lines = [JsonObject(row.line) for row in reversed(rows)]
    return [(line.text("staff"), line.text("act"), line.text("subject")) for line in lines]
