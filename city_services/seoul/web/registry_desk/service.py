"""The registry's desk as an application holds it. No Flask but for finding it."""

from dataclasses import dataclass
from typing import Final

from flask import current_app

from city_services.seoul.root_office import RootOffice
from did_registry.web.pages_service import RegistryPages

EXTENSION: Final = "gwanin.registry-desk"


@dataclass(frozen=True, slots=True, kw_only=True)
class RegistryDesk:
    """office: where the acts are done; pages: the registry as everybody sees it."""

    office: RootOffice
    pages: RegistryPages


def registry_desk() -> RegistryDesk:
    """The desk of the application that answers this request."""
    service: RegistryDesk = current_app.extensions[EXTENSION]
    return service
