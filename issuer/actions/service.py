"""The issuer, put together: what its pages and its command line act through."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from did_registry.actions.follow import RegistryFollower
from issuer.actions.context import IssuerContext
from storage.transaction import Database


@dataclass(frozen=True, slots=True, kw_only=True)
class IssuerService:
    """clock: the city's time, aware UTC; each act reads it once."""

    context: IssuerContext
    database: Database
    registry: RegistryFollower
    clock: Callable[[], datetime]
