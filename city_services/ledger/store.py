"""Queries over the tables of the services' events."""

from collections.abc import Iterator
from typing import Final

from sqlalchemy import CursorResult, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from city_services.ledger.chain import ChainEnd, StoredEvent
from city_services.ledger.event import Event
from city_services.ledger.models import ServiceChain, ServiceEvent, ServicePeriod

_ROWS_AT_A_TIME: Final = 1024


def lock_chain(session: Session, service: str) -> ChainEnd:
    """Where a chain ends, and nobody else moves it until the transaction ends; made if missing."""
    is_postgresql = session.get_bind().dialect.name == "postgresql"
    insert = postgresql.insert if is_postgresql else sqlite.insert
    empty = ChainEnd()
    made = insert(ServiceChain).values(service=service, size=empty.size, last=empty.last)
    # An update that changes nothing locks the row, in the same statement that may make it.
    locked = made.on_conflict_do_update(index_elements=["service"], set_={"service": service})
    row = session.execute(locked.returning(ServiceChain.size, ServiceChain.last)).one()
    return ChainEnd(size=row.size, last=row.last)


def find_chain(session: Session, service: str) -> ChainEnd:
    """Where a chain ends; the empty chain before its first event."""
    row = session.execute(
        select(ServiceChain.size, ServiceChain.last).where(ServiceChain.service == service)
    ).one_or_none()
    return ChainEnd() if row is None else ChainEnd(size=row.size, last=row.last)


def add_event(session: Session, event: Event, data: bytes, digest: bytes) -> None:
    """Store an event, and move its chain's locked head to it from the event before."""
    moved = session.execute(
        update(ServiceChain)
        .where(
            ServiceChain.service == event.service,
            ServiceChain.size == event.number - 1,
            ServiceChain.last == event.previous,
        )
        .values(size=event.number, last=digest)
        .execution_options(synchronize_session=False)
    )
    assert isinstance(moved, CursorResult)
    assert moved.rowcount == 1, "whoever adds an event has locked its chain"
    row = ServiceEvent(
        service=event.service, number=event.number, data=data, hash=digest, at=event.at
    )
    session.add(row)
    session.flush()


def events(session: Session, service: str, *, after: int) -> Iterator[StoredEvent]:
    """The stored events of a service with larger numbers, in order, a thousand at a time."""
    rows = (
        select(ServiceEvent.number, ServiceEvent.data, ServiceEvent.hash)
        .where(ServiceEvent.service == service)
        .order_by(ServiceEvent.number)
        .limit(_ROWS_AT_A_TIME)
    )
    # Page by page, so that whoever stops at an event that is wrong leaves no cursor open.
    while page := session.execute(rows.where(ServiceEvent.number > after)).all():
        for row in page:
            yield StoredEvent(number=row.number, data=row.data, hash=row.hash)
        after = page[-1].number


def end_at(session: Session, service: str, number: int) -> ChainEnd:
    """The chain's end as it was at an event; the empty chain for 0 and for one that is missing."""
    rows = select(ServiceEvent.hash).where(ServiceEvent.service == service)
    last = session.scalar(rows.where(ServiceEvent.number == number))
    return ChainEnd() if last is None else ChainEnd(size=number, last=last)


def last_period(session: Session, service: str) -> ServicePeriod | None:
    """The period of a service that was closed last."""
    rows = select(ServicePeriod).where(ServicePeriod.service == service)
    return session.scalars(rows.order_by(ServicePeriod.size.desc()).limit(1)).one_or_none()
