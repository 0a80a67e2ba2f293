"""The settings that every process needs to reach others, read from the environment. No Flask."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Final, TypeVar

from credentials.errors import Error
from web.errors import SettingRefused
from web.fetch_guard import Authority, authority, parse_allow_list
from web.guarded_connection import system_network
from web.origin import Origin, parse_origin
from web.outbound import Outbound, tls_context

T = TypeVar("T")

# Every setting that there is; whatever else begins so is a slip of the pen.
PREFIX: Final = "GWANIN_"
NAMES: Final = (
    "GWANIN_CA_FILE",
    "GWANIN_CLOCK",
    "GWANIN_DATABASE_URL",
    "GWANIN_DATA_DIR",
    "GWANIN_KEYSTORE_PASSPHRASE_FILE",
    "GWANIN_OUTBOUND_ALLOW",
    "GWANIN_PUBLIC_URL",
    "GWANIN_RATE_LIMITS",
    "GWANIN_REGISTRY_URL",
    "GWANIN_ROLES",
    "GWANIN_TRUSTED_PROXIES",
)
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

    Raises SettingRefused, which names the setting, also for a name that no setting has.
    """
    check_names(environment)
    public_url = read_setting(environment, "GWANIN_PUBLIC_URL", DEFAULT_PUBLIC_URL, parse_origin)
    registry_url = read_setting(environment, "GWANIN_REGISTRY_URL", str(public_url), parse_origin)
    ours = {authority(url.host, url.port) for url in (public_url, registry_url) if url.is_loopback}
    ca_file = environment.get("GWANIN_CA_FILE")
    return Addresses(
        public_url=public_url,
        registry_url=registry_url,
        allowed=read_setting(environment, "GWANIN_OUTBOUND_ALLOW", "", parse_allow_list) | ours,
        ca_file=Path(ca_file) if ca_file else None,
    )


def check_names(environment: Mapping[str, str]) -> None:
    """Refuse a GWANIN_ name that nobody reads: with a slip in it, a default would hold silently.

    Raises SettingRefused, which names the setting that is spelled most like it.
    """
    for name in sorted(environment):
        if name.startswith(PREFIX) and name not in NAMES:
            (nearest,) = get_close_matches(name, NAMES, n=1, cutoff=0)
            raise SettingRefused(f"{name} is no setting; did you mean {nearest}?")


def read_setting(
    environment: Mapping[str, str], name: str, default: str, parse: Callable[[str], T]
) -> T:
    """The value of a setting; an empty one counts as not given. Raises SettingRefused for what
    `parse` refuses."""
    try:
        return parse(environment.get(name) or default)
    except Error as error:
        raise SettingRefused(f"{name}: {error.detail}") from error


def open_outbound(addresses: Addresses) -> Outbound:
    """The guarded client for a process that serves nothing itself, such as a command line."""
    return Outbound(
        allowed=addresses.allowed,
        network=system_network(),
        tls=tls_context(addresses.ca_file),
    )
