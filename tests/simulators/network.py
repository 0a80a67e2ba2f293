"""Other people's servers, without sockets: names, addresses, answers, and a clock that we move.

network = SimulatedNetwork()
network.serve("issuer.example", answer(200, "application/json", b"{}"))
outbound = Outbound(allowed=frozenset(), network=network.network, tls=tls_context(None))
outbound.get("https://issuer.example/offer", accept=["application/json"])
network.requests[0]    # the bytes that were sent
network.connected      # [("93.184.216.34", 443)]
"""

import ssl
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import httpcore

from web.guarded_connection import Network

PUBLIC_ADDRESS = "93.184.216.34"


def answer(status: int, content_type: str, body: bytes, *headers: str) -> list[bytes]:
    """One HTTP answer as a server sends it, in one piece; it ends by its Content-Length."""
    lines = [f"HTTP/1.1 {status} Any", f"Content-Type: {content_type}", *headers]
    head = "\r\n".join([*lines, f"Content-Length: {len(body)}", "", ""])
    return [head.encode("latin-1") + body]


class SimulatedNetwork:
    """A network in which `serve` adds a server; `now` is its time in seconds.

    names: host → addresses; others can't be resolved. dead: addresses where nobody answers.
    untrusted: names whose certificate TLS refuses; tls_names: those that it has verified.
    seconds_per_read: how long every read takes.
    """

    def __init__(self) -> None:
        self.now = 1000.0
        self.names: dict[str, list[str]] = {}
        self.answers: dict[str, list[bytes]] = {}
        self.dead: set[str] = set()
        self.untrusted: set[str] = set()
        self.seconds_per_read = 0.0
        self.connected: list[tuple[str, int]] = []
        self.waited: list[float] = []
        self.requests: list[bytes] = []
        self.tls_names: list[str | None] = []
        self.on_resolve: Callable[[str], None] = lambda _: None
        self.network = Network(
            resolve=self._resolve, backend=_Backend(self), monotonic=lambda: self.now
        )

    def serve(self, host: str, pieces: Iterable[bytes], address: str = PUBLIC_ADDRESS) -> None:
        """Let this host, at this address, answer every request with these pieces."""
        self.names[host] = [address]
        self.answers[address] = list(pieces)

    def _resolve(self, host: str, port: int, seconds: float) -> Sequence[str]:
        self.on_resolve(host)
        if host not in self.names:
            raise OSError("no such name")
        return self.names[host]


class _Backend(httpcore.NetworkBackend):
    def __init__(self, world: SimulatedNetwork) -> None:
        self._world = world

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        assert timeout is not None
        self._world.connected.append((host, port))
        self._world.waited.append(timeout)
        if host in self._world.dead:
            self._world.now += timeout
            raise httpcore.ConnectTimeout("nobody there")
        return _Stream(self._world, list(self._world.answers[host]))


class _Stream(httpcore.NetworkStream):
    def __init__(self, world: SimulatedNetwork, pieces: list[bytes]) -> None:
        self._world = world
        self._pieces = pieces
        self._sent = bytearray()

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        assert timeout is not None
        if self._sent:
            self._world.requests.append(bytes(self._sent))
            self._sent.clear()
        if self._world.seconds_per_read > timeout:
            self._world.now += timeout
            raise httpcore.ReadTimeout("too slow")
        self._world.now += self._world.seconds_per_read
        return self._pieces.pop(0) if self._pieces else b""

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        assert timeout is not None
        self._sent += buffer

    def close(self) -> None:
        self._pieces.clear()

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,
    ) -> httpcore.NetworkStream:
        assert timeout is not None
        assert ssl_context.check_hostname
        assert ssl_context.verify_mode is ssl.CERT_REQUIRED
        if server_hostname in self._world.untrusted:
            try:
                raise ssl.SSLCertVerificationError("not trusted")
            except ssl.SSLError as refusal:
                raise httpcore.ConnectError(refusal) from refusal
        self._world.tls_names.append(server_hostname)
        return self

    def get_extra_info(self, info: str) -> Any:
        return None
