"""The door, with an event loop but no socket; real servers are in tests/faults."""

import asyncio
from collections.abc import Sequence
from typing import Any

from flask import Flask, request

from credentials.errors import Error
from tests.simulators.event_loop import run
from tests.web.test_wsgi_call import scope
from web.bodies import FORM, MAX_PRESENTATION_BYTES, bound_bodies, read_body
from web.origin import parse_origin
from web.request_head import check_heads
from web.whole_requests import MAX_SENT_BYTES, Patience, WholeRequests

MESSAGE = {"type": "http.request", "body": b"", "more_body": True}
GONE = {"type": "http.disconnect"}


def chunk(body: bytes, *, more: bool) -> dict[str, Any]:
    return {**MESSAGE, "body": body, "more_body": more}


DEFAULT = Patience()


def door(patience: Patience = DEFAULT, trusted_proxies: int = 0) -> WholeRequests:
    app = Flask(__name__)
    bound_bodies(app, lambda: 0.0)
    check_heads(app, parse_origin("https://gwanin.example"))
    app.register_error_handler(Error, lambda error: (error.code, 400))

    @app.post("/")
    def size() -> str:
        return str(len(read_body(FORM, MAX_SENT_BYTES)))

    @app.get("/")
    def path() -> str:
        return request.path

    return WholeRequests(app, trusted_proxies=trusted_proxies, patience=patience)


class Sender:
    """One request: its messages come one by one; then it is silent."""

    def __init__(self, messages: Sequence[dict[str, Any]], *fields: tuple[bytes, bytes]) -> None:
        self._messages = list(messages)
        self._fields = fields
        self.more = asyncio.Event()
        self.sent: list[dict[str, Any]] = []

    async def receive(self) -> dict[str, Any]:
        if not self._messages:
            await self.more.wait()
            return chunk(b"z", more=False)
        return self._messages.pop(0)

    async def send(self, message: dict[str, Any]) -> None:
        self.sent.append(message)

    async def ask(self, at: WholeRequests, **changes: Any) -> str:
        headers = [
            (b"host", b"gwanin.example"),
            (b"content-type", FORM.encode()),
            (b"transfer-encoding", b"chunked"),
            *self._fields,
        ]
        await at(scope(raw_path=b"/", headers=headers, **changes), self.receive, self.send)
        body: bytes = self.sent[1]["body"]
        return body.decode()

    @property
    def is_last(self) -> bool:
        return (b"connection", b"close") in self.sent[0]["headers"]


def ask(sender: Sender, at: WholeRequests | None = None, **changes: Any) -> str:
    return run(sender.ask(at or door(), **changes))


def test_a_body_in_several_chunks_goes_in_whole() -> None:
    sender = Sender([chunk(b"abc", more=True), chunk(b"", more=True), chunk(b"de", more=False)])
    assert ask(sender) == "5"
    assert not sender.is_last


def test_a_request_without_a_body_waits_for_none() -> None:
    sender = Sender([])

    async def get() -> None:
        headers = [(b"host", b"gwanin.example")]
        await door()(
            scope(method="GET", raw_path=b"/", headers=headers), sender.receive, sender.send
        )

    run(get())
    assert sender.sent[1]["body"] == b"/"


def test_a_silent_sender_is_given_up() -> None:
    sender = Sender([chunk(b"abc", more=True)])
    assert ask(sender, door(Patience(body_seconds=0))) == "body-too-slow"
    assert sender.is_last


def test_a_body_that_breaks_off_is_not_taken_for_whole() -> None:
    assert ask(Sender([chunk(b"abc", more=True), GONE])) == "malformed"


def test_a_connection_of_http_2_outlives_a_refusal() -> None:
    sender = Sender([chunk(b"abc", more=True), GONE])
    assert ask(sender, http_version="2") == "malformed"
    assert not sender.is_last


def test_a_body_has_a_bound_whether_announced_or_not() -> None:
    half = bytes(MAX_SENT_BYTES // 2)
    sent = [chunk(half, more=True), chunk(half, more=True)]
    assert ask(Sender([*sent, chunk(b"", more=False)])) == str(MAX_SENT_BYTES)
    assert ask(Sender([*sent, chunk(b"a", more=True)])) == "body-too-large"
    announced = (b"content-length", str(MAX_SENT_BYTES + 1).encode())
    assert ask(Sender([], announced)) == "body-too-large"


def test_a_field_with_an_underscore_refuses_the_request() -> None:
    assert ask(Sender([], (b"sec_fetch_site", b"same-origin"))) == "malformed"


def with_waiting(at: WholeRequests, waiting: Sender, other: Sender, client: str) -> list[str]:
    """What the other is told while the first is still sending, the first, and the other again."""

    async def both() -> list[str]:
        first = asyncio.create_task(waiting.ask(at))
        for _ in range(5):
            await asyncio.sleep(0)
        told = await other.ask(at, client=(client, "1"))
        waiting.more.set()
        said = await first
        return [told, said, await Sender([chunk(b"a", more=False)]).ask(at)]

    return run(both())


def half_sent() -> Sender:
    return Sender([chunk(b"abc", more=True)])


def test_senders_are_bounded_for_each_client_and_for_all() -> None:
    def told(patience: Patience, client: str) -> list[str]:
        other = Sender([chunk(b"a", more=False)])
        return with_waiting(door(patience), half_sent(), other, client)

    assert told(Patience(senders_a_client=1), "192.0.2.1") == ["too-many-requests", "4", "1"]
    assert told(Patience(senders_a_client=1), "192.0.2.2") == ["1", "4", "1"]
    assert told(Patience(senders_a_client=None), "192.0.2.1") == ["1", "4", "1"]
    assert told(Patience(senders=1), "192.0.2.2") == ["server-busy", "4", "1"]


def test_behind_a_proxy_the_client_is_whom_the_proxy_names() -> None:
    at = door(Patience(senders_a_client=1), trusted_proxies=1)
    other = Sender([chunk(b"a", more=False)], (b"x-forwarded-for", b"192.0.2.77"))
    assert with_waiting(at, half_sent(), other, "192.0.2.1") == ["1", "4", "1"]


def test_one_address_has_not_all_the_places_of_large_bodies() -> None:
    large = bytes(MAX_PRESENTATION_BYTES + 1)
    size = str(len(large) + 1)

    def told(client: str) -> list[str]:
        at = door(Patience(large=4, large_a_client=1))
        waiting = Sender([chunk(large, more=True)])
        return with_waiting(at, waiting, Sender([chunk(large, more=False)]), client)

    assert told("192.0.2.1") == ["too-many-requests", size, "1"]
    assert told("192.0.2.2") == [str(len(large)), size, "1"]


def test_large_bodies_are_few_at_one_time() -> None:
    large = bytes(MAX_PRESENTATION_BYTES + 1)
    at = door(Patience(large=1))
    other = Sender([chunk(large, more=False)])
    size = str(len(large) + 1)
    waiting = Sender([chunk(large, more=True)])
    assert with_waiting(at, waiting, other, "192.0.2.2") == ["server-busy", size, "1"]
