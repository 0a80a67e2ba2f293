"""Status lists over HTTP: by media type, cached by ttl, and anew as soon as something changes."""

import pytest

from issuer.actions.change_status import StatusChange
from tests.simulators.city import SimulatedCity

LIST = "/status/GU-11620-1"
FORMS = {
    "token": (LIST, "application/statuslist+jwt"),
    "revocation": (f"{LIST}/revocation", "application/vc"),
    "suspension": (f"{LIST}/suspension", "application/vc"),
}
every_form = pytest.mark.parametrize(("path", "media_type"), FORMS.values(), ids=FORMS)


@every_form
def test_serves_it_to_everybody_for_as_long_as_its_ttl(
    city: SimulatedCity, path: str, media_type: str
) -> None:
    answer = city.http().get(path)
    assert (answer.status_code, answer.content_type) == (200, media_type)
    assert answer.headers["Cache-Control"] == "public, max-age=300"
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert "Set-Cookie" not in answer.headers


@every_form
def test_who_has_it_need_not_fetch_it_again(
    city: SimulatedCity, path: str, media_type: str
) -> None:
    tag = city.http().get(path).headers["ETag"]
    again = city.http().get(path, headers={"If-None-Match": tag})
    assert (again.status_code, again.data) == (304, b"")


@every_form
def test_after_a_change_it_is_another(city: SimulatedCity, path: str, media_type: str) -> None:
    made = city.offer("GU-11620", "SeoulResidencyCredential", city.claims("P01"))
    city.wallet().receive(made.link, made.tx_code)
    before = city.http().get(path)
    city.clock.advance(seconds=1)
    city.change_status("GU-11620", made.entitlement_id, StatusChange.REVOKE, "R02")
    after = city.http().get(path, headers={"If-None-Match": before.headers["ETag"]})
    assert after.status_code == 200
    assert after.headers["ETag"] != before.headers["ETag"]


@every_form
def test_after_half_a_day_it_is_signed_anew(
    city: SimulatedCity, path: str, media_type: str
) -> None:
    before = city.http().get(path).data
    city.clock.advance(hours=12)
    after = city.http().get(path).data
    assert after != before
    assert city.http().get(path).data == after


@pytest.mark.parametrize(
    "path",
    [
        "/status/GU-11620-2",
        "/status/GU-11620",
        "/status/GU-99999-1",
        "/status/%01",
        "/status/gu-11620-1/revocation",
        "/status/" + "A" * 300,
    ],
)
def test_a_list_that_there_is_not(city: SimulatedCity, path: str) -> None:
    answer = city.http().get(path)
    assert (answer.status_code, answer.content_type) == (404, "application/problem+json")
    assert answer.get_json(force=True)["code"] == "status-list-not-found"


@pytest.mark.parametrize("path", [f"{LIST}/", f"{LIST}/refresh", f"{LIST}/revocation/42"])
def test_nobody_can_ask_about_one_credential(city: SimulatedCity, path: str) -> None:
    assert city.http().get(path).status_code == 404
