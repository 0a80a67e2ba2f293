"""`/sign-in` over HTTP: the cookie, the page that was wanted, the delay, and the end."""

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from staff.web.guard import COOKIE
from tests.simulators.city import SimulatedCity
from tests.simulators.desk import OURS, seeded_password

CLERK = "GU-11620-01"


def enter(
    http: FlaskClient, name: str, password: str, headers: dict[str, str] = OURS, to: str = ""
) -> TestResponse:
    fields = {"name": name, "password": password, "to": to}
    return http.post("/sign-in", data=fields, headers=headers)


def cookie(http: FlaskClient) -> str | None:
    found = http.get_cookie(COOKIE, domain="gwanin.example")
    return found.value if found else None


def test_the_cookie_is_one_that_scripts_and_other_sites_do_not_get(city: SimulatedCity) -> None:
    answer = enter(city.http(), CLERK, seeded_password(city, CLERK))
    assert (answer.status_code, answer.headers["Location"]) == (303, "/desk")
    (header,) = answer.headers.getlist("Set-Cookie")
    attributes = {part.strip() for part in header.split(";")[1:]}
    assert header.startswith("__Host-session=")
    assert attributes >= {"Secure", "HttpOnly", "SameSite=Strict", "Path=/", "Max-Age=28800"}
    assert not any(part.startswith("Domain") for part in attributes)


def test_a_session_that_somebody_planted_is_not_the_one_that_is_opened(
    city: SimulatedCity,
) -> None:
    http = city.http()
    http.set_cookie(COOKIE, "planted", domain="gwanin.example", secure=True)
    assert http.get("/desk", headers=OURS).status_code == 303
    enter(http, CLERK, seeded_password(city, CLERK))
    first = cookie(http)
    assert first not in {None, "planted"}
    enter(http, CLERK, seeded_password(city, CLERK))
    assert cookie(http) not in {None, "planted", first}
    before = city.http()  # the same browser's session of before is over, wherever its token went
    before.set_cookie(COOKIE, str(first), domain="gwanin.example", secure=True)
    assert before.get("/desk", headers=OURS).headers["Location"].startswith("/sign-in")
    planted = city.http()
    planted.set_cookie(COOKIE, "planted", domain="gwanin.example", secure=True)
    assert planted.get("/desk", headers=OURS).headers["Location"].startswith("/sign-in")


@pytest.mark.parametrize(
    ("to", "where"),
    [
        ("/desk/drafts", "/desk/drafts"),
        ("https://evil.example/", "/desk"),
        ("//evil.example", "/desk"),
        ("/\\evil.example", "/desk"),
        ("javascript:alert(1)", "/desk"),
    ],
)
def test_it_leads_on_to_pages_of_ours_only(city: SimulatedCity, to: str, where: str) -> None:
    answer = enter(city.http(), CLERK, seeded_password(city, CLERK), to=to)
    assert answer.headers["Location"] == where


def test_people_of_a_verifier_have_another_room(city: SimulatedCity) -> None:
    answer = enter(city.http(), "VER-LIB-01", seeded_password(city, "VER-LIB-01"))
    assert answer.headers["Location"] == "/verifier"
    http = city.http()
    enter(http, "VER-LIB-01", seeded_password(city, "VER-LIB-01"))
    refused = http.get("/desk", headers=OURS)
    assert (refused.status_code, "not-permitted" in refused.text) == (403, True)


def test_what_was_pasted_with_a_space_is_taken_and_an_empty_form_is_told(
    city: SimulatedCity,
) -> None:
    pasted = f"{seeded_password(city, CLERK)} "
    assert enter(city.http(), f" {CLERK}", pasted).status_code == 303
    empty = enter(city.http(), CLERK, " ")
    assert (empty.status_code, "sign-in-empty" in empty.text) == (422, True)


def test_a_form_after_the_session_leads_to_the_sign_in_and_back(city: SimulatedCity) -> None:
    for sent, page in {
        "/desk/approvals/d_x/refuse": "/desk/approvals/d_x",
        "/verifier/ask": "/verifier",
    }.items():
        answer = city.http().post(sent, data={"reason": "x"}, headers=OURS)
        assert (answer.status_code, "not-signed-in" in answer.text) == (401, True)
        assert f'name="to" value="{page}"' in answer.text
        assert 'name="password"' in answer.text


def test_five_wrong_tries_are_told_and_the_sixth_waits(city: SimulatedCity) -> None:
    http = city.http()
    for _ in range(5):
        answer = enter(http, CLERK, "a wrong password indeed")
        assert (answer.status_code, "sign-in-refused" in answer.text) == (403, True)
        assert "a wrong password" not in answer.text
    waiting = enter(http, CLERK, seeded_password(city, CLERK))
    assert (waiting.status_code, "sign-in-delayed" in waiting.text) == (429, True)
    assert cookie(http) is None
    city.clock.advance(minutes=15)
    assert enter(http, CLERK, seeded_password(city, CLERK)).status_code == 303


def test_a_retired_clerk_does_not_come_in(city: SimulatedCity) -> None:
    assert enter(city.http(), "SEL-YOUTH-99", "whatever it may have been").status_code == 403


def test_another_site_signs_nobody_in_or_out(city: SimulatedCity) -> None:
    http, password = city.http(), seeded_password(city, CLERK)
    foreign = {**OURS, "Sec-Fetch-Site": "cross-site"}
    assert enter(http, CLERK, password, foreign).status_code == 403
    assert cookie(http) is None
    enter(http, CLERK, password)
    assert http.post("/sign-out", headers=foreign).status_code == 403
    assert http.get("/desk", headers=OURS).status_code == 200


def test_signing_out_ends_the_session_on_the_server(city: SimulatedCity) -> None:
    http = city.http()
    enter(http, CLERK, seeded_password(city, CLERK))
    kept = cookie(http)
    assert kept is not None
    assert http.post("/sign-out", headers=OURS).status_code == 303
    assert cookie(http) is None
    http.set_cookie(COOKIE, kept, domain="gwanin.example", secure=True)
    assert http.get("/desk", headers=OURS).headers["Location"].startswith("/sign-in")


def test_a_session_ends_by_itself(city: SimulatedCity) -> None:
    http = city.http()
    enter(http, CLERK, seeded_password(city, CLERK))
    city.clock.advance(minutes=15)
    answer = http.get("/desk/drafts?page=2", headers=OURS)
    assert answer.headers["Location"] == "/sign-in?to=/desk/drafts?page%3D2"
    # A form that comes too late is refused as a page, and nothing of it is done.
    late = http.post("/desk/drafts", data={"type": "x"}, headers=OURS)
    assert (late.status_code, "not-signed-in" in late.text) == (401, True)


def test_neither_name_nor_password_is_logged(
    city: SimulatedCity, caplog: pytest.LogCaptureFixture
) -> None:
    enter(city.http(), CLERK, "a wrong password indeed")
    enter(city.http(), CLERK, seeded_password(city, CLERK))
    for secret in (CLERK, "wrong password", seeded_password(city, CLERK)):
        assert secret not in caplog.text
