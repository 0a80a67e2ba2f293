"""The address that a server listens on: one server has it alone, or does not start.

The server's own sockets are shared by its workers (SO_REUSEPORT), so the system would let a second
city join them, and give each of the two a part of the other's requests.
"""

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from city_services.seoul.errors import AddressUnavailable

# In Linux's abstract namespace: nothing is left behind, however the process ends.
_LOCK: Final = "\0gwanin-serve-{port}"


@contextmanager
def held_address(host: str, port: int) -> Iterator[None]:
    """Keep a port from every other `gwanin serve` while the block runs.

    Raises AddressUnavailable if somebody listens there, or this machine has no such address.
    """
    with socket.socket(socket.AF_UNIX) as lock:
        try:
            lock.bind(_LOCK.format(port=port))
        except OSError as error:
            raise AddressUnavailable(f"another city is served on port {port}") from error
        _check_free(host, port)
        yield


def _check_free(host: str, port: int) -> None:
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        with socket.socket(family, kind, protocol) as probe:
            # Connections of a server that has ended do not stand in the way, a listener does.
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
    except OSError as error:
        raise AddressUnavailable(f"{host}:{port}: {error.strerror}") from error
