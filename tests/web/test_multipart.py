"""Forms with a file: whole, bounded, each field once, and every other body a typed refusal."""

import pytest
from flask import Flask, Response, jsonify
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st

from web import bodies, problems
from web.multipart import MAX_FILE_NAME, read_multipart
from web.origin import parse_origin

TYPE = "multipart/form-data; boundary=edge"
LIMIT = 64 * 1024


def part(head: str, body: bytes = b"x") -> bytes:
    """One part."""
    start = f"--edge\r\nContent-Disposition: form-data; {head}\r\n\r\n".encode()
    return start + body + b"\r\n"


END = b"--edge--\r\n"


def client() -> FlaskClient:
    """An application that says what it read."""
    app = Flask("reader")
    bodies.bound_bodies(app, lambda: 0.0)
    problems.register(app, parse_origin("https://gwanin.example"))

    @app.post("/")
    def read() -> Response:
        first, found = read_multipart(LIMIT), read_multipart(LIMIT)
        assert first is found
        files = {name: [file.name, file.data.hex()] for name, file in found.files.items()}
        return jsonify({"fields": dict(found.fields.members), "files": files})

    return app.test_client()


def test_fields_and_files_come_as_they_were_sent() -> None:
    body = part('name="type"', b"A/b") + part('name="file"; filename="3월.csv"', b"\x00\xff\r\n")
    answer = client().post("/", data=body + END, content_type=TYPE)
    assert answer.json == {
        "fields": {"type": "A/b"},
        "files": {"file": ["3월.csv", "00ff0d0a"]},
    }


def test_what_is_empty_was_left_out() -> None:
    body = part('name="type"', b"") + part('name="file"; filename=""', b"")
    answer = client().post("/", data=body + END, content_type=TYPE)
    assert answer.json == {"fields": {}, "files": {}}


@pytest.mark.parametrize(
    ("body", "content_type", "status"),
    [
        (part('name="a"') * 2 + END, TYPE, 400),
        (part('name="a"; filename="x"') * 2 + END, TYPE, 400),
        (part('name="a"') + part('name="a"; filename="x"') + END, TYPE, 400),
        (part(f'name="a"; filename="{"x" * (MAX_FILE_NAME + 1)}"') + END, TYPE, 400),
        (part('name="a"; filename="x\u202ey"') + END, TYPE, 400),
        (b"".join(part(f'name="a{it}"') for it in range(51)) + END, TYPE, 400),
        (part('name="a"'), TYPE, 400),
        (b"no parts at all", TYPE, 400),
        (part('name="a"') + END, "multipart/form-data", 400),
        (part('name="a"') + END, "multipart/form-data; boundary=\u00e9", 400),
        (part('name="a"') + END, "multipart/mixed; boundary=edge", 415),
        (part('name="a"', b"x" * LIMIT) + END, TYPE, 413),
    ],
    ids=[
        "field-twice",
        "file-twice",
        "field-and-file",
        "long-name",
        "turning-name",
        "fields",
        "unfinished",
        "no-parts",
        "no-boundary",
        "boundary",
        "type",
        "size",
    ],
)
def test_every_other_body_is_refused(body: bytes, content_type: str, status: int) -> None:
    assert client().post("/", data=body, content_type=content_type).status_code == status


@given(st.binary(max_size=500))
def test_no_bytes_get_through_as_an_error_of_ours(data: bytes) -> None:
    for body in (data, part('name="a"', data), part('name="a"') + data + END):
        assert client().post("/", data=body, content_type=TYPE).status_code in {200, 400}
