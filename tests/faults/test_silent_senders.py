"""Senders who stop half way, at a real server: they cost nobody else an answer."""

import asyncio
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace

import httpx
import pytest
from flask import Flask
from granian.constants import Interfaces
from granian.server.embed import Server

from demo.city import Place, place, served
from tests.faults.sizes import SILENT_SENDERS
from tests.flows.test_demo import free_port
from tests.simulators.half_sent import exchange, head, read_to_end, sender
from web.bodies import FORM, read_form
from web.install import WebSettings, install
from web.origin import parse_origin
from web.whole_requests import Patience, WholeRequests

FORM_FIELD = f"Content-Type: {FORM}"
SOON = 5.0  # seconds, on a busy machine; a server without threads does not answer at all


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory) -> Place:
    folder = tmp_path_factory.mktemp("silent") / "var"
    made = place(port=free_port(), workers=2, data_dir=folder, database_url=None)
    made.run(["gwanin", "seed"])
    # One worker may be there before the other and get all senders, more than one address may have.
    return replace(made, environment={**made.environment, "GWANIN_RATE_LIMITS": "off"})


def test_half_sent_bodies_do_not_stop_the_city(city: Place) -> None:
    half = head("/issuers/GU-11620/token", FORM_FIELD, "Content-Length: 100") + b"abc"
    with served(city), ExitStack() as senders:
        for _ in range(int(SILENT_SENDERS)):
            senders.enter_context(sender(city.port, half))
        for _ in range(6):  # both workers
            assert httpx.get(f"{city.url}/healthz", timeout=SOON).status_code == 200
            refused = httpx.post(
                f"{city.url}/issuers/GU-11620/token", data={"grant_type": "x"}, timeout=SOON
            )
            assert refused.json()["error"] == "unsupported_grant_type"


@contextmanager
def door(patience: Patience) -> Iterator[int]:
    """A small application behind the door, at a real server on the port that is yielded."""
    app, port = Flask(__name__), free_port()
    url = parse_origin(f"http://localhost:{port}")
    settings = WebSettings(public_url=url, trusted_proxies=0, rate_limits=True)
    install(app, settings, time.monotonic)

    @app.post("/form")
    def form() -> dict[str, object]:
        return dict(read_form(1000).members)

    server = Server(
        WholeRequests(app, trusted_proxies=0, patience=patience),
        address="127.0.0.1",
        port=port,
        interface=Interfaces.ASGINL,
        websockets=False,
        log_enabled=False,
    )
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_until_complete, args=(server.serve(),))
    thread.start()
    try:
        _wait_for(port)
        yield port
    finally:
        loop.call_soon_threadsafe(server.stop)
        thread.join()
        loop.close()


def _wait_for(port: int) -> None:
    end = time.monotonic() + 20
    while time.monotonic() < end:
        try:
            httpx.get(f"http://localhost:{port}/", timeout=2)
        except httpx.TransportError:
            time.sleep(0.02)
        else:
            return
    raise AssertionError("the server did not start")


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    with door(Patience(body_seconds=0.5)) as at:
        yield at


def form_head(port: int, *fields: str) -> bytes:
    return head("/form", FORM_FIELD, *fields, host=f"localhost:{port}")


def status(answer: bytes) -> int:
    return int(answer.split(b" ", 2)[1])


def test_a_sender_who_stops_is_answered_and_cut_off(port: int) -> None:
    answer = exchange(port, form_head(port, "Content-Length: 10") + b"a=1")
    assert status(answer) == 408
    assert b'"body-too-slow"' in answer
    assert b"connection: close" in answer.lower()


def test_a_body_that_trickles_is_cut_off(port: int) -> None:
    with sender(port, form_head(port, "Content-Length: 3000")) as connection:
        connection.settimeout(0.05)
        for _ in range(100):
            connection.sendall(b"a")
            try:
                said = connection.recv(100)
            except TimeoutError:
                continue
            break
        assert status(said) == 408


def test_a_chunk_that_is_none_does_not_end_a_body(port: int) -> None:
    chunked = form_head(port, "Transfer-Encoding: chunked", "Connection: close") + b"3\r\na=1\r\n"
    whole = exchange(port, chunked + b"0\r\n\r\n")
    assert status(whole) == 200
    assert whole.endswith(b'{"a":"1"}\n')
    broken = exchange(port, chunked + b"zz\r\n")
    assert status(broken) == 400
    assert b'"malformed"' in broken


def test_a_name_with_an_underscore_overwrites_no_field(port: int) -> None:
    fields = ("Content-Length: 3", "Connection: close")
    assert status(exchange(port, form_head(port, *fields) + b"a=1")) == 200
    for name in ("X_Forwarded_For", "Sec_Fetch_Site", "Content_Type"):
        answer = exchange(port, form_head(port, *fields, f"{name}: x") + b"a=1")
        assert status(answer) == 400
        assert b'"malformed"' in answer


def test_a_request_that_follows_on_the_same_connection_is_answered(port: int) -> None:
    url = f"http://localhost:{port}/form"
    with httpx.Client(limits=httpx.Limits(max_connections=1)) as client:
        for value in ("1", "2", "한"):
            assert client.post(url, data={"a": value}).json() == {"a": value}


def test_one_address_has_a_bounded_number_of_unfinished_requests() -> None:
    with door(Patience(body_seconds=30, senders_a_client=2)) as port, ExitStack() as senders:
        half = form_head(port, "Content-Length: 10") + b"a=1"
        waiting = [senders.enter_context(sender(port, half)) for _ in range(2)]
        answer = _until_refused(port, half)
        assert status(answer) == 429
        assert b"retry-after: 1\r\n" in answer.lower()
        for connection in waiting:
            connection.sendall(b"&b=2345")
        assert status(waiting[0].recv(100)) == 200
        whole = form_head(port, "Content-Length: 3", "Connection: close") + b"a=1"
        assert status(exchange(port, whole)) == 200


def _until_refused(port: int, half: bytes) -> bytes:
    """The two that wait may not have been seen yet when the third comes."""
    with sender(port, half) as third:
        third.settimeout(1)
        try:
            return read_to_end(third)
        except TimeoutError:
            return exchange(port, half)
