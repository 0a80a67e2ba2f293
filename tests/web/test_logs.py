import io
import json
import logging
from collections.abc import Iterator
from dataclasses import fields
from typing import Any

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st

from web.logs import (
    CORRELATION_HEADER,
    MAX_FRAMES,
    JsonLines,
    LogLine,
    json_lines_handler,
    log_requests,
    log_unexpected,
    name_agency,
    name_error,
)

SECRET = "900101-1234567"


@pytest.fixture
def stream() -> Iterator[io.StringIO]:
    stream = io.StringIO()
    handler = json_lines_handler(stream)
    root = logging.getLogger()
    level = root.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    yield stream
    root.removeHandler(handler)
    root.setLevel(level)


def _lines(stream: io.StringIO) -> list[dict[str, Any]]:
    return [json.loads(line) for line in stream.getvalue().splitlines()]


def _app() -> Flask:
    app = Flask(__name__)
    times = iter([10.0, 10.25, 20.0, 20.0])
    log_requests(app, lambda: next(times))

    @app.post("/people/<number>")
    def person(number: str) -> str:
        name_agency("GU-11620")
        name_error("too-large")
        return number

    return app


def test_a_request_is_one_line_of_allowed_fields(stream: io.StringIO) -> None:
    answer = _app().test_client().post("/people/7")
    (line,) = _lines(stream)
    assert line.pop("time").endswith("+00:00")
    assert line == {
        "level": "info",
        "logger": "gwanin",
        "event": "request",
        "correlation_id": answer.headers[CORRELATION_HEADER],
        "method": "POST",
        "route": "/people/<number>",
        "status": 200,
        "duration_ms": 250,
        "agency": "GU-11620",
        "code": "too-large",
    }


def test_nothing_of_a_request_that_could_be_personal_is_logged(stream: io.StringIO) -> None:
    headers = {"User-Agent": SECRET, "Cookie": f"a={SECRET}", "Authorization": f"Bearer {SECRET}"}
    _app().test_client().post(f"/people/{SECRET}?q={SECRET}", data=SECRET, headers=headers)
    _app().test_client().open(f"/{SECRET}", method=SECRET)
    assert len(_lines(stream)) == 2
    assert SECRET not in stream.getvalue()


def test_an_address_that_does_not_exist_has_no_route_and_an_odd_method_no_name(
    stream: io.StringIO,
) -> None:
    _app().test_client().open("/nothing", method="BREW")
    (line,) = _lines(stream)
    assert "route" not in line
    assert (line["method"], line["status"]) == ("OTHER", 404)


def test_each_request_has_its_own_number_whatever_it_sends() -> None:
    app = _app()
    sent = {CORRELATION_HEADER: "chosen"}
    answers = [app.test_client().post("/people/7", headers=sent) for _ in range(2)]
    numbers = {answer.headers[CORRELATION_HEADER] for answer in answers}
    assert len(numbers) == 2
    assert all(len(number) == 16 for number in numbers)


def test_what_nobody_expected_is_logged_without_its_words(stream: io.StringIO) -> None:
    def fail(depth: int) -> None:
        if depth:
            fail(depth - 1)
        raise LookupError(SECRET)

    with Flask(__name__).app_context():
        try:
            fail(MAX_FRAMES)
        except LookupError as error:
            log_unexpected(error)
    (line,) = _lines(stream)
    assert (line["event"], line["level"]) == ("unexpected", "error")
    assert line["exception"] == "LookupError"
    assert len(line["frames"]) == MAX_FRAMES
    assert line["frames"][-1].endswith(" fail")
    assert SECRET not in stream.getvalue()


def test_what_others_log_keeps_its_place_and_loses_its_words(stream: io.StringIO) -> None:
    logging.getLogger("somebody").warning("about %s", SECRET)
    try:
        raise LookupError(SECRET)
    except LookupError:
        logging.getLogger("somebody").exception(SECRET)
    warning, error = _lines(stream)
    assert (warning["event"], warning["logger"], warning["level"]) == (
        "foreign",
        "somebody",
        "warning",
    )
    assert error["level"] == "error"
    assert SECRET not in stream.getvalue()


@given(st.text(max_size=40))
def test_no_value_starts_a_line_or_moves_a_terminal(text: str) -> None:
    line = LogLine(event=text, agency=f"\r\n\x1b[2J\x7f\x9b{text}")
    record = logging.LogRecord("gwanin", logging.INFO, "", 0, "", None, None)
    record.line = line
    written = JsonLines().format(record)
    assert written.isascii()
    assert written.isprintable()
    assert json.loads(written)["agency"] == line.agency


def test_the_list_of_what_may_be_logged_is_closed() -> None:
    assert {field.name for field in fields(LogLine)} == {
        "event",
        "correlation_id",
        "method",
        "route",
        "status",
        "duration_ms",
        "agency",
        "code",
        "exception",
        "frames",
    }
