"""The link to a request object, and the POST that fetches it."""

from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from credentials.errors import Error, Malformed
from openid4vc.errors import InvalidRequest, OAuthError
from openid4vc.form import encode_form
from openid4vc.request_uri import (
    HAIP_REQUEST_SCHEME,
    MAX_POST_BYTES,
    REQUEST_SCHEME,
    RequestLink,
    RequestUriMethod,
    build_request_link,
    parse_request_link,
    parse_request_uri_post,
)

CLIENT_ID = "decentralized_identifier:did:webvh:QmScid:city.example:dids:VER-LIB"
LINK = RequestLink(
    client_id=CLIENT_ID,
    request_uri="https://city.example/requests/1?x=y",
    method=RequestUriMethod.GET,
)
FIELDS = {"client_id": CLIENT_ID, "request_uri": LINK.request_uri}
WALLETS = [REQUEST_SCHEME, HAIP_REQUEST_SCHEME, "https://city.example/wallet"]


@pytest.mark.parametrize("wallet", WALLETS)
@given(st.text(st.characters(codec="utf-8"), min_size=1), st.sampled_from(RequestUriMethod))
@settings(max_examples=30)
def test_what_is_written_is_read_back(
    wallet: str, client_id: str, method: RequestUriMethod
) -> None:
    link = RequestLink(client_id=client_id, request_uri=LINK.request_uri, method=method)
    assert parse_request_link(build_request_link(link, wallet)) == link


def test_writes_the_links_that_phones_and_cameras_open() -> None:
    link = RequestLink(
        client_id="a:b", request_uri="https://c.example/1", method=RequestUriMethod.POST
    )
    fields = "client_id=a%3Ab&request_uri=https%3A%2F%2Fc.example%2F1&request_uri_method=post"
    assert build_request_link(link, REQUEST_SCHEME) == "openid4vp://?" + fields
    assert build_request_link(link, WALLETS[2]) == "https://city.example/wallet#" + fields


def test_nothing_but_where_the_request_is_comes_from_the_link() -> None:
    more = FIELDS | {"nonce": "x", "response_uri": "https://evil.example", "dcql_query": "{}"}
    assert parse_request_link("openid4vp://?" + encode_form(more).decode()) == LINK


@pytest.mark.parametrize(
    "fields",
    [
        pytest.param({"request_uri": LINK.request_uri}, id="nobody asks"),
        pytest.param({"client_id": CLIENT_ID}, id="no request"),
        pytest.param({"client_id": CLIENT_ID, "request": "a.b.c"}, id="a request by value"),
        pytest.param(FIELDS | {"client_id": "x" * 2049}, id="a long client identifier"),
        pytest.param(FIELDS | {"request_uri": "http://a.example"}, id="a request by http"),
        pytest.param(FIELDS | {"request_uri": "https://a.example#x"}, id="a fragment"),
        pytest.param(FIELDS | {"request_uri_method": "POST"}, id="a method in upper case"),
        pytest.param(FIELDS | {"request_uri_method": "put"}, id="another method"),
    ],
)
def test_refuses_a_link_with_one_defect(fields: dict[str, str]) -> None:
    with pytest.raises(Malformed):
        parse_request_link("openid4vp://?" + encode_form(fields).decode())


def test_refuses_a_link_for_another_message() -> None:
    with pytest.raises(Malformed):
        parse_request_link(build_request_link(LINK, "openid-credential-offer"))


@settings(max_examples=100)
@given(st.text(max_size=60) | st.text(max_size=40).map("openid4vp://?client_id=".__add__))
def test_any_text_is_a_link_or_refused(link: str) -> None:
    with suppress(Error):
        parse_request_link(link)


def test_takes_an_empty_post() -> None:
    # @openid4vc 0.4.6 sends no wallet_nonce, and its metadata as fields of their own.
    assert parse_request_uri_post(b"") is None
    assert parse_request_uri_post(b"vp_formats_supported=%7B%7D&wallet_nonce=") is None


def test_finds_the_wallets_nonce() -> None:
    body = encode_form({"wallet_metadata": "{}", "wallet_nonce": "qPmxiNFCR3QTm19POc8u"})
    assert parse_request_uri_post(body) == "qPmxiNFCR3QTm19POc8u"


@pytest.mark.parametrize(
    "body",
    [
        b"wallet_nonce=a&wallet_nonce=b",
        b"wallet_nonce=" + b"a" * 513,
        b"wallet_metadata=" + b"a" * MAX_POST_BYTES,
        b"{}",
    ],
)
def test_refuses_a_post_with_one_defect(body: bytes) -> None:
    with pytest.raises(InvalidRequest):
        parse_request_uri_post(body)


@settings(max_examples=100)
@given(st.binary(max_size=60))
def test_any_body_is_read_or_answered_with_an_oauth_error(body: bytes) -> None:
    with suppress(OAuthError):
        parse_request_uri_post(body)
