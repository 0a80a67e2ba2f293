"""One call of a WSGI application, from what an ASGI server knows of a request. No waiting here."""

import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from io import BytesIO
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import unquote_to_bytes

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication, WSGIEnvironment

_BARE: Final = frozenset({"CONTENT_TYPE", "CONTENT_LENGTH"})  # PEP 3333 has them without HTTP_


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What an application answered, whole: none of ours streams."""

    status: int
    headers: list[tuple[bytes, bytes]]
    body: bytes


def build_environ(scope: dict[str, Any]) -> "WSGIEnvironment":
    """The environment of a request, its body still missing.

    A field that comes several times is joined as RFC 9110 §5.3 says. A name with an underscore is
    left out: it would overwrite the field that has a hyphen in that place.
    """
    server, client = scope["server"], scope["client"]
    return {
        "REQUEST_METHOD": scope["method"],
        "SCRIPT_NAME": "",
        "PATH_INFO": unquote_to_bytes(scope["raw_path"]).decode("latin-1"),
        "QUERY_STRING": scope["query_string"].decode("latin-1"),
        "SERVER_NAME": server[0],
        "SERVER_PORT": str(server[1]),
        "SERVER_PROTOCOL": f"HTTP/{scope['http_version']}",
        "REMOTE_ADDR": client[0],
        **_fields(scope["headers"]),
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": scope["scheme"],
        "wsgi.input": BytesIO(),
        "wsgi.input_terminated": True,
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": True,
        "wsgi.multiprocess": True,
        "wsgi.run_once": False,
    }


def call(app: "WSGIApplication", environ: "WSGIEnvironment") -> Answer:
    """Call an application and take its answer to the end."""
    started: list[tuple[str, list[tuple[str, str]]]] = []
    written: list[bytes] = []

    def start_response(status: str, headers: list[tuple[str, str]], _: object = None) -> Any:
        started.append((status, headers))
        return written.append

    chunks = app(environ, start_response)
    try:
        written.extend(chunks)
    finally:
        _close(chunks)
    status, headers = started[-1]
    return Answer(
        status=int(status[:3]),
        headers=[(name.lower().encode(), value.encode("latin-1")) for name, value in headers],
        body=b"".join(written),
    )


def _fields(headers: Iterable[tuple[bytes, bytes]]) -> dict[str, str]:
    fields: dict[str, str] = {}
    for name, value in _decoded(headers):
        # HTTP/2 sends cookies one by one, and RFC 9113 §8.2.3 joins them with their own separator.
        between = "; " if name == "HTTP_COOKIE" else ","
        fields[name] = f"{fields[name]}{between}{value}" if name in fields else value
    return fields


def _decoded(headers: Iterable[tuple[bytes, bytes]]) -> Iterator[tuple[str, str]]:
    for name, value in headers:
        if b"_" not in name:
            variable = name.decode("latin-1").upper().replace("-", "_")
            yield variable if variable in _BARE else f"HTTP_{variable}", value.decode("latin-1")


def _close(chunks: Iterable[bytes]) -> None:
    close = getattr(chunks, "close", None)
    if close is not None:
        close()
