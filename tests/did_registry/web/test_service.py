"""What goes for every answer of the registry."""

import pytest
from flask.testing import FlaskClient

from did_registry.web.service import registry_service
from storage.transaction import Database
from tests.simulators.registry import SimulatedRegistry

FILES = ("/dids/SEL-DIG/did.jsonl", "/log/checkpoint", "/log/tile/entries/000.p/1")


@pytest.fixture
def registry(sqlite_database: Database) -> SimulatedRegistry:
    registry = SimulatedRegistry(sqlite_database)
    registry.publish()
    return registry


@pytest.fixture
def http(registry: SimulatedRegistry) -> FlaskClient:
    return registry.http()


def test_a_request_finds_the_registry_of_its_application(registry: SimulatedRegistry) -> None:
    app = registry.app()
    with app.test_request_context():
        assert registry_service().url == registry.url
        assert registry_service().clock is registry.clock


@pytest.mark.parametrize("path", FILES)
def test_another_host_name_is_not_ours(http: FlaskClient, path: str) -> None:
    answer = http.get(path, base_url="https://elsewhere.example")
    assert answer.status_code == 400
    assert answer.json is not None
    assert answer.json["code"] == "wrong-host"


@pytest.mark.parametrize(
    ("language", "expected"),
    [("ko", "ko"), ("en", "en"), ("en-US,en;q=0.9,ko;q=0.8", "en"), ("fr", "ko")],
)
def test_problems_are_told_in_korean_or_english(
    http: FlaskClient, language: str, expected: str
) -> None:
    answer = http.get("/dids/NOBODY/did.jsonl", headers={"Accept-Language": language})
    problem = answer.json
    assert answer.status_code == 404
    assert answer.content_type == "application/problem+json"
    assert answer.headers["Content-Language"] == expected
    assert problem is not None
    assert problem["title"] == problem[f"title_{expected}"]
    assert problem["title_ko"] != problem["title_en"]
    assert problem["type"] == "https://registry.gwanin.example/problems/unknown-did"
    assert (problem["status"], problem["instance"]) == (404, "/dids/NOBODY/did.jsonl")


@pytest.mark.parametrize("path", [*FILES, "/nothing", "/types/x/v1", "/1.0/identifiers/x"])
def test_every_answer_has_the_baseline(http: FlaskClient, path: str) -> None:
    for method in ("GET", "HEAD", "OPTIONS", "POST"):
        headers = http.open(path, method=method).headers
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Referrer-Policy"] == "no-referrer"
        assert headers["Content-Security-Policy"].startswith("default-src 'none'; ")
        assert headers["Strict-Transport-Security"].startswith("max-age=")
        assert headers["Server"] == "Gwanin"
        assert "Cache-Control" in headers
        assert "Set-Cookie" not in headers
