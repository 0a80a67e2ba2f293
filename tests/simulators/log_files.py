"""A registry's public files, served from a log in memory; a test bends them as it likes.

files = LogFiles(log)
follower = RegistryFollower(log.anchor, files.outbound(), Freshness())
files.down = True                                  # nobody answers any more
files.served["/log/checkpoint"] = old_note         # a stale cache
files.asked                                        # the paths that were fetched, in order
"""

import threading
from collections.abc import Iterable
from typing import TYPE_CHECKING

from did_registry.tlog.tiles import Bundle, encode_bundle, parse_path
from tests.simulators.network import SimulatedNetwork
from tests.simulators.registry_log import URL, RegistryLog
from web.origin import parse_origin
from web.outbound import Outbound, tls_context

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment


class LogFiles:
    """A WSGI application. signed: how many leaves the head covers, None for all.

    served: path → body in place of the honest one; statuses: path → HTTP status.
    """

    def __init__(self, log: RegistryLog) -> None:
        self.log = log
        self.signed: int | None = None
        self.down = False
        self.served: dict[str, bytes] = {}
        self.statuses: dict[str, int] = {}
        self.asked: list[str] = []
        self._lock = threading.Lock()

    def outbound(self) -> Outbound:
        """A fetcher to which this is the server at the log's address."""
        return Outbound(
            allowed=frozenset(),
            network=SimulatedNetwork().network,
            tls=tls_context(None),
            own_origin=parse_origin(URL),
            own_app=self,
        )

    def __call__(
        self, environ: "WSGIEnvironment", start_response: "StartResponse"
    ) -> Iterable[bytes]:
        path = str(environ["PATH_INFO"])
        with self._lock:
            self.asked.append(path)
        status = 503 if self.down else self.statuses.get(path, 200)
        kind = "text/plain" if path == "/log/checkpoint" else "application/octet-stream"
        start_response(f"{status} Any", [("Content-Type", kind)])
        return [self.served[path] if path in self.served else self._honest(path)]

    def _honest(self, path: str) -> bytes:
        if path == "/log/checkpoint":
            return self.log.note(self.signed)
        asked = parse_path(path.removeprefix("/log/"))
        assert isinstance(asked, Bundle)
        start = asked.index * 256
        return encode_bundle(self.log.leaves[start : start + asked.width])
