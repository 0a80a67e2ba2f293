"""Links that open a wallet, in every form that a QR code may hold."""

from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from credentials.errors import Error, Malformed, TooLarge
from openid4vc.wallet_link import MAX_LINK_CHARS, build_wallet_link, parse_wallet_link

SCHEMES = frozenset({"openid4vp"})


@pytest.mark.parametrize(
    "link",
    [
        "openid4vp://?a=1",
        "openid4vp:?a=1",
        "openid4vp:///?a=1",
        "openid4vp://authorize?a=1",
        "openid4vp://authorize/?a=1",
        "OpenID4VP://?a=1",
        "https://city.example/wallet#a=1",
        "http://localhost:8000/wallet#a=1",
    ],
)
def test_reads_every_form_that_platforms_make_of_a_link(link: str) -> None:
    assert parse_wallet_link(link, schemes=SCHEMES).members == {"a": "1"}


@pytest.mark.parametrize(
    "link",
    [
        pytest.param("openid-credential-offer://?a=1", id="a scheme of another message"),
        pytest.param("openid4vp://a=1", id="no question mark"),
        pytest.param("openid4vp://x@y?a=1", id="a user before the query"),
        pytest.param("openid4vp://?a=1#b=2", id="fields and a fragment"),
        pytest.param("https://city.example/wallet?a=1", id="a web wallet's fields in the query"),
        pytest.param("https://city.example/wallet?a=1#b=2", id="fields in both places"),
        pytest.param("https://city.example/wallet#a=1#b=2", id="two fragments"),
        pytest.param("http://city.example/wallet#a=1", id="a web wallet over plain http"),
        pytest.param("https://city.example/wallet#a=1&a=2", id="a field twice"),
        pytest.param("openid4vp://?a=가", id="unescaped text beyond ASCII"),
        pytest.param("openid4vp://?a=1\n", id="a line end"),
        pytest.param("", id="nothing"),
    ],
)
def test_refuses_any_other_link(link: str) -> None:
    with pytest.raises(Malformed):
        parse_wallet_link(link, schemes=SCHEMES)


def test_refuses_a_link_beyond_its_bound() -> None:
    link = "openid4vp://?a=" + "1" * (MAX_LINK_CHARS - 15)
    assert parse_wallet_link(link, schemes=SCHEMES)
    with pytest.raises(TooLarge):
        parse_wallet_link(link + "1", schemes=SCHEMES)


@pytest.mark.parametrize("wallet", ["openid4vp", "https://city.example/wallet"])
@given(value=st.text(st.characters(codec="utf-8"), min_size=1, max_size=30))
@settings(max_examples=50)
def test_what_is_written_is_read_back(wallet: str, value: str) -> None:
    link = build_wallet_link(wallet, {"field": value})
    assert parse_wallet_link(link, schemes=SCHEMES).members == {"field": value}


def test_a_web_wallet_gets_its_fields_where_its_server_does_not_see_them() -> None:
    link = build_wallet_link("https://city.example/wallet", {"a": "1"})
    assert link == "https://city.example/wallet#a=1"
    assert build_wallet_link("openid4vp", {"a": "1"}) == "openid4vp://?a=1"


@settings(max_examples=200)
@given(st.text(max_size=50) | st.from_regex(r"(openid4vp:|https://).{0,30}"))
def test_any_text_is_a_link_or_refused(link: str) -> None:
    with suppress(Error):
        parse_wallet_link(link, schemes=SCHEMES)
