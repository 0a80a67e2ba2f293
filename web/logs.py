"""Logging as JSON lines with a closed list of fields, and the number that ties a request's lines.

What may be said is `LogLine` and nothing else: no query, body, address, name or identifier has a
field, and the route is the rule, never the path that was asked for. What other libraries log keeps
its place and loses its text, which we can't vouch for.
"""

import json
import logging
import secrets
import traceback
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Final, TextIO

from flask import Flask, Response, g, request

CORRELATION_HEADER: Final = "X-Correlation-Id"
MAX_FRAMES: Final = 20  # of a traceback, counted from where it was raised

_LOGGER: Final = logging.getLogger("gwanin")
_METHODS: Final = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})


@dataclass(frozen=True, slots=True, kw_only=True)
class LogLine:
    """Everything that a line may say; None is left out.

    route: a rule such as `/issuers/<code>`; agency: an agency's public code; code: an error code;
    exception, frames: the type that was raised and where, without its text.
    """

    event: str
    correlation_id: str | None = None
    method: str | None = None
    route: str | None = None
    status: int | None = None
    duration_ms: int | None = None
    agency: str | None = None
    code: str | None = None
    exception: str | None = None
    frames: list[str] | None = None


class JsonLines(logging.Formatter):
    """One JSON object a line in printable ASCII: no value can start a line or move a terminal."""

    def format(self, record: logging.LogRecord) -> str:
        line = getattr(record, "line", None)
        said = asdict(line) if isinstance(line, LogLine) else {"event": "foreign"}
        stamp = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
        }
        known = {name: value for name, value in said.items() if value is not None}
        return json.dumps({**stamp, **known})


def json_lines_handler(stream: TextIO) -> logging.Handler:
    """A handler for the root logger that writes JSON lines to a stream."""
    handler = logging.StreamHandler(stream)
    handler.setFormatter(JsonLines())
    return handler


def write_line(line: LogLine, level: int = logging.INFO) -> None:
    """Log one line."""
    _LOGGER.log(level, line.event, extra={"line": line})


def log_requests(app: Flask, monotonic: Callable[[], float]) -> None:
    """Log each request of an application once, and give it a correlation id.

    The id is new for each request and goes back in `X-Correlation-Id`; one that a client sends is
    not looked at, or it could tie its requests to somebody else's lines.
    """

    def start() -> None:
        g.log_started = monotonic()

    def finish(response: Response) -> Response:
        response.headers[CORRELATION_HEADER] = correlation_id()
        duration_ms = round((monotonic() - g.log_started) * 1000)
        write_line(_request_line(response.status_code, duration_ms))
        return response

    app.before_request(start)
    app.after_request(finish)


def correlation_id() -> str:
    """The number of the request that is being answered: 16 hexadecimal digits."""
    if "log_correlation_id" not in g:
        g.log_correlation_id = secrets.token_hex(8)
    found: str = g.log_correlation_id
    return found


def name_agency(code: str) -> None:
    """Say in this request's line which agency acted; `code` is from our own table."""
    g.log_agency = code


def name_error(code: str) -> None:
    """Say in this request's line which error was answered."""
    g.log_code = code


def log_unexpected(error: BaseException) -> None:
    """Log what no code of ours expects: types and places, because texts may hold personal data."""
    write_line(
        LogLine(
            event="unexpected",
            correlation_id=correlation_id(),
            exception=type(error).__name__,
            frames=_frames(error),
        ),
        logging.ERROR,
    )


def _request_line(status: int, duration_ms: int) -> LogLine:
    return LogLine(
        event="request",
        correlation_id=correlation_id(),
        method=request.method if request.method in _METHODS else "OTHER",
        route=request.url_rule.rule if request.url_rule else None,
        status=status,
        duration_ms=duration_ms,
        agency=g.get("log_agency"),
        code=g.get("log_code"),
    )


def _frames(error: BaseException) -> list[str]:
    walked = [
        f"{frame.f_globals.get('__name__')}:{line} {frame.f_code.co_name}"
        for frame, line in traceback.walk_tb(error.__traceback__)
    ]
    return walked[-MAX_FRAMES:]
