"""The registry as an application holds it: one value, put there by the composition root."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from flask import current_app

from did_registry.actions.sequencer import Sequencer
from did_registry.directory import Directory
from did_registry.tlog.cosignature import WitnessPolicy
from did_registry.web.remembered import Remembered
from did_registry.webvh.history import History
from storage.transaction import Database
from web.outbound import Outbound

EXTENSION = "gwanin.registry"
MAX_HISTORIES: Final = 512  # each about as large as the DID's log, a few kilobytes
MAX_DIRECTORIES: Final = 4  # of the newest heads


@dataclass(frozen=True, slots=True, kw_only=True)
class RegistryService:
    """url: where this registry is reached, without a slash at its end; witnesses: who must have
    signed a head before it is shown; sequencer: who logs the entries that agencies offer; clock:
    the city's time.

    outbound: how other hosts' DIDs are fetched, None where they are not resolved;
    histories: what was verified, by DID and last versionId; directories: by how many leaves.
    """

    url: str
    database: Database
    witnesses: WitnessPolicy
    sequencer: Sequencer
    clock: Callable[[], datetime]
    outbound: Outbound | None = None
    histories: Remembered[tuple[str, str], History] = field(
        default_factory=lambda: Remembered(MAX_HISTORIES)
    )
    directories: Remembered[int, Directory] = field(
        default_factory=lambda: Remembered(MAX_DIRECTORIES)
    )


def registry_service() -> RegistryService:
    """The registry of the application that answers this request."""
    service: RegistryService = current_app.extensions[EXTENSION]
    return service
