"""The registry as an application holds it: one value, put there by the composition root."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from flask import current_app

from storage.transaction import Database

EXTENSION = "gwanin.registry"


@dataclass(frozen=True, slots=True, kw_only=True)
class RegistryService:
    """url: where this registry is reached, without a slash at its end; clock: the city's time."""

    url: str
    database: Database
    clock: Callable[[], datetime]


def registry_service() -> RegistryService:
    """The registry of the application that answers this request."""
    service: RegistryService = current_app.extensions[EXTENSION]
    return service
