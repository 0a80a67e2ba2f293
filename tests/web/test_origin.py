import pytest

from credentials.errors import Malformed
from web.origin import Origin, parse_origin


@pytest.mark.parametrize(
    ("text", "host", "port"),
    [
        ("https://seoul.example", "seoul.example", 443),
        ("https://Seoul.example:8443", "seoul.example", 8443),
        ("http://localhost:8000", "localhost", 8000),
        ("http://registry.localhost", "registry.localhost", 80),
    ],
)
def test_reads_an_origin(text: str, host: str, port: int) -> None:
    origin = parse_origin(text)
    assert (origin.host, origin.port) == (host, port)
    assert parse_origin(str(origin)) == origin


@pytest.mark.parametrize(
    "text",
    [
        "http://seoul.example",
        "ftp://seoul.example",
        "https://127.0.0.1:8000",
        "https://[::1]:8000",
        "https://127.1",
        "https://seoul.example/",
        "https://seoul.example/city",
        "https://seoul.example?a=b",
        "https://seoul.example#a",
        "https://clerk@seoul.example",
        "https://seoul.example:0",
        "https://seoul.example:65536",
        "https://seoul.example.",
        "https://",
        "seoul.example",
        "",
    ],
)
def test_refuses_what_is_no_origin_of_a_name(text: str) -> None:
    with pytest.raises(Malformed):
        parse_origin(text)


def test_leaves_the_default_port_out() -> None:
    assert str(Origin(scheme="https", host="a.example", port=443)) == "https://a.example"
    assert str(Origin(scheme="https", host="a.example", port=80)) == "https://a.example:80"


@pytest.mark.parametrize(
    ("text", "is_loopback", "is_https"),
    [
        ("http://localhost", True, False),
        ("https://a.localhost", True, True),
        ("https://localhost.example", False, True),
        ("https://notlocalhost", False, True),
    ],
)
def test_knows_what_stays_on_this_machine(text: str, is_loopback: bool, is_https: bool) -> None:
    origin = parse_origin(text)
    assert (origin.is_loopback, origin.is_https) == (is_loopback, is_https)
