"""The composition root: which parts an application has, and what goes for each of its answers."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.routing import Rule

from app import create_app
from city_services.seoul.city import City
from city_services.seoul.errors import NotSeeded
from city_services.seoul.settings import ROLES
from console.city_clock import set_clock
from did_registry.actions.open_witness import set_up_witness
from storage.base import Base
from storage.errors import PermissionsTooOpen
from tests.simulators.city import URL, SimulatedCity, city_settings, copy_city, seed_city
from tests.simulators.clock import SimulatedClock
from tests.simulators.stranger import stranger
from web.errors import SettingRefused

ALWAYS = {"healthz", "readyz", "time"}
PARTS = {
    "registry": {"dids", "1.0", "log", "types", "contexts"},
    "issuer": {"issuers", ".well-known", "status"},
    "verifier": {"verifier"},
    "wallet": {"wallet"},
    "witness": {"add-checkpoint"},
}


def _first_parts(roles: str, folder: Path) -> set[str]:
    app = create_app(city_settings(folder, GWANIN_ROLES=roles), clock=SimulatedClock())
    app.extensions["gwanin.city"].database.close()
    return {rule.rule.split("/")[1] for rule in app.url_map.iter_rules()}


@pytest.mark.parametrize("roles", [*sorted(ROLES), "registry,verifier", ""])
def test_an_application_has_the_parts_of_its_roles_and_no_others(
    seeded_city: Path, tmp_path: Path, roles: str
) -> None:
    folder = copy_city(seeded_city, tmp_path / "city")
    if roles == "witness":  # a witness has a folder of its own
        folder = tmp_path / "witness"
        set_up_witness(folder, "SEL-WIT1")
    found = _first_parts(roles, folder)
    asked = set(roles.split(",")) if roles else set(PARTS) - {"witness"}
    for role, parts in PARTS.items():
        assert found & parts == (parts if role in asked else set()), role
    assert found >= ALWAYS


# What a city needs to begin


def test_what_was_never_seeded_is_said_to_be_so(tmp_path: Path) -> None:
    city = City(city_settings(tmp_path / "nothing"), clock=SimulatedClock())
    for act in (lambda: city.anchor, lambda: city.keystore, lambda: city.follower, city.replay):
        with pytest.raises(NotSeeded):
            act()


def test_an_application_of_a_city_that_was_never_seeded_does_not_start(tmp_path: Path) -> None:
    tmp_path.chmod(0o700)
    with pytest.raises(NotSeeded):
        create_app(city_settings(tmp_path), clock=SimulatedClock())


def test_an_application_does_not_start_with_a_setting_that_is_refused() -> None:
    with pytest.raises(SettingRefused):
        create_app(city_settings(Path("/nowhere"), GWANIN_RATE_LIMITS="off"))


def test_a_data_folder_that_others_can_enter_is_refused(city: SimulatedCity) -> None:
    folder = city.city.settings.data_dir
    folder.chmod(0o711)
    with pytest.raises(PermissionsTooOpen):
        create_app(city_settings(folder), clock=SimulatedClock())
    folder.chmod(0o700)


def test_readiness_follows_the_database(city: SimulatedCity) -> None:
    http = city.http()
    assert http.get("/readyz").status_code == 200
    city.city.database.close()
    city.city.settings.data_dir.joinpath("gwanin.db").unlink()
    city.city.settings.data_dir.joinpath("gwanin.db").mkdir()
    answer = http.get("/readyz")
    assert answer.status_code == 503
    assert answer.headers["Retry-After"]
    assert http.get("/healthz").status_code == 200


def test_the_citys_clock_is_the_one_that_was_set(seeded_city: Path, tmp_path: Path) -> None:
    folder = copy_city(seeded_city, tmp_path / "city")
    machine = SimulatedClock()
    set_clock(folder, datetime(2028, 2, 29, tzinfo=UTC), machine)
    machine.advance(hours=1)
    app = create_app(city_settings(folder), clock=machine)
    answer = stranger(app, URL).get("/time")
    assert answer.json == {"now": "2028-02-29T01:00:00Z", "set": True}
    assert app.extensions["gwanin.city"].clock() - machine() > timedelta(days=700)
    app.extensions["gwanin.city"].database.close()


# Every route, whatever is sent to it

GARBAGE = (
    "nothing",
    "%00",
    "%F0%9F%92%A9",
    "%FF%FE",
    "0",
    "-1",
    "9" * 5000,
    "..",
    "%2e%2e%2f%2e%2e%2fetc%2fpasswd",
    "';DROP%20TABLE%20log_leaf;--",
    "GU-11620",
    "SEL-DIG-1",
)
BODIES: tuple[tuple[str | None, bytes], ...] = (
    (None, b""),
    ("application/json", b"{}"),
    ("application/json", b"[" * 5000),
    ("application/json", b'{"proofs":{"jwt":[7]},"credential_configuration_id":"\\u0000"}'),
    ("application/x-www-form-urlencoded", b"grant_type=x&grant_type=y"),
    ("application/x-www-form-urlencoded", b"vp_token=%00&state=%ff&response=" + b"x" * 2000),
    ("text/plain", b"\x00\xff"),
)
DIALECTS = {"application/problem+json", "application/json", "application/did-resolution"}


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def strangers(
    request: pytest.FixtureRequest, seeded_city: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[SimulatedCity]:
    """One city for all of these: nothing that they send changes anything."""
    folder = tmp_path_factory.mktemp("strangers") / "city"
    if request.param == "sqlite":
        yield from _opened(copy_city(seeded_city, folder))
        return
    cluster = request.getfixturevalue("postgres_cluster")
    with cluster.fresh_database(Base.metadata) as url:
        seed_city(city_settings(folder, GWANIN_DATABASE_URL=url), SimulatedClock())
        yield from _opened(folder, GWANIN_DATABASE_URL=url)


def _opened(folder: Path, **environment: str) -> Iterator[SimulatedCity]:
    city = SimulatedCity(city_settings(folder, **environment), SimulatedClock())
    yield city
    city.close()


def _paths(rule: Rule) -> Iterator[str]:
    """The rule's path with the same garbage in every place, once for each kind."""
    for garbage in GARBAGE if rule.arguments else GARBAGE[:1]:
        parts = (garbage if is_variable else text for is_variable, text in _trace(rule))
        yield "".join(parts)


def _trace(rule: Rule) -> Iterator[tuple[bool, str]]:
    for is_dynamic, text in rule._trace:
        if not (is_dynamic is False and text == "|"):
            yield is_dynamic, text


def _answers(city: SimulatedCity, http: FlaskClient) -> Iterator[tuple[str, Any]]:
    addresses = count()  # one each, so that nobody asks too often
    for rule in city.app.url_map.iter_rules():
        for path in _paths(rule):
            for method in sorted((rule.methods or set()) - {"OPTIONS"}):
                bodies = BODIES if method == "POST" else BODIES[:1]
                for kind, body in bodies:
                    answer = http.open(
                        path,
                        method=method,
                        content_type=kind,
                        data=body,
                        environ_base={"REMOTE_ADDR": f"192.0.2.{next(addresses) % 250}"},
                    )
                    yield f"{method} {path[:60]} {kind} {body[:20]!r}", answer


def test_no_route_fails_on_garbage_and_each_refusal_is_told_in_its_dialect(
    strangers: SimulatedCity,
) -> None:
    seen = 0
    for what, answer in _answers(strangers, strangers.http()):
        seen += 1
        assert answer.status_code < 500 or answer.status_code == 501, (what, answer.data)
        assert answer.headers["X-Content-Type-Options"] == "nosniff", what
        assert answer.headers["Strict-Transport-Security"], what
        assert answer.headers["Content-Security-Policy"].startswith("default-src 'none'"), what
        assert answer.headers["Referrer-Policy"] == "no-referrer", what
        assert answer.headers["Cache-Control"], what
        assert answer.headers["Server"] == "Gwanin", what
        assert answer.headers["Date"] == "Fri, 13 Mar 2026 03:00:00 GMT", what
        if answer.status_code >= 400:
            assert answer.mimetype in DIALECTS, what
            assert answer.status_code != 429, what
    assert seen > 200


def test_methods_that_a_route_does_not_have_are_refused(strangers: SimulatedCity) -> None:
    http, offered = strangers.http(), defaultdict[str, set[str]](set)
    for rule in strangers.app.url_map.iter_rules():
        offered[next(_paths(rule))] |= rule.methods or set()
    for path, methods in offered.items():
        for method in {"GET", "POST", "PUT", "DELETE", "PATCH", "TRACE"} - methods:
            answer = http.open(path, method=method)
            assert answer.status_code in {404, 405}, (method, path)


def test_a_path_that_is_no_route_is_a_problem(strangers: SimulatedCity) -> None:
    for path in ("/nothing", "/.env", "/issuers", "/%00", "/log/%FF", "/dids/"):
        answer = strangers.http().get(path)
        assert answer.status_code == 404, path
        assert answer.content_type == "application/problem+json"


def test_seeding_again_leaves_the_city_as_it_is(strangers: SimulatedCity) -> None:
    before = strangers.city.replay()
    again = City(strangers.city.settings, clock=strangers.clock)
    assert again.seed() == before
    again.database.close()


# Whoever asks for somebody else's host


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1:8000", "", "gwanin.example.evil"])
def test_a_person_who_asks_for_another_host_gets_a_page(city: SimulatedCity, host: str) -> None:
    client = city.app.test_client()
    answer = client.get("/desk", headers={"Host": host, "Accept": "text/html"})
    assert (answer.status_code, answer.mimetype) == (400, "text/html")
    assert "wrong-host" in answer.text
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "Content-Security-Policy" in answer.headers
