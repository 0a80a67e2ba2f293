"""Where our server may go: the rules against being sent to somebody's inside. Pure.

A URL in a credential, an offer or a DID is a stranger's word. Without these rules it could name a
cloud's metadata address, the database's port or another tenant's desk (SSRF).
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from typing import Final, NewType, TypeAlias

from credentials.errors import Malformed
from openid4vc.https_url import MAX_URL_CHARS
from web.errors import FetchRefused
from web.origin import DEFAULT_PORTS

Address: TypeAlias = "IPv4Address | IPv6Address"

# `host:port`, lower case, the port always given: what an allow list is made of.
Authority = NewType("Authority", str)

MAX_ADDRESSES: Final = 16  # more than any honest name has; each one is looked at

# No IPv6 literals: nothing that we fetch is named by its address.
_HOST: Final = r"[a-z0-9-]{1,63}(?:\.[a-z0-9-]{1,63})*"
# ASCII only: an international name must come as its A-labels (RFC 5890), so that the name that is
# shown, allowed, resolved and verified by TLS is one text. No user, no fragment, no backslash.
_URL: Final = re.compile(
    rf"(https?)://({_HOST})(?::([0-9]{{1,5}}))?(?:[/?](?:[a-z0-9\-._~:/?@!$&'()*+,;=]|%[0-9a-f]{{2}})*)?",
    re.IGNORECASE | re.ASCII,
)
_AUTHORITY: Final = re.compile(rf"({_HOST}):([0-9]{{1,5}})", re.IGNORECASE | re.ASCII)

# IANA has handed out global unicast addresses from this block only; in it, 6to4 and Teredo wrap an
# IPv4 address that `is_global` does not look at, and no server of today lives there.
_GLOBAL_UNICAST: Final = IPv6Network("2000::/3")
_NAT64: Final = IPv6Network("64:ff9b::/96")  # RFC 6052: how IPv6-only networks reach IPv4


@dataclass(frozen=True, slots=True, kw_only=True)
class Destination:
    """Where a checked URL leads; `is_allowed` says that the operator named this host and port."""

    scheme: str
    host: str
    port: int
    is_allowed: bool


def parse_allow_list(text: str) -> frozenset[Authority]:
    """Read `GWANIN_OUTBOUND_ALLOW`: `host:port` with commas between. Raises Malformed."""
    entries = [entry.strip() for entry in text.split(",")] if text.strip() else []
    return frozenset(_parse_authority(entry) for entry in entries)


def check_url(url: str, allowed: frozenset[Authority]) -> Destination:
    """Refuse a URL that no fetch may go to, before anything is resolved.

    https on port 443, or what the allow list names. Raises FetchRefused.
    """
    found = _URL.fullmatch(url) if len(url) <= MAX_URL_CHARS else None
    if found is None:
        raise FetchRefused("not a plain https URL")
    scheme, host = found[1].lower(), found[2].lower()
    port = DEFAULT_PORTS[scheme] if found[3] is None else int(found[3])
    is_allowed = authority(host, port) in allowed
    if not is_allowed and (scheme, port) != ("https", 443):
        raise FetchRefused("only https on port 443 is fetched")
    return Destination(scheme=scheme, host=host, port=port, is_allowed=is_allowed)


def check_addresses(addresses: Sequence[str], destination: Destination) -> Sequence[str]:
    """Refuse a name if any one of its addresses is not public; returns what may be connected to.

    One bad address among good ones is how DNS rebinding and split answers look, so all of them
    count. Raises FetchRefused, also when there is no address or more than 16.
    """
    if not 1 <= len(addresses) <= MAX_ADDRESSES:
        raise FetchRefused("the name has no address, or too many")
    if not destination.is_allowed and not all(is_public(address) for address in addresses):
        raise FetchRefused("the name leads to an address that is not public")
    return addresses


def is_public(text: str) -> bool:
    """Whether an address belongs to the public internet, seen through every IPv6 wrapping."""
    try:
        address = ip_address(text)
    except ValueError:
        return False
    return _is_public(address)


def authority(host: str, port: int) -> Authority:
    """The allow-list form of a host and port."""
    return Authority(f"{host.lower()}:{port}")


def _is_public(address: Address) -> bool:
    if isinstance(address, IPv4Address):
        return address.is_global and not address.is_multicast
    if address.ipv4_mapped is not None:
        return _is_public(address.ipv4_mapped)
    if address in _NAT64:
        return _is_public(IPv4Address(int(address) & 0xFFFF_FFFF))
    wraps_ipv4 = address.sixtofour is not None or address.teredo is not None
    return address in _GLOBAL_UNICAST and address.is_global and not wraps_ipv4


def _parse_authority(entry: str) -> Authority:
    found = _AUTHORITY.fullmatch(entry)
    if found is None:
        raise Malformed("an entry of the outbound allow list is host:port")
    return authority(found[1], int(found[2]))
