"""Links that open a wallet: a custom scheme, or the web wallet's address.

The web wallet gets its fields in the *fragment*, which browsers keep to themselves: no server sees
or logs the code in an offer. OpenID4VCI 1.0 §4.1 and §12.1, OpenID4VP 1.0 §9 and §13.1.2.
"""

import re
from collections.abc import Collection, Mapping
from typing import Final

from credentials.errors import Malformed, TooLarge
from credentials.json_object import JsonObject
from openid4vc.form import encode_form, parse_form
from openid4vc.https_url import parse_redirect

MAX_LINK_CHARS: Final = 8 * 1024  # the longest URL that the web server takes

# What stands between the scheme and the query is the wallet's address; it carries no meaning.
_CUSTOM: Final = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*):(?://[A-Za-z0-9.-]*)?/?\?(.*)", re.ASCII)
_SCHEME: Final = re.compile(r"[a-z][a-z0-9+.-]*")


def parse_wallet_link(link: str, *, schemes: Collection[str]) -> JsonObject:
    """Read the fields of `scheme://?…` in one of these schemes, or of `https://wallet#…`.

    schemes: lower case, without the colon. Raises Malformed or TooLarge.
    """
    if len(link) > MAX_LINK_CHARS:
        raise TooLarge(f"a link has at most {MAX_LINK_CHARS} characters")
    custom = _CUSTOM.fullmatch(link)
    if custom and custom[1].lower() in schemes:
        return _fields(custom[2])
    wallet, _, fields = link.partition("#")
    if "?" in wallet:
        raise Malformed("a web wallet is given its fields in the fragment of the link")
    parse_redirect(wallet)
    return _fields(fields)


def build_wallet_link(wallet: str, fields: Mapping[str, str]) -> str:
    """Write a link to a wallet: `wallet` is a custom scheme, or the address of a web wallet."""
    separator = "://?" if _SCHEME.fullmatch(wallet) else "#"
    return wallet + separator + encode_form(fields).decode("ascii")


def _fields(text: str) -> JsonObject:
    if not text.isascii() or "#" in text:
        raise Malformed("a link holds printable ASCII, and one fragment at most")
    return parse_form(text.encode("ascii"), max_bytes=MAX_LINK_CHARS)
