"""URLs in messages: https, a host, nothing that two parsers read differently; no normalising."""

from collections.abc import Callable
from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from credentials.errors import Error, Malformed, TooLarge
from openid4vc.https_url import (
    MAX_URL_CHARS,
    parse_endpoint,
    parse_identifier,
    parse_redirect,
    well_known_url,
)

BAD = [
    pytest.param("http://city.example/x", id="plain http"),
    pytest.param("http://127.0.0.1/x", id="plain http with an address"),
    pytest.param("http://localhost.city.example/x", id="a host that only begins with localhost"),
    pytest.param("http://evil-localhost/x", id="a host that only ends with localhost"),
    pytest.param("ftp://city.example/x", id="another scheme"),
    pytest.param("javascript:alert(1)", id="a script"),
    pytest.param("//city.example/x", id="no scheme"),
    pytest.param("https:///x", id="no host"),
    pytest.param("https://city%2Eexample/", id="an escape in the host"),
    pytest.param("https://city.example/a/../b", id="a dot segment"),
    pytest.param("https://city.example/a/%2e/b", id="an escaped dot segment"),
    pytest.param("https://user@city.example/", id="a user"),
    pytest.param("https://user:secret@city.example/", id="a user and a password"),
    pytest.param("https://city.example:99999/", id="no such port"),
    pytest.param("https://city.example:x/", id="a port that is no number"),
    pytest.param("https://[::1/", id="half an address"),
    pytest.param(" https://city.example/", id="white space before it"),
    pytest.param("https://city.example/\n", id="a line end"),
    pytest.param("https://city.example/a\tb", id="a tab that urlsplit would drop"),
    pytest.param("https://city.example/가", id="text beyond ASCII"),
    pytest.param("https://city.example\\@evil.example/", id="a backslash"),
    pytest.param("https://city.example/%zz", id="a broken escape"),
    pytest.param("", id="nothing"),
]


@pytest.mark.parametrize("parse", [parse_redirect, parse_endpoint, parse_identifier])
@pytest.mark.parametrize("url", BAD)
def test_refuses_what_is_no_https_url(parse: Callable[[str], str], url: str) -> None:
    with pytest.raises(Malformed):
        parse(url)


@pytest.mark.parametrize(
    "url",
    [
        "https://issuer.example",
        "https://issuer.example:8443/issuers/GU-11620",
        "https://[2001:db8::1]/x",
        "http://localhost:8000/issuers/GU-11620",
        "http://registry.localhost:8000",
        "HTTPS://Issuer.Example/%C3%A9",
    ],
)
def test_returns_a_good_identifier_character_by_character(url: str) -> None:
    assert parse_identifier(url) == url


def test_an_identifier_has_no_query_an_endpoint_may() -> None:
    assert parse_endpoint("https://issuer.example/x?y=z") == "https://issuer.example/x?y=z"
    with pytest.raises(Malformed):
        parse_identifier("https://issuer.example/x?y=z")


def test_an_endpoint_has_no_fragment_a_redirect_may() -> None:
    assert parse_redirect("https://city.example/cb#code=1") == "https://city.example/cb#code=1"
    with pytest.raises(Malformed):
        parse_endpoint("https://city.example/cb#code=1")


def test_an_identifier_has_no_fragment() -> None:
    with pytest.raises(Malformed):
        parse_identifier("https://city.example/#")


def test_refuses_a_url_beyond_its_bound() -> None:
    url = "https://city.example/" + "x" * (MAX_URL_CHARS - 21)
    assert parse_redirect(url)
    with pytest.raises(TooLarge):
        parse_redirect(url + "x")


@settings(max_examples=300)
@given(st.text(max_size=40) | st.from_regex(r"https?://[\w\[\]:.@%-]{0,20}[/?#]?.{0,5}"))
def test_any_text_is_a_url_or_refused(text: str) -> None:
    with suppress(Error):
        assert parse_redirect(text) == text


@pytest.mark.parametrize(
    ("identifier", "url"),
    [
        ("https://issuer.example", "https://issuer.example/.well-known/x"),
        ("https://issuer.example/a/b", "https://issuer.example/.well-known/x/a/b"),
        ("https://issuer.example:8443/a", "https://issuer.example:8443/.well-known/x/a"),
    ],
)
def test_the_well_known_part_is_inserted_before_the_path(identifier: str, url: str) -> None:
    assert well_known_url(identifier, "x") == url
