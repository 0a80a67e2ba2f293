"""The door of a served application: a request goes in when the whole of it is here.

    socket ──> WholeRequests (event loop: waits, counts, gives up) ──> a thread ──> WSGI application

A thread that waits for a sender is lost to everybody else, and 64 silent senders would be all of
them. So nothing but the event loop waits, for a bounded time and for a bounded number of senders.
What is wrong with a request is not answered here: it goes in with its refusal in place of its
body, and its address refuses it in its own dialect.
"""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator, MutableMapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import partial
from io import BytesIO
from typing import TYPE_CHECKING, Any, Final

from credentials.errors import Error, Malformed
from web.bodies import BODY_REFUSED, BODY_SECONDS, MAX_IMPORT_BYTES, MAX_PRESENTATION_BYTES
from web.errors import BodyTooLarge, BodyTooSlow, ServerBusy, TooManyRequests
from web.flood import client_network
from web.request_head import HEAD_REFUSED
from web.wsgi_call import Answer, build_environ, call

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication, WSGIEnvironment

Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]

THREADS: Final = 64  # of a worker; few are in the database at one time, some wait for other servers
MAX_SENT_BYTES: Final = MAX_IMPORT_BYTES + 64 * 1024  # the largest file, and the form around it


@dataclass(frozen=True, slots=True, kw_only=True)
class Patience:
    """For whom a worker waits, and how long.

    body_seconds: for one whole body. senders: at one time; senders_a_client: of them, from one
    address, None for no bound. large: of them, with more than a presentation's size; 20 MiB each;
    large_a_client: of those, from one address.
    """

    body_seconds: float = BODY_SECONDS
    senders: int = 384
    senders_a_client: int | None = 128  # a counter's one address has fewer people behind it
    large: int = 4
    large_a_client: int = 2


class WholeRequests:
    """A WSGI application as an ASGI one that no slow or silent sender keeps from the others."""

    def __init__(
        self, app: "WSGIApplication", *, trusted_proxies: int, patience: Patience = Patience()
    ) -> None:
        self._app = app
        self._trusted_proxies = trusted_proxies
        self._patience = patience
        self._threads = ThreadPoolExecutor(THREADS)
        # Touched by the event loop alone, so they need no lock.
        self._senders: Counter[str] = Counter()
        self._large: Counter[str] = Counter()

    async def __call__(self, scope: dict[str, Any], receive: Receive, send: Send) -> None:
        """Answer one request."""
        environ = build_environ(scope)
        if any(b"_" in name for name, _ in scope["headers"]):
            environ[HEAD_REFUSED] = Malformed("a header field's name has no underscore here")
        elif _has_body(scope, environ):
            try:
                environ["wsgi.input"] = BytesIO(await self._body(environ, receive))
            except Error as error:
                environ[BODY_REFUSED] = error
        loop = asyncio.get_running_loop()
        answer = await loop.run_in_executor(self._threads, partial(call, self._app, environ))
        await _send(send, answer, is_last=_is_last(scope, environ))

    async def _body(self, environ: "WSGIEnvironment", receive: Receive) -> bytes:
        """The whole body.

        Raises ServerBusy, TooManyRequests, BodyTooLarge, BodyTooSlow, or Malformed if it ends
        before its end.
        """
        client = client_network(
            environ["REMOTE_ADDR"], environ.get("HTTP_X_FORWARDED_FOR", ""), self._trusted_proxies
        )
        _check_announced(environ.get("CONTENT_LENGTH", ""))
        with self._place(client), ExitStack() as places:
            try:
                async with asyncio.timeout(self._patience.body_seconds):
                    return await self._chunks(receive, places, client)
            except TimeoutError as error:
                seconds = f"{self._patience.body_seconds:g}"
                raise BodyTooSlow(f"a body arrives within {seconds} seconds") from error

    async def _chunks(self, receive: Receive, places: ExitStack, client: str) -> bytes:
        body, more, is_large = bytearray(), True, False
        while more:
            message = await receive()
            if message["type"] != "http.request":
                # The sender has gone, or a chunk of the body is none.
                raise Malformed("the body ended before its end")
            body += message.get("body", b"")
            more = message.get("more_body", False)
            if len(body) > MAX_SENT_BYTES:
                raise _too_large()
            if len(body) > MAX_PRESENTATION_BYTES and not is_large:
                places.enter_context(self._large_place(client))
                is_large = True
        return bytes(body)

    @contextmanager
    def _place(self, client: str) -> Iterator[None]:
        bound = self._patience.senders_a_client
        if bound is not None and self._senders[client] >= bound:
            raise TooManyRequests("too many unfinished requests from one address", retry_after=1)
        if self._senders.total() >= self._patience.senders:
            raise ServerBusy("too many unfinished requests")
        with _counted(self._senders, client):
            yield

    @contextmanager
    def _large_place(self, client: str) -> Iterator[None]:
        if self._large[client] >= self._patience.large_a_client:
            raise TooManyRequests(
                "too many large files at one time from one address", retry_after=1
            )
        if self._large.total() >= self._patience.large:
            raise ServerBusy("too many large files at one time")
        with _counted(self._large, client):
            yield


@contextmanager
def _counted(counter: Counter[str], client: str) -> Iterator[None]:
    counter[client] += 1
    try:
        yield
    finally:
        counter[client] -= 1
        if not counter[client]:
            del counter[client]


def _has_body(scope: dict[str, Any], environ: "WSGIEnvironment") -> bool:
    """Whether there may be one; from HTTP/2 on, a body needs no field that announces it."""
    announced = "CONTENT_LENGTH" in environ or "HTTP_TRANSFER_ENCODING" in environ
    return announced or not scope["http_version"].startswith("1")


def _check_announced(length: str) -> None:
    if length.isdecimal() and int(length) > MAX_SENT_BYTES:
        raise _too_large()


def _too_large() -> BodyTooLarge:
    return BodyTooLarge(f"a body has at most {MAX_SENT_BYTES} bytes")


def _is_last(scope: dict[str, Any], environ: "WSGIEnvironment") -> bool:
    """Whether what is left of the body would be taken for the next request."""
    return scope["http_version"].startswith("1") and BODY_REFUSED in environ


async def _send(send: Send, answer: Answer, *, is_last: bool) -> None:
    headers = [*answer.headers, (b"connection", b"close")] if is_last else answer.headers
    await send({"type": "http.response.start", "status": answer.status, "headers": headers})
    await send({"type": "http.response.body", "body": answer.body})
