import re

import pytest
from flask import Flask, Response, render_template_string
from flask.testing import FlaskClient

from web.headers import PageNeeds, csp_nonce, page_needs, public_file, secure_headers
from web.origin import parse_origin

BASE = "https://gwanin.example"
NONCE = r"[A-Za-z0-9_-]{22}"
# What Flask's test client and the answers themselves bring along.
PLAIN = {"Content-Type", "Content-Length", "Date"}

API = {
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "Strict-Transport-Security": "max-age=63072000; includeSubDomains",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Server": "Gwanin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-store",
}
PAGE = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'nonce-' 'strict-dynamic'; style-src 'self';"
        " img-src 'self' blob:; connect-src 'self'; font-src 'self'; form-action 'self';"
        " base-uri 'none'; frame-ancestors 'none'; object-src 'none'; manifest-src 'self';"
        " worker-src 'self'; require-trusted-types-for 'script'; trusted-types app;"
        " report-uri /csp-report"
    ),
    "Strict-Transport-Security": "max-age=63072000; includeSubDomains",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Server": "Gwanin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cross-Origin-Embedder-Policy": "require-corp",
    "Cache-Control": "no-store",
}
PUBLIC = {
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "Strict-Transport-Security": "max-age=63072000; includeSubDomains",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Server": "Gwanin",
    "Access-Control-Allow-Origin": "*",
    "Cross-Origin-Resource-Policy": "cross-origin",
}


def _app(public_url: str = BASE) -> Flask:
    app = Flask(__name__)
    secure_headers(app, parse_origin(public_url))

    @app.get("/api")
    def api() -> dict[str, int]:
        return {"a": 1}

    @app.get("/page")
    def page() -> str:
        return render_template_string("{{ csp_nonce() }} {{ csp_nonce() }}")

    @app.get("/scanner")
    def scanner() -> str:
        page_needs(PageNeeds(scanner=True))
        return ""

    @app.get("/offer")
    def offer() -> str:
        page_needs(PageNeeds(data_images=True, form_targets=("openid4vp:", "https://a.example")))
        return ""

    @app.get("/log")
    def log() -> Response:
        return public_file(Response("one\n", mimetype="text/jsonl"), max_age=300)

    @app.get("/tile")
    def tile() -> Response:
        return public_file(
            Response(b"\0" * 32, mimetype="application/octet-stream"),
            max_age=31536000,
            immutable=True,
        )

    return app


@pytest.fixture
def client() -> FlaskClient:
    return _app().test_client()


def _headers(client: FlaskClient, path: str, **headers: str) -> dict[str, str]:
    answer = client.get(path, base_url=BASE, headers=headers)
    names = [name for name, _ in answer.headers]
    assert len(names) == len(set(names)), "a header stands twice"
    found = {name: value for name, value in answer.headers if name not in PLAIN}
    if "Content-Security-Policy" in found:
        policy = found["Content-Security-Policy"]
        found["Content-Security-Policy"] = re.sub(f"'nonce-{NONCE}'", "'nonce-'", policy)
    return found


def test_an_answer_of_the_api_has_its_baseline_and_nothing_else(client: FlaskClient) -> None:
    assert _headers(client, "/api") == API


def test_a_page_has_its_baseline_and_nothing_else(client: FlaskClient) -> None:
    assert _headers(client, "/page") == PAGE


def test_an_error_page_has_the_baseline_too(client: FlaskClient) -> None:
    assert _headers(client, "/nothing") == PAGE


def test_a_public_file_may_be_read_by_everybody(client: FlaskClient) -> None:
    log = _headers(client, "/log")
    etag = log.pop("ETag")
    assert log == {**PUBLIC, "Cache-Control": "public, max-age=300"}
    again = client.get("/log", base_url=BASE, headers={"If-None-Match": etag})
    assert (again.status_code, again.data) == (304, b"")
    assert again.headers["Access-Control-Allow-Origin"] == "*"
    assert again.headers["Cross-Origin-Resource-Policy"] == "cross-origin"
    assert "Access-Control-Allow-Credentials" not in log


def test_an_immutable_file_says_so(client: FlaskClient) -> None:
    tile = _headers(client, "/tile")
    assert tile["Cache-Control"] == "public, max-age=31536000, immutable"


def test_a_nonce_is_new_for_each_answer_and_the_same_within_it(client: FlaskClient) -> None:
    nonces = []
    for _ in range(2):
        answer = client.get("/page", base_url=BASE)
        in_page = answer.text.split()
        policy = re.search(f"'nonce-({NONCE})'", answer.headers["Content-Security-Policy"])
        assert policy
        assert in_page == [policy[1], policy[1]]
        nonces.append(policy[1])
    assert nonces[0] != nonces[1]


def test_only_the_scanner_has_the_camera_and_its_reader(client: FlaskClient) -> None:
    found = _headers(client, "/scanner")
    policy = PAGE["Content-Security-Policy"].replace(
        "'strict-dynamic'", "'strict-dynamic' 'wasm-unsafe-eval'"
    )
    assert found["Content-Security-Policy"] == policy
    camera = PAGE["Permissions-Policy"].replace("camera=()", "camera=(self)")
    assert found["Permissions-Policy"] == camera


def test_a_page_says_which_pictures_and_form_targets_it_needs(client: FlaskClient) -> None:
    policy = PAGE["Content-Security-Policy"].replace("blob:", "blob: data:")
    policy = policy.replace("form-action 'self'", "form-action 'self' openid4vp: https://a.example")
    assert _headers(client, "/offer")["Content-Security-Policy"] == policy


def test_over_http_no_browser_is_bound_to_https() -> None:
    client = _app("http://localhost:8000").test_client()
    assert "Strict-Transport-Security" not in client.get("/api").headers


def test_a_static_file_keeps_the_frameworks_caching() -> None:
    app = _app()
    sent = Response("x", mimetype="text/css", headers={"Cache-Control": "no-cache"})
    with app.test_request_context(base_url=BASE):
        assert app.process_response(sent).headers["Cache-Control"] == "no-cache"


def test_a_nonce_has_128_bits() -> None:
    with Flask(__name__).app_context():
        assert re.fullmatch(NONCE, csp_nonce())
