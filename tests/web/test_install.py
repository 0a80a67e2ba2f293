import json
import re

import pytest
from flask import Blueprint, Flask

from web.bodies import read_json
from web.errors import SettingRefused
from web.flood import limit
from web.install import WebSettings, install
from web.logs import CORRELATION_HEADER
from web.origin import parse_origin

BASE = "https://gwanin.example"


def _settings(
    public_url: str = BASE, *, trusted_proxies: int = 0, rate_limits: bool = True
) -> WebSettings:
    return WebSettings(
        public_url=parse_origin(public_url),
        trusted_proxies=trusted_proxies,
        rate_limits=rate_limits,
    )


def _app(settings: WebSettings) -> Flask:
    app = Flask(__name__)
    install(app, settings, lambda: 0.0)
    app.add_url_rule("/echo", "echo", lambda: read_json(100).members, methods=["POST"])
    pages = Blueprint("pages", __name__)
    limit(pages, "pages", per_minute=1)
    pages.add_url_rule("/", "start", lambda: "hello")
    app.register_blueprint(pages)
    return app


def test_joins_every_part() -> None:
    client = _app(_settings()).test_client()
    page = client.get("/", base_url=BASE)
    assert page.status_code == 200
    assert "'nonce-" in page.headers["Content-Security-Policy"]
    assert re.fullmatch("[0-9a-f]{16}", page.headers[CORRELATION_HEADER])
    assert page.headers["Strict-Transport-Security"]
    flood = client.get("/", base_url=BASE)
    assert (flood.status_code, json.loads(flood.data)["code"]) == (429, "too-many-requests")
    assert flood.headers["Retry-After"] == "60"
    assert client.post("/echo", base_url=BASE, json={"a": 1}).json == {"a": 1}
    host = client.get("/", base_url="https://evil.example")
    assert json.loads(host.data)["code"] == "wrong-host"
    long = client.get("/" + "a" * 9000, base_url=BASE)
    assert (long.status_code, json.loads(long.data)["code"]) == (414, "uri-too-long")


def test_no_answer_tells_which_software_made_it() -> None:
    client = _app(_settings()).test_client()
    for path in ("/", "/nothing"):
        headers = client.get(path, base_url=BASE).headers
        assert headers["Server"] == "Gwanin"
        assert "X-Powered-By" not in headers


def test_the_number_of_proxies_reaches_the_limits() -> None:
    client = _app(_settings(trusted_proxies=1)).test_client()
    for address in ("1.1.1.1", "1.1.1.2"):
        answer = client.get("/", base_url=BASE, headers={"X-Forwarded-For": address})
        assert answer.status_code == 200


def test_limits_are_off_on_loopback_only() -> None:
    local = "http://localhost:8000"
    client = _app(_settings(local, rate_limits=False)).test_client()
    assert [client.get("/", base_url=local).status_code for _ in range(3)] == [200] * 3
    with pytest.raises(SettingRefused):
        _settings(rate_limits=False)


def test_refuses_a_number_of_proxies_below_zero() -> None:
    with pytest.raises(SettingRefused):
        _settings(trusted_proxies=-1)
