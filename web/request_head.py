"""What is checked of a request before anything else looks at it: its host, and its size.

The base URL of every link and identifier comes from the settings, never from a request; a foreign
`Host` is refused all the same, so that no cache and no log takes it for ours.
"""

from typing import Final

from flask import Flask, abort, request

from credentials.errors import Error
from web.errors import HeadersTooLarge, UriTooLong
from web.origin import Origin

MAX_URI_BYTES: Final = 8 * 1024  # path and query; a wallet link with an offer in it has half of it
MAX_HEADER_BYTES: Final = 16 * 1024  # all names and values together

# In the WSGI environment: the error for which the header fields are refused. No client can set it.
HEAD_REFUSED: Final = "gwanin.head_refused"


def check_heads(app: Flask, origin: Origin) -> None:
    """Answer requests for our own host name only, and none whose head is beyond the bounds."""
    app.config["TRUSTED_HOSTS"] = [origin.host]
    app.before_request(_check_fields)
    app.before_request(_check_size)
    app.before_request(_check_path)


def _check_fields() -> None:
    refused: Error | None = request.environ.get(HEAD_REFUSED)
    if refused is not None:
        raise refused


def _check_size() -> None:
    environ = request.environ
    if len(environ["PATH_INFO"]) + len(environ.get("QUERY_STRING", "")) > MAX_URI_BYTES:
        raise UriTooLong(f"path and query have at most {MAX_URI_BYTES} bytes")
    if sum(len(name) + len(value) for name, value in request.headers) > MAX_HEADER_BYTES:
        raise HeadersTooLarge(f"the header fields have at most {MAX_HEADER_BYTES} bytes")


def _check_path() -> None:
    """No address of ours has a NUL in it, and PostgreSQL fails on any text that has."""
    if "\0" in request.environ["PATH_INFO"]:
        abort(404)
