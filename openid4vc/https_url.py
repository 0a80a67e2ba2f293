"""URLs that arrive in messages: only https, and plain http for loopback names.

Each function returns the text that it was given: identifiers are compared character by character
(OpenID4VCI 1.0 §12.2.4, RFC 8414 §3.3), so nothing here normalises. Whether an address may be
*fetched* is decided again, after name resolution, by whoever fetches.
"""

import re
from typing import Final
from urllib.parse import SplitResult, unquote, urlsplit

from credentials.errors import Malformed, TooLarge

MAX_URL_CHARS: Final = 2048  # the shortest limit among the browsers and servers on the way

# RFC 3986 §2, checked before `urlsplit`, which silently strips white space and control characters.
_URI: Final = re.compile(r"(?:[A-Za-z0-9\-._~:/?#\[\]@!$&'()*+,;=]|%[0-9A-Fa-f]{2})+")
_HOST: Final = re.compile(r"[a-z0-9._:-]+")  # as `urlsplit` gives it: lower case, no brackets


def parse_identifier(text: str) -> str:
    """A credential issuer or authorization server identifier: no query, no fragment.

    Raises Malformed or TooLarge. Spec: OpenID4VCI 1.0 §12.2.1, RFC 8414 §2.
    """
    if "?" in text:
        raise Malformed("an issuer identifier has no query")
    return parse_endpoint(text)


def parse_endpoint(text: str) -> str:
    """The URL of an endpoint: a query is allowed, a fragment is not. Raises Malformed, TooLarge."""
    if "#" in text:
        raise Malformed("the URL of an endpoint has no fragment")
    return parse_redirect(text)


def parse_redirect(text: str) -> str:
    """A URL that a browser is sent to; a fragment is allowed. Raises Malformed or TooLarge."""
    _split(text)
    return text


def well_known_url(identifier: str, name: str) -> str:
    """Where a document about an identifier stands: `/.well-known/NAME` before its path.

    Spec: OpenID4VCI 1.0 §12.2.2, RFC 8414 §3.1.
    """
    parts = _split(identifier)
    return f"{parts.scheme}://{parts.netloc}/.well-known/{name}{parts.path}"


def _split(text: str) -> SplitResult:
    if len(text) > MAX_URL_CHARS:
        raise TooLarge(f"a URL has at most {MAX_URL_CHARS} characters")
    if not _URI.fullmatch(text):
        raise Malformed("not a URL")
    try:
        parts = urlsplit(text)
        host, _ = parts.hostname, parts.port
    except ValueError as error:
        raise Malformed("not a URL") from error
    if not host or not _HOST.fullmatch(host) or "@" in parts.netloc:
        raise Malformed("a URL names a host, without escapes and without a user")
    if any(unquote(segment) in {".", ".."} for segment in parts.path.split("/")):
        raise Malformed("a URL has no segments that clients would drop from its path")
    if parts.scheme != "https" and not (parts.scheme == "http" and _is_loopback(host)):
        raise Malformed("a URL uses https, or http with a loopback name")
    return parts


def _is_loopback(host: str) -> bool:
    """A name that RFC 6761 §6.3 keeps on this machine; addresses never name an issuer here."""
    return host == "localhost" or host.endswith(".localhost")
