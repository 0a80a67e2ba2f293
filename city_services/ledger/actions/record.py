"""Writes down what happened in a service, and reads it back to apply it."""

from collections.abc import Iterator
from datetime import datetime

from sqlalchemy.orm import Session

from city_services.ledger import store
from city_services.ledger.chain import ChainEnd, verify_events
from city_services.ledger.event import Event, build_event
from city_services.ledger.services import KnownServices
from credentials.claims import Claims
from did_registry.tlog.merkle import leaf_hash


def record(
    session: Session,
    services: KnownServices,
    service: str,
    name: str,
    data: Claims,
    *,
    now: datetime,
) -> Event:
    """Add one event to a service's chain; it is there when the transaction is.

    The chain stays locked until then, so an event is recorded after all else. Of any number of
    workers, each adds its own event after the other's. Raises UnknownService, Malformed or
    TooLarge.
    """
    services.check(service)
    end = store.lock_chain(session, service)
    event = Event(
        service=service,
        number=end.size + 1,
        previous=end.last,
        at=now.replace(microsecond=0),
        name=name,
        data=data,
    )
    encoded = build_event(event)
    store.add_event(session, event, encoded, leaf_hash(encoded))
    return event


def replay(session: Session, services: KnownServices, service: str) -> Iterator[Event]:
    """Every event of a service in order, each verified to continue the chain.

    Raises UnknownService, or LedgerBroken at the first event that is wrong.
    """
    services.check(service)
    rows = store.events(session, service, after=0)
    return (event for event, _ in verify_events(service, rows, ChainEnd()))
