from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from credentials.errors import Malformed
from web.errors import FetchRefused
from web.fetch_guard import (
    MAX_ADDRESSES,
    Destination,
    check_addresses,
    check_url,
    is_public,
    parse_allow_list,
)

NOBODY = parse_allow_list("")
STRANGER = Destination(scheme="https", host="a.example", port=443, is_allowed=False)
NAMED = Destination(scheme="http", host="a.example", port=80, is_allowed=True)

INSIDE_V4 = [
    IPv4Network(text)
    for text in (
        "0.0.0.0/8",
        "10.0.0.0/8",
        "100.64.0.0/10",
        "127.0.0.0/8",
        "169.254.0.0/16",
        "172.16.0.0/12",
        "192.168.0.0/16",
        "198.18.0.0/15",
        "224.0.0.0/4",
        "240.0.0.0/4",
    )
]
INSIDE_V6 = [
    IPv6Network(text)
    for text in (
        "::/96",
        "64:ff9b:1::/48",
        "100::/64",
        "2001::/32",
        "2001:db8::/32",
        "2002::/16",
        "4000::/3",
        "fc00::/7",
        "fe80::/10",
        "fec0::/10",
        "ff00::/8",
    )
]


@st.composite
def inside_v4(draw: st.DrawFn) -> IPv4Address:
    network = draw(st.sampled_from(INSIDE_V4))
    return network[draw(st.integers(0, network.num_addresses - 1))]


@st.composite
def inside_v6(draw: st.DrawFn) -> IPv6Address:
    network = draw(st.sampled_from(INSIDE_V6))
    return network[draw(st.integers(0, network.num_addresses - 1))]


@given(inside_v4())
@settings(max_examples=200)
def test_no_inside_address_is_public_in_any_wrapping(address: IPv4Address) -> None:
    number = int(address)
    wrapped = [
        IPv6Address((0xFFFF << 32) | number),
        IPv6Address((0x0064_FF9B << 96) | number),
        IPv6Address((0x2002 << 112) | (number << 80)),
        IPv6Address((0x2001_0000 << 96) | (number ^ 0xFFFF_FFFF)),
        IPv6Address(number),
    ]
    assert not any(is_public(str(one)) for one in (address, *wrapped))


@given(inside_v6())
@settings(max_examples=200)
def test_no_inside_ipv6_address_is_public(address: IPv6Address) -> None:
    assert not is_public(str(address))
    assert not is_public(f"{address}%1")


@pytest.mark.parametrize(
    "text",
    ["93.184.216.34", "2001:4860:4860::8888", "::ffff:93.184.216.34", "64:ff9b::5db8:d822"],
)
def test_a_public_address_is_public(text: str) -> None:
    assert is_public(text)


@given(st.text(max_size=40))
@settings(max_examples=100)
def test_what_is_no_address_is_not_public(text: str) -> None:
    assert not is_public(f"x{text}")


@given(st.lists(st.just("93.184.216.34"), max_size=MAX_ADDRESSES - 1), inside_v4(), st.data())
@settings(max_examples=50)
def test_one_inside_address_among_public_ones_refuses_the_name(
    public: list[str], inside: IPv4Address, data: st.DataObject
) -> None:
    place = data.draw(st.integers(0, len(public)))
    with pytest.raises(FetchRefused):
        check_addresses([*public[:place], str(inside), *public[place:]], STRANGER)


def test_an_allowed_host_may_be_inside() -> None:
    assert check_addresses(["127.0.0.1"], NAMED) == ["127.0.0.1"]


@pytest.mark.parametrize("count", [0, MAX_ADDRESSES + 1])
def test_refuses_a_name_with_no_address_or_too_many(count: int) -> None:
    with pytest.raises(FetchRefused):
        check_addresses(["93.184.216.34"] * count, NAMED)


@pytest.mark.parametrize(
    ("url", "host"),
    [
        ("https://a.example", "a.example"),
        ("https://a.example:443/x", "a.example"),
        ("HTTPS://A.Example/x?y=%ED%95%9C", "a.example"),
        ("https://xn--9n2bp8q.example/", "xn--9n2bp8q.example"),
        ("https://a.example?x", "a.example"),
    ],
)
def test_reads_where_a_url_leads(url: str, host: str) -> None:
    assert check_url(url, NOBODY) == Destination(
        scheme="https", host=host, port=443, is_allowed=False
    )


@pytest.mark.parametrize(
    "url",
    [
        "http://a.example/",
        "ftp://a.example/",
        "file:///etc/passwd",
        "https://a.example:8443/",
        "https://a.example:80/",
        "https://a.example:99999/",
        "https://user@a.example/",
        "https://user:word@a.example/",
        "https://a.example#fragment",
        "https://a.example\\@b.example/",
        "https://a.example /",
        "https://a.example/\r\nHost: b",
        "https://한글.example/",
        "https://a..example/",
        "https://a.example./",
        "https://[::1]/",
        "https://a.example/%zz",
        "https:a.example",
        "//a.example",
        "https://",
        "",
        "https://a.example/" + "a" * 2048,
    ],
)
def test_refuses_every_other_url(url: str) -> None:
    with pytest.raises(FetchRefused):
        check_url(url, NOBODY)


def test_the_allow_list_lets_through_a_host_on_its_port_only() -> None:
    allowed = parse_allow_list("Localhost:8000, registry.internal:9443")
    assert check_url("http://localhost:8000/x", allowed).is_allowed
    assert check_url("https://REGISTRY.internal:9443", allowed).is_allowed
    assert not check_url("https://registry.internal", allowed).is_allowed
    for url in (
        "http://localhost:8001/",
        "http://localhost/",
        "http://localhost:8000.evil.example/",
    ):
        with pytest.raises(FetchRefused):
            check_url(url, allowed)


@pytest.mark.parametrize(
    "text", ["localhost", "localhost:", ":80", "a:b", "http://a:80", "a:80,,b:80", "a:80;b:80"]
)
def test_refuses_an_allow_list_that_is_not_hosts_and_ports(text: str) -> None:
    with pytest.raises(Malformed):
        parse_allow_list(text)


@given(st.text(max_size=80))
@settings(max_examples=200)
def test_any_text_is_a_destination_or_our_refusal(text: str) -> None:
    for url in (text, f"https://{text}", f"https://a.example/{text}"):
        try:
            destination = check_url(url, NOBODY)
        except FetchRefused:
            continue
        assert (destination.scheme, destination.port) == ("https", 443)
