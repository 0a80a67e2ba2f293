"""The registry's public pages as an application holds them.

They read what they show as everybody else does, from the public files and against the trust file:
a page of ours is to say nothing that a stranger could not check.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from flask import current_app

from did_registry.actions.follow import RegistryFollower
from did_registry.trust import TrustAnchor
from did_registry.view import RegistryView
from storage.transaction import Database

EXTENSION: Final = "gwanin.registry-pages"


@dataclass(frozen=True, slots=True, kw_only=True)
class RegistryPages:
    """anchor: what is pinned; follower: the registry as strangers see it; database: for the list of
    signed heads, which is no file of the log; clock: the city's time."""

    anchor: TrustAnchor
    follower: RegistryFollower
    database: Database
    clock: Callable[[], datetime]

    def view(self) -> RegistryView:
        """What the registry says now. Raises as `RegistryFollower.view`."""
        return self.follower.view(self.clock())


def registry_pages() -> RegistryPages:
    """The pages of the application that answers this request."""
    service: RegistryPages = current_app.extensions[EXTENSION]
    return service
