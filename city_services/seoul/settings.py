"""What the environment tells a city; docs/reference.md explains each name."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Final

from credentials.data_integrity import parse_timestamp
from did_registry.actions.connect import data_dir
from storage.engine import check_url
from web.environment import Addresses, read_addresses, read_setting
from web.errors import SettingRefused
from web.install import WebSettings

ROLES: Final = frozenset({"issuer", "verifier", "wallet", "registry", "services", "witness"})
DEFAULT_ROLES: Final = ROLES - {"witness"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """The settings of one process. clock: the instant to which the city's clock shall be set."""

    addresses: Addresses
    data_dir: Path
    database_url: str
    passphrase_file: Path
    roles: frozenset[str]
    web: WebSettings
    clock: datetime | None

    @property
    def keeps_data(self) -> bool:
        """Whether this process has a database and keys; the web wallet's server has neither."""
        return self.roles != {"wallet"}

    @classmethod
    def from_env(cls, environment: Mapping[str, str]) -> "Settings":
        """Read the settings. Raises SettingRefused, which names the one that is wrong."""
        folder = data_dir(environment).resolve()
        read = partial(read_setting, environment)
        addresses = read_addresses(environment)
        return cls(
            addresses=addresses,
            data_dir=folder,
            database_url=read("GWANIN_DATABASE_URL", f"sqlite:///{folder}/gwanin.db", check_url),
            passphrase_file=Path(
                environment.get("GWANIN_KEYSTORE_PASSPHRASE_FILE") or folder / "passphrase"
            ),
            roles=read("GWANIN_ROLES", ",".join(DEFAULT_ROLES), _roles),
            web=WebSettings(
                public_url=addresses.public_url,
                trusted_proxies=read("GWANIN_TRUSTED_PROXIES", "0", _count),
                rate_limits=read("GWANIN_RATE_LIMITS", "on", _switch),
            ),
            clock=read("GWANIN_CLOCK", "", _instant),
        )


def _roles(text: str) -> frozenset[str]:
    roles = frozenset(role.strip() for role in text.split(","))
    if not roles <= ROLES:
        raise SettingRefused(f"a comma list of {', '.join(sorted(ROLES))}")
    return roles


def _count(text: str) -> int:
    if not (text.isascii() and text.isdecimal()) or len(text) > 2:
        raise SettingRefused("a number of proxies, 0 to 99")
    return int(text)


def _switch(text: str) -> bool:
    if text not in {"on", "off"}:
        raise SettingRefused("on or off")
    return text == "on"


def _instant(text: str) -> datetime | None:
    return parse_timestamp(text) if text else None
