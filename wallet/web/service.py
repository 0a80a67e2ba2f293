"""The server half of the web wallet as an application holds it. It has no database and no keys."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from flask import current_app

from did_registry.actions.follow import RegistryFollower
from did_registry.trust import TrustAnchor
from web.origin import Origin
from web.outbound import Outbound

EXTENSION: Final = "gwanin.wallet"


@dataclass(frozen=True, slots=True, kw_only=True)
class WalletService:
    """own_origin: where our pages are; anchor: what they pin; registry: whom the relay knows."""

    own_origin: Origin
    anchor: TrustAnchor
    registry: RegistryFollower
    outbound: Outbound
    clock: Callable[[], datetime]


def wallet_service() -> WalletService:
    """The wallet of the application that answers this request."""
    service: WalletService = current_app.extensions[EXTENSION]
    return service
