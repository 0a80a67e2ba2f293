"""Connections that keep the guard's rules: resolved once, every address checked, one deadline.

The check and the connection use the same answer of the resolver, so a name that changes its
address in between (DNS rebinding) gains nothing; TLS still verifies the *name*.
"""

import queue
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

import httpcore

from web.errors import FetchRefused
from web.fetch_guard import Destination, check_addresses

CONNECT_SECONDS: Final = 2.0  # TCP and TLS together
TOTAL_SECONDS: Final = 5.0  # from the resolver's question to the last byte of the body

Monotonic: TypeAlias = "Callable[[], float]"

# (host, port, seconds) → addresses in the order to try; raises OSError.
Resolver: TypeAlias = "Callable[[str, int, float], Sequence[str]]"


@dataclass(frozen=True, slots=True, kw_only=True)
class Network:
    """What stands between us and the world; tests put their own in its place."""

    resolve: Resolver
    backend: httpcore.NetworkBackend
    monotonic: Monotonic


def system_network() -> Network:
    """The network of this machine."""
    return Network(resolve=_resolve, backend=httpcore.SyncBackend(), monotonic=time.monotonic)


class Deadline:
    """The moment by which one fetch must be over; it never moves."""

    __slots__ = ("_end", "_monotonic")

    def __init__(self, monotonic: Monotonic, seconds: float) -> None:
        self._monotonic = monotonic
        self._end = monotonic() + seconds

    def left(self) -> float:
        """Seconds until then, above 0. Raises httpcore.TimeoutException when it has passed."""
        left = self._end - self._monotonic()
        if left <= 0:
            raise httpcore.TimeoutException("the time for one fetch is over")
        return left


class GuardedBackend(httpcore.NetworkBackend):
    """Connects to one checked destination, and to nothing else."""

    def __init__(self, destination: Destination, network: Network, total: Deadline) -> None:
        self._destination = destination
        self._network = network
        self._total = total

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ARG002 - our deadlines rule
        local_address: str | None = None,  # noqa: ARG002
        socket_options: Iterable[Any] | None = None,  # noqa: ARG002
    ) -> httpcore.NetworkStream:
        """A stream to the first checked address that answers.

        Raises FetchRefused, httpcore.ConnectError or httpcore.TimeoutException.
        """
        if (host, port) != (self._destination.host, self._destination.port):
            # Two readers of one URL that see two hosts are an attack on the guard.
            raise FetchRefused("the URL can be read in more than one way")
        seconds = min(CONNECT_SECONDS, self._total.left())
        connecting = Deadline(self._network.monotonic, seconds)
        addresses = check_addresses(self._addresses(connecting), self._destination)
        stream = self._first_answering(addresses, connecting)
        return _TimedStream(stream, connecting, self._total)

    def _addresses(self, connecting: Deadline) -> Sequence[str]:
        try:
            return self._network.resolve(
                self._destination.host, self._destination.port, connecting.left()
            )
        except OSError as error:
            raise httpcore.ConnectError("the name could not be resolved") from error

    def _first_answering(
        self, addresses: Sequence[str], connecting: Deadline
    ) -> httpcore.NetworkStream:
        *others, last = addresses
        for position, address in enumerate(others):
            # A dead first address must leave time for the ones after it.
            share = connecting.left() / (len(addresses) - position)
            with suppress(httpcore.ConnectError, httpcore.ConnectTimeout):
                return self._connect(address, share)
        return self._connect(last, connecting.left())

    def _connect(self, address: str, seconds: float) -> httpcore.NetworkStream:
        return self._network.backend.connect_tcp(address, self._destination.port, timeout=seconds)


class _TimedStream(httpcore.NetworkStream):
    """A stream on which every step is cut off by the fetch's one deadline.

    A timeout for each read alone would let a server send one byte a second for ever.
    """

    def __init__(
        self, stream: httpcore.NetworkStream, connecting: Deadline, total: Deadline
    ) -> None:
        self._stream = stream
        self._connecting = connecting
        self._total = total

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:  # noqa: ARG002
        return self._stream.read(max_bytes, self._total.left())

    def write(self, buffer: bytes, timeout: float | None = None) -> None:  # noqa: ARG002
        self._stream.write(buffer, self._total.left())

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,  # noqa: ARG002
    ) -> httpcore.NetworkStream:
        secured = self._stream.start_tls(ssl_context, server_hostname, self._connecting.left())
        return _TimedStream(secured, self._connecting, self._total)

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)


def _resolve(host: str, port: int, seconds: float) -> Sequence[str]:
    """Ask the system's resolver, which knows no deadline of its own: a thread waits for it."""
    answers: queue.SimpleQueue[Sequence[str] | OSError] = queue.SimpleQueue()

    def ask() -> None:
        try:
            found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
            answers.put([str(entry[4][0]) for entry in found])
        except OSError as error:
            answers.put(error)

    threading.Thread(target=ask, daemon=True).start()
    try:
        answer = answers.get(timeout=seconds)
    except queue.Empty as error:
        raise TimeoutError("the resolver did not answer in time") from error
    if isinstance(answer, OSError):
        raise answer
    return answer
