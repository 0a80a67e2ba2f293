import ast
import gzip
import json
import ssl
import subprocess
import sys
from pathlib import Path

import pytest
from flask import Flask, request
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.simulators.network import PUBLIC_ADDRESS, SimulatedNetwork, answer
from web.errors import FetchFailed, FetchRefused, SettingRefused
from web.fetch_failures import FORGET_SECONDS
from web.fetch_guard import parse_allow_list
from web.guarded_connection import TOTAL_SECONDS
from web.origin import parse_origin
from web.outbound import MAX_CONCURRENT, MAX_FETCH_BYTES, Outbound, tls_context

JSON = "application/json"
URL = "https://a.example/x"
OWN = "https://gwanin.example"
TLS = tls_context(None)


def _outbound(world: SimulatedNetwork, allow: str = "") -> Outbound:
    return Outbound(allowed=parse_allow_list(allow), network=world.network, tls=TLS)


def _world(*pieces: bytes) -> SimulatedNetwork:
    world = SimulatedNetwork()
    world.serve("a.example", pieces or answer(200, JSON, b"{}"))
    return world


def test_gets_a_document() -> None:
    world = _world(*answer(200, f"{JSON}; charset=utf-8", b'{"a":1}', "ETag: x", "A: 1", "A: 2"))
    fetched = _outbound(world).get(URL, accept=[JSON, "application/jwt"])
    assert (fetched.status, fetched.content_type, fetched.body) == (200, JSON, b'{"a":1}')
    assert (fetched.headers["etag"], fetched.headers["a"]) == ("x", "1, 2")
    assert world.tls_names == ["a.example"]
    lines = world.requests[0].decode().split("\r\n")
    assert lines[0] == "GET /x HTTP/1.1"
    assert {
        "Host: a.example",
        "Accept: application/json, application/jwt",
        "Accept-Encoding: identity",
    } <= set(lines)


def test_posts_a_form_json_or_any_body() -> None:
    world = _world()
    outbound = _outbound(world)
    outbound.post_form(URL, {"a": "한 &"})
    outbound.post_json(URL, {"a": "한"}, bearer="abc", headers={"If-Match": "1-Qm"})
    outbound.post(URL, b"a.b.c", content_type="application/jwt", accept=[JSON])
    form, document, body = world.requests
    assert b"Content-Type: application/x-www-form-urlencoded\r\n" in form
    assert form.endswith(b"\r\n\r\na=%ED%95%9C%20%26")
    assert b"Content-Type: application/json\r\n" in document
    assert b"Authorization: Bearer abc\r\n" in document
    assert b"If-Match: 1-Qm\r\n" in document
    assert json.loads(document.partition(b"\r\n\r\n")[2]) == {"a": "한"}
    assert b"Content-Type: application/jwt\r\n" in body
    assert body.endswith(b"\r\n\r\na.b.c")


def test_sends_an_empty_form_as_an_empty_body() -> None:
    world = _world()
    _outbound(world).post_form(URL, {})
    assert b"Content-Length: 0\r\n" in world.requests[0]
    assert world.requests[0].endswith(b"\r\n\r\n")


def test_does_not_follow_a_redirect() -> None:
    world = _world(*answer(302, "text/html", b"", "Location: https://b.example/"))
    fetched = _outbound(world).get(URL, accept=[JSON])
    assert (fetched.status, fetched.headers["location"]) == (302, "https://b.example/")
    assert len(world.requests) == 1


def test_keeps_no_cookie() -> None:
    world = _world(*answer(200, JSON, b"{}", "Set-Cookie: a=b; Path=/"))
    outbound = _outbound(world)
    outbound.get(URL, accept=[JSON])
    outbound.get(URL, accept=[JSON])
    assert all(b"cookie" not in sent.lower() for sent in world.requests)


def test_heeds_no_proxy_of_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTPS_PROXY", "ALL_PROXY", "https_proxy"):
        monkeypatch.setenv(name, "http://proxy.example:3128")
    world = _world()
    _outbound(world).get(URL, accept=[JSON])
    assert world.connected == [(PUBLIC_ADDRESS, 443)]


@pytest.mark.parametrize("address", ["127.0.0.1", "10.0.0.1", "169.254.169.254", "::1", "fd00::1"])
def test_goes_to_no_inside_address(address: str) -> None:
    world = SimulatedNetwork()
    world.serve("a.example", answer(200, JSON, b"{}"), address)
    with pytest.raises(FetchRefused):
        _outbound(world).get(URL, accept=[JSON])
    assert world.connected == []


def test_goes_inside_where_the_operator_says_so() -> None:
    world = SimulatedNetwork()
    world.serve("localhost", answer(200, JSON, b"{}"), "127.0.0.1")
    _outbound(world, "localhost:8000").get("http://localhost:8000/x", accept=[JSON])
    assert world.connected == [("127.0.0.1", 8000)]
    assert b"Host: localhost:8000\r\n" in world.requests[0]
    assert world.tls_names == []


def test_refuses_a_url_before_resolving_it() -> None:
    world = _world()
    asked: list[str] = []
    world.on_resolve = asked.append
    for url in ("http://a.example/", "https://a.example:22/", "https://u@a.example/", "gopher:x"):
        with pytest.raises(FetchRefused):
            _outbound(world).get(url, accept=[JSON])
    assert asked == []


@pytest.mark.parametrize("host", ["xn--a.example", "999.999.999.999"])
def test_refuses_a_host_name_that_is_no_name(host: str) -> None:
    with pytest.raises(FetchRefused):
        _outbound(_world()).get(f"https://{host}/", accept=[JSON])


@given(st.from_regex(r"(?:xn--|[a-z0-9-]{0,8}\.)?[a-z0-9-]{1,12}(?:/\S{0,20})?", fullmatch=True))
@settings(max_examples=200)
def test_any_url_is_our_refusal_or_failure(rest: str) -> None:
    with pytest.raises((FetchRefused, FetchFailed)):
        _outbound(SimulatedNetwork()).get(f"https://{rest}", accept=[JSON])


def test_an_answer_has_a_bound() -> None:
    body = b"x" * MAX_FETCH_BYTES
    outbound = _outbound(_world(*answer(200, "text/plain", body)))
    assert outbound.get(URL, accept=["text/plain"]).body == body
    with pytest.raises(FetchFailed):
        outbound.get(URL, accept=["text/plain"], max_bytes=MAX_FETCH_BYTES - 1)


def test_an_endless_answer_is_cut_off() -> None:
    head = b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nTransfer-Encoding: chunked\r\n\r\n"
    world = _world(head, *([b"3E8\r\n" + b"x" * 1000 + b"\r\n"] * 100))
    with pytest.raises(FetchFailed):
        _outbound(world).get(URL, accept=["text/plain"], max_bytes=50_000)


def test_an_answer_of_another_type_is_a_failure() -> None:
    with pytest.raises(FetchFailed):
        _outbound(_world(*answer(200, "text/html", b"{}"))).get(URL, accept=[JSON])


def test_a_compressed_answer_is_a_failure() -> None:
    packed = answer(200, JSON, gzip.compress(b"{}"), "Content-Encoding: gzip")
    with pytest.raises(FetchFailed):
        _outbound(_world(*packed)).get(URL, accept=[JSON])


@pytest.mark.parametrize("pieces", [[b"SSH-2.0-x\r\n\r\n"], [b"HTTP/1.1 200 OK\r\n"], [b""]])
def test_what_is_not_http_is_a_failure(pieces: list[bytes]) -> None:
    with pytest.raises(FetchFailed):
        _outbound(_world(*pieces)).get(URL, accept=[JSON])


def test_a_body_that_breaks_off_is_a_failure() -> None:
    whole = answer(200, JSON, b'{"a":1}')[0]
    with pytest.raises(FetchFailed):
        _outbound(_world(whole[:-1])).get(URL, accept=[JSON])


@pytest.mark.parametrize("field", ["head", "body"])
def test_a_server_that_trickles_is_cut_off(field: str) -> None:
    whole = answer(200, JSON, b" " * 100)[0]
    start = 0 if field == "head" else whole.index(b"\r\n\r\n") + 4
    world = _world(*([whole[:start]] if start else []), *(bytes([b]) for b in whole[start:]))
    world.seconds_per_read = 0.9
    began = world.now
    with pytest.raises(FetchFailed):
        _outbound(world).get(URL, accept=[JSON])
    assert world.now - began <= TOTAL_SECONDS


def test_a_dead_server_is_not_asked_again_for_a_minute() -> None:
    world = _world()
    world.dead = {PUBLIC_ADDRESS}
    outbound = _outbound(world)
    for _ in range(2):
        with pytest.raises(FetchFailed):
            outbound.get(URL, accept=[JSON])
    assert len(world.connected) == 1
    world.dead.clear()
    world.now += FORGET_SECONDS
    assert outbound.get(URL, accept=[JSON]).status == 200


def test_a_certificate_that_is_not_trusted_is_named_as_the_reason() -> None:
    world = _world()
    world.untrusted = {"a.example"}
    with pytest.raises(FetchFailed, match="certificate"):
        _outbound(world).get(URL, accept=[JSON])
    assert world.requests == []


def test_only_so_many_fetches_are_under_way_at_once() -> None:
    world = _world()
    outbound = _outbound(world)
    depth = 0
    step = 0.0

    def monotonic() -> float:
        world.now += step
        return world.now

    object.__setattr__(world.network, "monotonic", monotonic)

    def fetch_again(_: str) -> None:
        nonlocal depth, step
        depth += 1
        # All slots are taken now; let hardly any time be left to wait for one.
        step = TOTAL_SECONDS - 0.001 if depth == MAX_CONCURRENT else 0.0
        outbound.get(URL, accept=[JSON])

    world.on_resolve = fetch_again
    with pytest.raises(FetchFailed, match="under way"):
        outbound.get(URL, accept=[JSON])
    assert depth == MAX_CONCURRENT
    world.on_resolve, step = (lambda _: None), 0.0
    assert outbound.get(URL, accept=[JSON]).status == 200


@given(st.text(st.characters(codec="utf-8"), min_size=1, max_size=30))
@settings(max_examples=100)
def test_no_token_ends_its_header(token: str) -> None:
    world = _world()
    try:
        _outbound(world).get(URL, accept=[JSON], bearer=token)
    except FetchRefused:
        assert not (token.isascii() and token.isprintable() and token.strip() == token)
        return
    head = world.requests[0].decode("ascii").split("\r\n")
    assert f"Authorization: Bearer {token}" in head
    assert len(head) == 8


@pytest.mark.parametrize("value", ["a\r\nX: y", "a\nb", "a\0", "한", "a\x7f"])
def test_no_header_value_holds_a_control_character(value: str) -> None:
    outbound = _outbound(_world())
    with pytest.raises(FetchRefused):
        outbound.get(URL, accept=[JSON], headers={"If-Match": value})
    with pytest.raises(FetchRefused):
        outbound.post(URL, b"", content_type=value, accept=[JSON])


def _own(world: SimulatedNetwork) -> Outbound:
    app = Flask(__name__)

    @app.post("/echo")
    def echo() -> dict[str, str]:
        return {"a": request.form["a"], "token": request.headers["Authorization"]}

    @app.get("/page")
    def page() -> str:
        return "<p>"

    return Outbound(
        allowed=frozenset(),
        network=world.network,
        tls=TLS,
        own_origin=parse_origin(OWN),
        own_app=app,
    )


def test_our_own_origin_is_answered_without_a_socket() -> None:
    world = SimulatedNetwork()
    fetched = _own(world).post_form(f"{OWN}/echo", {"a": "한"}, bearer="t")
    assert json.loads(fetched.body) == {"a": "한", "token": "Bearer t"}
    assert world.connected == []


def test_the_rules_for_answers_hold_for_our_own() -> None:
    own = _own(SimulatedNetwork())
    with pytest.raises(FetchFailed):
        own.get(f"{OWN}/page", accept=[JSON])
    with pytest.raises(FetchFailed):
        own.get(f"{OWN}/page", accept=["text/html"], max_bytes=2)


@pytest.mark.parametrize("url", ["https://gwanin.example.evil.example/page", "https://b.example/"])
def test_another_origin_is_not_ours(url: str) -> None:
    with pytest.raises(FetchFailed):
        _own(SimulatedNetwork()).get(url, accept=["text/html"])


def test_our_own_host_by_another_scheme_or_port_is_not_ours() -> None:
    world = SimulatedNetwork()
    own = Outbound(
        allowed=parse_allow_list("gwanin.example:443"),
        network=world.network,
        tls=TLS,
        own_origin=parse_origin(f"{OWN}:8443"),
        own_app=Flask(__name__),
    )
    for url in ("http://gwanin.example:8443/", "https://gwanin.example/"):
        with pytest.raises(FetchFailed):
            own.get(url, accept=[JSON])
    assert own.get("https://gwanin.example:8443/", accept=[JSON]).status == 404


def test_our_own_host_may_be_inside_even_in_another_process() -> None:
    world = SimulatedNetwork()
    world.serve("localhost", answer(200, JSON, b"{}"), "127.0.0.1")
    origin = parse_origin("http://localhost:8000")
    own = Outbound(allowed=frozenset(), network=world.network, tls=TLS, own_origin=origin)
    assert own.get("http://localhost:8000/", accept=[JSON]).status == 200


def test_the_environment_names_no_authority(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", "/nowhere.pem")
    assert tls_context(None).get_ca_certs()


def test_an_extra_authority_comes_from_a_pem_file(tmp_path: Path) -> None:
    broken = tmp_path / "ca.pem"
    broken.write_text("no certificate")
    for path in (broken, tmp_path / "missing.pem"):
        with pytest.raises(SettingRefused):
            tls_context(path)
    assert TLS.check_hostname
    assert TLS.verify_mode is ssl.CERT_REQUIRED


ROOT = Path(__file__).parents[2]
WEB_CLIENTS = {"web/guarded_connection.py", "web/outbound.py", "web/own_app.py"}
# They have sockets or an event loop, and wait to be spoken to.
LISTENERS = {"city_services/seoul/listening.py", "web/whole_requests.py"}
REACHES_OUT = {
    "aiohttp", "asyncio", "ftplib", "h11", "http.client", "httpcore", "httpx", "requests",
    "smtplib", "socket", "socketserver", "urllib.request", "urllib3", "xmlrpc",
}  # fmt: skip


def _imports(path: Path) -> set[str]:
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    return found


def _reaches_out(path: Path) -> bool:
    return any(
        name == client or name.startswith(f"{client}.")
        for name in _imports(path)
        for client in REACHES_OUT
    )


def test_nothing_else_in_the_project_opens_connections() -> None:
    spared = ("tests", "demo", "benchmarks", ".venv", "build", "var")
    sources = [path for path in ROOT.rglob("*.py") if path.relative_to(ROOT).parts[0] not in spared]
    reaching = {path.relative_to(ROOT).as_posix() for path in sources if _reaches_out(path)}
    assert reaching == WEB_CLIENTS | LISTENERS


def test_what_the_command_lines_use_starts_without_flask() -> None:
    names = ("outbound", "qr", "origin", "problem_rows")
    program = "; ".join([*(f"import web.{name}" for name in names), "import sys"])
    program += "; sys.exit(any(name in sys.modules for name in ('flask', 'werkzeug')))"
    assert subprocess.run([sys.executable, "-c", program], cwd=ROOT, check=False).returncode == 0
