import io
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import given, settings
from hypothesis import strategies as st

from credentials.errors import Error
from web.bodies import (
    BODY_SECONDS,
    MAX_PRESENTATION_BYTES,
    bound_bodies,
    read_body,
    read_form,
    read_json,
    read_text,
)

MAX = 3000
JSON = "application/json"
FORM = "application/x-www-form-urlencoded"


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


class SlowStream(io.RawIOBase):
    """A body that takes a second for every read."""

    def __init__(self, body: bytes, clock: Clock) -> None:
        self._body, self._clock = io.BytesIO(body), clock

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        self._clock.now += 1
        return self._body.readinto(memoryview(buffer)[:100])


def _client(clock: Callable[[], float] = Clock()) -> FlaskClient:  # noqa: B008 - never changes
    app = Flask(__name__)
    bound_bodies(app, clock)
    app.register_error_handler(Error, lambda error: (error.code, 400))
    views: dict[str, Callable[[], Any]] = {
        "/json": lambda: read_json(MAX).members,
        "/form": lambda: read_form(MAX).members,
        "/text": lambda: read_text("text/plain", MAX),
        "/large": lambda: str(len(read_body("text/plain", MAX_PRESENTATION_BYTES))),
    }
    for path, view in views.items():
        app.add_url_rule(path, path, view, methods=["POST"])

    @app.post("/twice")
    def twice() -> str:
        first = read_body(FORM, MAX)
        return f"{first == read_body(FORM, MAX)} {len(read_form(2).members)}"

    return app.test_client()


CLIENT = _client()


def _post(path: str, body: bytes, content_type: str | None = "text/plain", **more: Any) -> str:
    return CLIENT.post(path, data=body, content_type=content_type, **more).text


def _chunked(path: str, body: bytes, *, is_terminated: bool = True) -> str:
    """A body without a length, as a server hands a chunked one over."""
    environ: dict[str, Any] = {"wsgi.input": io.BytesIO(body)}
    if is_terminated:
        environ["wsgi.input_terminated"] = True
    headers = {"Transfer-Encoding": "chunked"}
    answer = CLIENT.post(
        path, content_type="text/plain", headers=headers, environ_overrides=environ
    )
    return answer.text


def test_reads_an_object_of_json() -> None:
    assert CLIENT.post("/json", json={"a": 1}).json == {"a": 1}


def test_reads_a_form_and_keeps_unknown_fields() -> None:
    answer = CLIENT.post("/form", data=b"a=%ED%95%9C+1&odd=x", content_type=FORM)
    assert answer.json == {"a": "한 1", "odd": "x"}


def test_reads_text() -> None:
    assert _post("/text", "한".encode(), "text/plain; charset=UTF-8") == "한"


@pytest.mark.parametrize(
    ("path", "content_type"),
    [
        ("/json", "text/plain"),
        ("/json", FORM),
        ("/json", "application/json; charset=euc-kr"),
        ("/json", "application/ld+json"),
        ("/json", None),
        ("/form", JSON),
        ("/form", "multipart/form-data; boundary=x"),
        ("/text", "text/html"),
    ],
)
def test_refuses_another_media_type(path: str, content_type: str | None) -> None:
    assert _post(path, b"{}", content_type) == "media-type-refused"


def test_refuses_a_field_twice() -> None:
    assert _post("/form", b"a=1&a=2", FORM) == "malformed"


def test_refuses_json_that_is_no_object() -> None:
    assert _post("/json", b"[]", JSON) == "malformed"


def test_refuses_text_that_is_not_utf8() -> None:
    assert _post("/text", b"\xb0\xfc") == "malformed"


@pytest.mark.parametrize("send", [_post, _chunked])
def test_a_body_has_a_bound(send: Callable[[str, bytes], str]) -> None:
    assert send("/text", b"x" * MAX) == "x" * MAX
    assert send("/text", b"x" * (MAX + 1)) == "body-too-large"


@pytest.mark.parametrize("send", [_post, _chunked])
def test_an_address_may_take_more_than_the_frameworks_default(
    send: Callable[[str, bytes], str],
) -> None:
    assert send("/large", bytes(MAX_PRESENTATION_BYTES)) == str(MAX_PRESENTATION_BYTES)
    assert send("/large", bytes(MAX_PRESENTATION_BYTES + 1)) == "body-too-large"


def test_a_body_that_is_announced_too_large_is_not_read() -> None:
    def reads(_: int) -> bytes:
        raise AssertionError("the body was read")

    stream = io.BytesIO()
    stream.read = reads  # type: ignore[assignment, method-assign]
    environ = {"wsgi.input": stream, "CONTENT_LENGTH": str(MAX + 1)}
    answer = CLIENT.post("/text", content_type="text/plain", environ_overrides=environ)
    assert answer.text == "body-too-large"


def test_an_endless_body_is_read_to_its_bound_only() -> None:
    endless = io.BytesIO(b"x" * 1_000_000)
    environ = {"wsgi.input": endless, "wsgi.input_terminated": True}
    headers = {"Transfer-Encoding": "chunked"}
    CLIENT.post("/text", content_type="text/plain", headers=headers, environ_overrides=environ)
    assert endless.tell() <= MAX + 1


def test_a_body_that_ends_early_is_not_taken_for_whole() -> None:
    environ = {
        "wsgi.input": io.BytesIO(b"a=1"),
        "wsgi.input_terminated": True,
        "CONTENT_LENGTH": "9",
    }
    assert CLIENT.post("/form", content_type=FORM, environ_overrides=environ).text == "malformed"


def test_a_body_of_unknown_length_is_not_taken_for_empty() -> None:
    assert _chunked("/text", b"hello", is_terminated=False) == "length-required"


def test_a_body_that_trickles_is_cut_off() -> None:
    def send(size: int) -> str:
        clock = Clock()
        environ = {
            "wsgi.input": SlowStream(b"x" * size, clock),
            "wsgi.input_terminated": True,
            "CONTENT_LENGTH": str(size),
        }
        answer = _client(clock).post("/text", content_type="text/plain", environ_overrides=environ)
        return answer.text

    in_time = 100 * int(BODY_SECONDS)
    assert send(in_time) == "x" * in_time
    assert send(in_time + 1) == "body-too-slow"


def test_a_second_reader_gets_the_same_bytes_within_its_own_bound() -> None:
    assert _post("/twice", b"", FORM) == "True 0"
    assert _post("/twice", b"a=", FORM) == "True 0"
    assert _post("/twice", b"a=1", FORM) == "body-too-large"


def test_the_frameworks_own_readers_are_bounded_too() -> None:
    config = CLIENT.application.config
    assert (config["MAX_CONTENT_LENGTH"], config["MAX_FORM_MEMORY_SIZE"]) == (262144, 262144)
    assert config["MAX_FORM_PARTS"] == 50


@given(st.binary(max_size=60), st.sampled_from([JSON, FORM, "text/plain", "x", ""]))
@settings(max_examples=60)
def test_any_body_is_read_or_refused_by_our_own_error(body: bytes, content_type: str) -> None:
    for address in ("/json", "/form", "/text", "/large"):
        answer = CLIENT.post(address, data=body, content_type=content_type)
        assert answer.status_code in (200, 400)
