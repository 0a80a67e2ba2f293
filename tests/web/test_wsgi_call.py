from collections.abc import Iterator
from io import BytesIO
from typing import Any

import pytest

from web.wsgi_call import build_environ, call


def scope(**changes: Any) -> dict[str, Any]:
    """What an ASGI server says of a plain request, and the changes."""
    return {
        "type": "http",
        "http_version": "1.1",
        "method": "POST",
        "scheme": "https",
        "server": ("127.0.0.1", "8000"),
        "client": ("192.0.2.1", "44142"),
        "raw_path": b"/a%2Fb/%ED%95%9C",
        "query_string": b"x=%20",
        "headers": [(b"host", b"gwanin.example")],
        **changes,
    }


def test_the_environment_is_what_pep_3333_says() -> None:
    fields = [(b"content-type", b"text/plain"), (b"content-length", b"3"), (b"x-odd", b"\xff")]
    environ = build_environ(scope(headers=fields))
    assert environ["PATH_INFO"].encode("latin-1").decode() == "/a/b/한"
    assert environ["QUERY_STRING"] == "x=%20"
    assert (environ["SERVER_NAME"], environ["SERVER_PORT"]) == ("127.0.0.1", "8000")
    assert environ["REMOTE_ADDR"] == "192.0.2.1"
    assert environ["SERVER_PROTOCOL"] == "HTTP/1.1"
    assert environ["wsgi.url_scheme"] == "https"
    assert (environ["CONTENT_TYPE"], environ["CONTENT_LENGTH"]) == ("text/plain", "3")
    assert environ["HTTP_X_ODD"] == "\xff"
    assert not {"HTTP_CONTENT_TYPE", "HTTP_CONTENT_LENGTH"} & environ.keys()


def test_nothing_of_our_own_environment_reaches_the_application(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("HTTP_X_FORWARDED_FOR", "192.0.2.9")
    assert "HTTP_X_FORWARDED_FOR" not in build_environ(scope())


def test_a_field_that_comes_twice_is_joined() -> None:
    twice = [(b"cookie", b"a=1"), (b"cookie", b"b=2"), (b"accept", b"a"), (b"accept", b"b")]
    environ = build_environ(scope(headers=twice))
    assert (environ["HTTP_COOKIE"], environ["HTTP_ACCEPT"]) == ("a=1; b=2", "a,b")


@pytest.mark.parametrize("name", [b"x_forwarded_for", b"x-forwarded_for"])
def test_a_name_with_an_underscore_is_no_field(name: bytes) -> None:
    environ = build_environ(scope(headers=[(b"x-forwarded-for", b"real"), (name, b"forged")]))
    assert environ["HTTP_X_FORWARDED_FOR"] == "real"


def test_an_answer_is_taken_whole_and_closed() -> None:
    closed: list[bool] = []

    class Chunks:
        def __iter__(self) -> Iterator[bytes]:
            yield from (b"b", b"c")

        def close(self) -> None:
            closed.append(True)

    def application(environ: Any, start_response: Any) -> Chunks:
        write = start_response("201 Created", [("X-Echo", environ["REQUEST_METHOD"])])
        write(environ["wsgi.input"].read())
        return Chunks()

    answer = call(application, {**build_environ(scope()), "wsgi.input": BytesIO(b"a")})
    assert (answer.status, answer.body) == (201, b"abc")
    assert answer.headers == [(b"x-echo", b"POST")]
    assert closed == [True]
