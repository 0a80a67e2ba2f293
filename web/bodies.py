"""The one way to read a request body: type first, size before work, bounded in time, whole.

`gwanin serve` has the whole body before the application is called (`whole_requests.py`), or says
why not. A plain WSGI server blocks in `read(n)` until n bytes have come; there, the time is looked
at between small reads, which ends a body that trickles in, but not the wait for a silent sender.
"""

from collections.abc import Callable
from typing import Final

from flask import Flask, current_app, g, request

from credentials.errors import Error, Malformed
from credentials.json_object import JsonObject, parse_object
from openid4vc.form import MAX_FIELDS, parse_form
from web.errors import BodyTooLarge, BodyTooSlow, LengthRequired, MediaTypeRefused

MAX_BODY_BYTES: Final = 256 * 1024  # what a request has unless its route says otherwise
MAX_PRESENTATION_BYTES: Final = 1024 * 1024  # a response_uri takes several credentials at once
MAX_IMPORT_BYTES: Final = 20 * 1024 * 1024  # a CSV of 50,000 rows
BODY_SECONDS: Final = 10.0  # for the whole body; 20 MiB at 17 Mbit/s

JSON: Final = "application/json"
FORM: Final = "application/x-www-form-urlencoded"

# In the WSGI environment: the error for which a body was not received. No client can set it.
BODY_REFUSED: Final = "gwanin.body_refused"

_CHUNK: Final = 1024  # small, because the time is only looked at between two reads
_CLOCK: Final = "gwanin.body_clock"


def bound_bodies(app: Flask, monotonic: Callable[[], float]) -> None:
    """Give an application its clock for slow bodies, and the framework's own readers our bounds."""
    app.extensions[_CLOCK] = monotonic
    app.config["MAX_CONTENT_LENGTH"] = MAX_BODY_BYTES
    app.config["MAX_FORM_MEMORY_SIZE"] = MAX_BODY_BYTES
    app.config["MAX_FORM_PARTS"] = MAX_FIELDS


def read_json(max_bytes: int) -> JsonObject:
    """The body as one strict JSON object.

    Raises as `read_body`, and Malformed or TooLarge as `parse_object`.
    """
    return parse_object(read_body(JSON, max_bytes), max_bytes=max_bytes)


def read_form(max_bytes: int) -> JsonObject:
    """The body as form fields: a name that comes twice is refused, an unknown one is kept.

    Raises as `read_body`, and Malformed or TooLarge as `parse_form`.
    """
    return parse_form(read_body(FORM, max_bytes), max_bytes=max_bytes)


def read_text(media_type: str, max_bytes: int) -> str:
    """The body as text in UTF-8. Raises as `read_body`, and Malformed for other bytes."""
    try:
        return read_body(media_type, max_bytes).decode("utf-8")
    except UnicodeDecodeError as error:
        raise Malformed("the body is not in UTF-8") from error


def read_body(media_type: str, max_bytes: int) -> bytes:
    """The whole body, which must be of this media type; a second reader gets the same bytes.

    Raises MediaTypeRefused, LengthRequired, BodyTooLarge, BodyTooSlow, Malformed for a body that
    is shorter than announced, or ServerBusy or TooManyRequests if there was no place for it.
    """
    charset = request.mimetype_params.get("charset", "utf-8").lower()
    if request.mimetype != media_type or charset != "utf-8":
        raise MediaTypeRefused(f"send the body as {media_type}, in UTF-8")
    if "body" not in g:
        g.body = _read(max_bytes)
    body: bytes = g.body
    if len(body) > max_bytes:
        raise _too_large(max_bytes)
    return body


def _read(max_bytes: int) -> bytes:
    refused: Error | None = request.environ.get(BODY_REFUSED)
    if refused is not None:
        raise refused
    announced = request.content_length
    if announced is None and not request.environ.get("wsgi.input_terminated"):
        # The framework would read an empty body here, and the sender never learn of it.
        raise LengthRequired("send the body with its length")
    if announced is not None and announced > max_bytes:
        raise _too_large(max_bytes)
    body = _read_until(max_bytes)
    if announced is not None and len(body) != announced:
        raise Malformed("the body is shorter than announced")
    return body


def _read_until(max_bytes: int) -> bytes:
    # One more than allowed, so that a body of exactly the allowed size has an end to be seen.
    request.max_content_length = max_bytes + 1
    monotonic = current_app.extensions[_CLOCK]
    end = monotonic() + BODY_SECONDS
    body = bytearray()
    while chunk := request.stream.read(min(_CHUNK, max_bytes + 1 - len(body))):
        body += chunk
        if len(body) > max_bytes:
            raise _too_large(max_bytes)
        if monotonic() > end:
            raise BodyTooSlow(f"a body arrives within {BODY_SECONDS:.0f} seconds")
    return bytes(body)


def _too_large(max_bytes: int) -> BodyTooLarge:
    return BodyTooLarge(f"a body here has at most {max_bytes} bytes")
