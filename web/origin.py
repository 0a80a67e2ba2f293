"""An origin of ours: scheme, host name and port, as `GWANIN_PUBLIC_URL` gives it."""

import re
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

from credentials.errors import Malformed
from openid4vc.https_url import parse_identifier

DEFAULT_PORTS: Final = {"https": 443, "http": 80}

# The last label has a letter, so that no spelling of an IP address is a name (did:webvh wants one).
_NAME: Final = re.compile(r"(?:[a-z0-9-]{1,63}\.)*[a-z0-9-]*[a-z][a-z0-9-]*")


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """Where a server of ours is reached; the name in lower case, the port always given."""

    scheme: str
    host: str
    port: int

    @property
    def is_https(self) -> bool:
        """Whether visitors come over TLS, wherever that ends."""
        return self.scheme == "https"

    @property
    def is_loopback(self) -> bool:
        """Whether the name stays on this machine. Spec: RFC 6761 §6.3."""
        return self.host == "localhost" or self.host.endswith(".localhost")

    def __str__(self) -> str:
        port = "" if self.port == DEFAULT_PORTS[self.scheme] else f":{self.port}"
        return f"{self.scheme}://{self.host}{port}"


def parse_origin(text: str) -> Origin:
    """Read `https://name[:port]`; plain http is for loopback names, and no path follows.

    Raises Malformed or TooLarge, also for an IP address in place of the name.
    """
    parts = urlsplit(parse_identifier(text))
    host = parts.hostname or ""
    if parts.path or not _NAME.fullmatch(host):
        raise Malformed("an origin is a scheme, a host name and a port, with nothing after it")
    port = DEFAULT_PORTS[parts.scheme] if parts.port is None else parts.port
    if port == 0:
        raise Malformed("an origin has a port that can be reached")
    return Origin(scheme=parts.scheme, host=host, port=port)
