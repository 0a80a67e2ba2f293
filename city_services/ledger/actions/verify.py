"""Verifies a service's stored events against what the log says of them."""

from collections.abc import Callable, Iterable, Iterator
from typing import TypeAlias

from sqlalchemy.orm import Session

from city_services.ledger import store
from city_services.ledger.chain import LedgerFound, StoredEvent, verify_ledger
from city_services.ledger.services import KnownServices
from did_registry.view import RegistryView

# Passes rows through, as they are read; such as a progress bar.
Watch: TypeAlias = Callable[[Iterable[StoredEvent]], Iterator[StoredEvent]]


def verify_stored(
    session: Session, services: KnownServices, service: str, view: RegistryView, *, watch: Watch
) -> LedgerFound:
    """Replay a service's chain to its head, and through every root that the log has of it.

    view: of the log, obtained before this transaction began, so that it knows of no later event.
    Raises UnknownService, or LedgerBroken, which names the first event that is wrong.
    """
    services.check(service)
    return verify_ledger(
        service,
        watch(store.events(session, service, after=0)),
        head=store.find_chain(session, service),
        logged=view.services.get(service, ()),
    )
