import pytest
from hypothesis import given
from hypothesis import strategies as st

from web.errors import FetchFailed
from web.fetched import Fetched, check_type, collect


def _answer(
    status: int = 200, content_type: str = "application/json", body: bytes = b"{}"
) -> Fetched:
    return collect(status, [(b"Content-Type", content_type.encode("latin-1"))], [body], 100)


@pytest.mark.parametrize(
    ("sent", "media_type"),
    [
        ("application/json", "application/json"),
        ("Application/JSON; charset=utf-8", "application/json"),
        (" text/plain ;a=b", "text/plain"),
        ("", ""),
    ],
)
def test_the_media_type_has_no_parameters(sent: str, media_type: str) -> None:
    assert _answer(content_type=sent).content_type == media_type


def test_an_answer_without_a_type_has_none() -> None:
    assert collect(200, [], [b""], 100).content_type == ""


def test_a_repeated_header_keeps_all_its_values() -> None:
    fetched = collect(200, [(b"Link", b"a"), (b"LINK", b"b"), (b"ETag", b"c")], [], 100)
    assert fetched.headers == {"link": "a, b", "etag": "c"}


@given(st.lists(st.binary(max_size=30), max_size=8))
def test_a_body_is_read_whole_or_not_at_all(chunks: list[bytes]) -> None:
    body = b"".join(chunks)
    assert collect(200, [], chunks, len(body)).body == body
    with pytest.raises(FetchFailed):
        collect(200, [], [*chunks, b"x"], len(body))


@pytest.mark.parametrize("encoding", [b"gzip", b"br", b"x", b""])
def test_a_body_in_any_encoding_is_refused(encoding: bytes) -> None:
    with pytest.raises(FetchFailed):
        collect(200, [(b"Content-Encoding", encoding)], [b"x"], 100)


@pytest.mark.parametrize("content_type", ["text/html", "application/jwt", "application/jsonx", ""])
def test_a_success_of_another_type_is_refused(content_type: str) -> None:
    check_type(_answer(), ["text/plain", "application/json"])
    with pytest.raises(FetchFailed):
        check_type(_answer(content_type=content_type), ["application/json"])


@pytest.mark.parametrize("status", [302, 404, 503])
def test_the_type_of_another_answer_is_the_callers_to_look_at(status: int) -> None:
    check_type(_answer(status, "text/html"), ["application/json"])


def test_an_empty_body_has_no_type_to_refuse() -> None:
    check_type(_answer(204, "", b""), ["application/json"])
