"""What the environment tells a city; docs/reference.md explains each name."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from did_registry.actions.connect import data_dir
from web.environment import Addresses, read_addresses
from web.errors import SettingRefused

ROLES: Final = frozenset({"issuer", "verifier", "wallet", "registry", "services", "witness"})
DEFAULT_ROLES: Final = ROLES - {"witness"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """The settings of one process. clock: the instant to which the city's clock was set."""

    addresses: Addresses
    data_dir: Path
    database_url: str
    passphrase_file: Path
    roles: frozenset[str]
    trusted_proxies: int
    rate_limits: bool
    clock: str | None

    @classmethod
    def from_env(cls, environment: Mapping[str, str]) -> "Settings":
        """Read the settings. Raises Malformed or SettingRefused."""
        folder = data_dir(environment).resolve()
        return cls(
            addresses=read_addresses(environment),
            data_dir=folder,
            database_url=environment.get("GWANIN_DATABASE_URL") or f"sqlite:///{folder}/gwanin.db",
            passphrase_file=Path(
                environment.get("GWANIN_KEYSTORE_PASSPHRASE_FILE") or folder / "passphrase"
            ),
            roles=_roles(environment.get("GWANIN_ROLES") or ",".join(DEFAULT_ROLES)),
            trusted_proxies=_count(environment.get("GWANIN_TRUSTED_PROXIES") or "0"),
            rate_limits=_switch(environment.get("GWANIN_RATE_LIMITS") or "on"),
            clock=environment.get("GWANIN_CLOCK") or None,
        )


def _roles(text: str) -> frozenset[str]:
    roles = frozenset(role.strip() for role in text.split(","))
    if not roles <= ROLES:
        raise SettingRefused(f"GWANIN_ROLES is a comma list of {', '.join(sorted(ROLES))}")
    return roles


def _count(text: str) -> int:
    if not text.isdecimal() or len(text) > 2:
        raise SettingRefused("GWANIN_TRUSTED_PROXIES is a number of proxies, 0 or more")
    return int(text)


def _switch(text: str) -> bool:
    if text not in {"on", "off"}:
        raise SettingRefused("GWANIN_RATE_LIMITS is on or off")
    return text == "on"
