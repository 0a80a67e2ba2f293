"""A city whose servers do not keep to what they are: answers are changed on their way.

server = DishonestServer(city)
server.answer("/token", 400, {"error": "invalid_grant"})
server.rewrite("/credential", lambda body: {**body, "credentials": []})
receive(link, server.connection(), …)
server.asked                           # [("GET", "/.well-known/…"), ("POST", "/…/token"), …]
"""

import json
from collections.abc import Callable, Iterable
from io import BytesIO
from typing import TYPE_CHECKING, Any, Final

from did_registry.actions.connect import Connection
from did_registry.actions.follow import Freshness, RegistryFollower
from did_registry.actions.foreign_dids import ForeignDids
from tests.simulators.city import SimulatedCity
from web.guarded_connection import system_network
from web.outbound import Outbound, tls_context

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

JSON: Final = "application/json"


class DishonestServer:
    """The application of a city, between it and whoever connects here.

    asked: method and path of every request for something else than the registry's log;
    bodies: path and body of every POST; on_answer: called with the path of every
    request after its answer.
    """

    def __init__(self, city: SimulatedCity) -> None:
        self._city = city
        self._answers: dict[str, tuple[int, bytes, str]] = {}
        self._rewrites: dict[str, Callable[[Any], Any]] = {}
        self.asked: list[tuple[str, str]] = []
        self.bodies: list[tuple[str, bytes]] = []
        self.on_answer: Callable[[str], None] = lambda _: None

    def answer(self, end: str, status: int, body: Any, content_type: str = JSON) -> None:
        """Answer requests to paths with this end by a document, which is not asked for at all."""
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        self._answers[end] = (status, data, content_type)

    def rewrite(self, end: str, change: Callable[[Any], Any]) -> None:
        """Pass the JSON that is answered to requests with this end through a function."""
        self._rewrites[end] = change

    def connection(self) -> Connection:
        """A registry and a network as a wallet has them, but for what is changed here."""
        outbound = Outbound(
            allowed=frozenset(),
            network=system_network(),
            tls=tls_context(None),
            own_origin=self._city.city.settings.addresses.public_url,
            own_app=self,
        )
        anchor = self._city.city.anchor
        return Connection(
            anchor=anchor,
            follower=RegistryFollower(anchor, outbound, Freshness()),
            elsewhere=ForeignDids(outbound),
            outbound=outbound,
            clock=self._city.clock,
        )

    def __call__(
        self, environ: "WSGIEnvironment", start_response: "StartResponse"
    ) -> Iterable[bytes]:
        """WSGI."""
        path = environ["PATH_INFO"]
        if not path.startswith("/log/"):
            self.asked.append((environ["REQUEST_METHOD"], path))
        if environ["REQUEST_METHOD"] == "POST":
            self.bodies.append((path, environ["wsgi.input"].read()))
            environ["wsgi.input"] = BytesIO(self.bodies[-1][1])
        answer = self._respond(path, environ, start_response)
        self.on_answer(path)
        return answer

    def _respond(
        self, path: str, environ: "WSGIEnvironment", start_response: "StartResponse"
    ) -> Iterable[bytes]:
        for end, (status, body, content_type) in self._answers.items():
            if path.endswith(end):
                start_response(f"{status} Any", [("Content-Type", content_type)])
                return [body]
        for end, change in self._rewrites.items():
            if path.endswith(end):
                return self._rewritten(environ, start_response, change)
        return self._city.app(environ, start_response)

    def _rewritten(
        self,
        environ: "WSGIEnvironment",
        start_response: "StartResponse",
        change: Callable[[Any], Any],
    ) -> Iterable[bytes]:
        started: list[Any] = []

        def begin(*arguments: Any) -> Any:
            started.append(arguments)
            return lambda _: None

        body = b"".join(self._city.app(environ, begin))
        status, headers = started[0][:2]
        kept = [(name, value) for name, value in headers if name.lower() != "content-length"]
        start_response(status, kept)
        return [json.dumps(change(json.loads(body))).encode()]
