"""Which services keep a ledger: a table, `services.toml`, to which each service adds itself."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files
from types import MappingProxyType

from city_services.ledger.errors import UnknownService
from city_services.ledger.event import parse_name
from schemas.labels import Label


@dataclass(frozen=True, slots=True)
class KnownServices:
    """Services by their names, each with what it is called in both languages."""

    labels: Mapping[str, Label]

    def check(self, service: str) -> None:
        """Raises UnknownService for a service that is not one of these."""
        if service not in self.labels:
            raise UnknownService("no service of the city keeps a ledger under this name")


def parse_services(text: str) -> KnownServices:
    """Read the table. Raises Malformed for a name that is none."""
    rows = tomllib.loads(text)
    return KnownServices(
        MappingProxyType({parse_name(name): Label(**row) for name, row in rows.items()})
    )


def known_services() -> KnownServices:
    """The services of this city."""
    return parse_services((files(__package__) / "services.toml").read_text("utf-8"))
