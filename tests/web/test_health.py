from datetime import timedelta
from email.utils import parsedate_to_datetime

import pytest
from flask import Flask
from flask.testing import FlaskClient

from storage.errors import StorageUnavailable
from tests.simulators.clock import START, SimulatedClock
from tests.simulators.stranger import stranger
from web.health import serve_health
from web.install import WebSettings, install
from web.origin import parse_origin

BASE = "https://gwanin.example"


class Database:
    """Something that may be away."""

    away = False

    def check(self) -> None:
        if self.away:
            raise StorageUnavailable("the database cannot be used at present")


@pytest.fixture
def database() -> Database:
    return Database()


@pytest.fixture
def clock() -> SimulatedClock:
    return SimulatedClock()


@pytest.fixture
def client(database: Database, clock: SimulatedClock) -> FlaskClient:
    return _client(database, clock, clock_is_set=False)


def _client(database: Database, clock: SimulatedClock, *, clock_is_set: bool) -> FlaskClient:
    app = Flask(__name__)
    settings = WebSettings(public_url=parse_origin(BASE), trusted_proxies=0, rate_limits=True)
    install(app, settings, lambda: 0.0)
    serve_health(app, check_ready=database.check, clock=clock, clock_is_set=clock_is_set)
    return stranger(app, BASE)


def test_ready_while_the_database_answers(client: FlaskClient, database: Database) -> None:
    assert client.get("/readyz").json == {"ready": True}
    database.away = True
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert answer.content_type == "application/problem+json"
    assert answer.json is not None
    assert answer.json["code"] == "storage-unavailable"
    assert answer.headers["Retry-After"] == "30"
    database.away = False
    assert client.get("/readyz").status_code == 200


def test_alive_whatever_is_away(client: FlaskClient, database: Database) -> None:
    database.away = True
    assert client.get("/healthz").json == {"alive": True}


def test_whether_we_are_ready_cannot_be_asked_without_end(client: FlaskClient) -> None:
    statuses = [client.get("/readyz").status_code for _ in range(121)]
    assert statuses == [200] * 120 + [429]
    assert client.get("/healthz").status_code == 200


def test_the_citys_time_is_told_and_whether_it_was_set(
    client: FlaskClient, database: Database, clock: SimulatedClock
) -> None:
    assert client.get("/time").json == {"now": "2026-03-13T03:00:00Z", "set": False}
    clock.advance(seconds=90)
    assert client.get("/time").json == {"now": "2026-03-13T03:01:30Z", "set": False}
    was_set = _client(database, clock, clock_is_set=True)
    assert was_set.get("/time").json == {"now": "2026-03-13T03:01:30Z", "set": True}


@pytest.mark.parametrize("path", ["/healthz", "/readyz", "/time", "/nothing"])
def test_every_answer_is_dated_by_the_citys_clock(
    client: FlaskClient, clock: SimulatedClock, path: str
) -> None:
    clock.advance(days=400)
    dated = parsedate_to_datetime(client.get(path).headers["Date"])
    assert dated == START + timedelta(days=400)


@pytest.mark.parametrize("path", ["/healthz", "/readyz", "/time"])
def test_none_of_it_is_stored(client: FlaskClient, path: str) -> None:
    assert client.get(path).headers["Cache-Control"] == "no-store"
    assert client.head(path).status_code == 200
    assert client.post(path).status_code == 405
