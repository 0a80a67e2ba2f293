"""Our own application, called without a socket when a URL turns out to be ours."""

import threading
from contextvars import Context
from typing import TYPE_CHECKING, Final
from urllib.parse import unquote_to_bytes

import httpx

from web.errors import FetchRefused

if TYPE_CHECKING:
    from collections.abc import Iterable

    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

# A page asks the relay, the relay an issuer, the issuer the registry; more is a loop.
MAX_DEPTH: Final = 4

# Set in the WSGI environment of a request from our own process; no client can set it, because
# what a client sends arrives as HTTP_… there.
OWN_CALL: Final = "gwanin.own_call"


class OwnApp:
    """An application of this process, as one more server to talk to."""

    def __init__(self, app: "WSGIApplication") -> None:
        self._app = app
        self._calls = threading.local()

    def answer(self, request: httpx.Request) -> httpx.Response:
        """What the application answers, its body unread; the caller closes it.

        Raises FetchRefused when the application keeps calling itself.
        """
        depth: int = getattr(self._calls, "depth", 0)
        if depth == MAX_DEPTH:
            raise FetchRefused("our own addresses lead to each other in a loop")
        self._calls.depth = depth + 1
        try:
            return httpx.WSGITransport(self._prepared(request)).handle_request(request)
        finally:
            self._calls.depth = depth

    def _prepared(self, request: httpx.Request) -> "WSGIApplication":
        """The application, with what the transport leaves undone."""
        path = unquote_to_bytes(request.url.raw_path.partition(b"?")[0]).decode("latin-1")

        def application(
            environ: "WSGIEnvironment", start_response: "StartResponse"
        ) -> "Iterable[bytes]":
            # PEP 3333 wants the path's bytes as Latin-1; the transport gives decoded text, on which
            # any path with a Korean letter would fail inside the framework.
            inner = {**environ, "PATH_INFO": path, OWN_CALL: True}
            # In an empty context the inner request cannot see the outer one: Flask would share `g`,
            # and with it the body that was read, between two requests to the same application.
            return Context().run(self._app, inner, start_response)

        return application
