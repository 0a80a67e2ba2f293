"""The settings that every process needs to reach others, read from the environment. No Flask."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from web.fetch_guard import Authority, authority, parse_allow_list
from web.guarded_connection import system_network
from web.origin import Origin, parse_origin
from web.outbound import Outbound, tls_context

DEFAULT_PUBLIC_URL: Final = "http://localhost:8000"


@dataclass(frozen=True, slots=True, kw_only=True)
class Addresses:
    """public_url: where this city is reached; registry_url: where its registry is.

    allowed: hosts and ports that may be fetched from though private or over plain http; our own
    two are among them when they are loopback names.
    """

    public_url: Origin
    registry_url: Origin
    allowed: frozenset[Authority]
    ca_file: Path | None


def read_addresses(environment: Mapping[str, str]) -> Addresses:
    """Read GWANIN_PUBLIC_URL, GWANIN_REGISTRY_URL, GWANIN_OUTBOUND_ALLOW and GWANIN_CA_FILE.

    Raises Malformed.
    """
    public_url = parse_origin(environment.get("GWANIN_PUBLIC_URL") or DEFAULT_PUBLIC_URL)
    registry_url = parse_origin(environment.get("GWANIN_REGISTRY_URL") or str(public_url))
    ours = {authority(url.host, url.port) for url in (public_url, registry_url) if url.is_loopback}
    ca_file = environment.get("GWANIN_CA_FILE")
    return Addresses(
        public_url=public_url,
        registry_url=registry_url,
        allowed=parse_allow_list(environment.get("GWANIN_OUTBOUND_ALLOW", "")) | ours,
        ca_file=Path(ca_file) if ca_file else None,
    )


def open_outbound(addresses: Addresses) -> Outbound:
    """The guarded client for a process that serves nothing itself, such as a command line."""
    return Outbound(
        allowed=addresses.allowed,
        network=system_network(),
        tls=tls_context(addresses.ca_file),
    )
