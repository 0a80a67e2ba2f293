"""Requests as bytes, from senders who stop half way: no HTTP library would send them.

with sender(port, head("/issuers/GU-11620/token", "Content-Length: 100") + b"abc") as connection:
    ...                                     # the connection is open, and nothing more comes
answer = exchange(port, b"...")             # sends, and returns everything until the server closes
"""

import socket
from collections.abc import Iterator
from contextlib import contextmanager

WAIT = 20.0


def head(path: str, *fields: str, host: str = "localhost", method: str = "POST") -> bytes:
    """The head of a request, up to and with the empty line."""
    lines = [f"{method} {path} HTTP/1.1", f"Host: {host}", *fields, "", ""]
    return "\r\n".join(lines).encode()


@contextmanager
def sender(port: int, data: bytes) -> Iterator[socket.socket]:
    """A connection on which this was sent, and nothing else."""
    with socket.create_connection(("127.0.0.1", port), timeout=WAIT) as connection:
        connection.sendall(data)
        yield connection


def exchange(port: int, data: bytes) -> bytes:
    """What the server says before it closes the connection."""
    with sender(port, data) as connection:
        return read_to_end(connection)


def read_to_end(connection: socket.socket) -> bytes:
    """Everything that comes until the other side closes."""
    said = b""
    while chunk := connection.recv(65536):
        said += chunk
    return said
