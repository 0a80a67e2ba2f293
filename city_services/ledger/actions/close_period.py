"""Ends a period of a service: one root over all of its events so far goes to the log."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from sqlalchemy.orm import Session

from city_services.ledger import store
from city_services.ledger.chain import ChainEnd, verify_events
from city_services.ledger.errors import LedgerBroken
from city_services.ledger.models import ServicePeriod
from city_services.ledger.services import KnownServices
from credentials.claims import Claims
from credentials.encoding import encode_base64url
from did_registry.actions.append import LeafDraft
from did_registry.leaf import LeafKind
from did_registry.tlog.merkle import EMPTY_FRONTIER, Frontier, decode_frontier


class LeafLog(Protocol):
    """The log that is ours to write."""

    def record(self, session: Session, drafts: Sequence[LeafDraft], *, now: datetime) -> object:
        """Append these leaves with the transaction. Raises LogInconsistent."""
        ...


def close_period(
    session: Session, services: KnownServices, log: LeafLog, service: str, *, now: datetime
) -> int | None:
    """Log the root over a service's events; how many they are, or None when there are no new ones.

    The events since the last root are read back and verified first: what is signed is what is
    stored. Raises UnknownService, LedgerBroken, or what the log raises.
    """
    services.check(service)
    end = store.lock_chain(session, service)
    period = store.last_period(session, service)
    before = EMPTY_FRONTIER if period is None else decode_frontier(period.frontier)
    if end.size == before.size:
        return None
    frontier = _grown(session, service, before, end)
    _log(session, log, service, frontier, now)
    row = ServicePeriod(
        service=service, size=frontier.size, frontier=frontier.encode(), closed_at=now
    )
    session.add(row)
    session.flush()
    return frontier.size


def _grown(session: Session, service: str, before: Frontier, end: ChainEnd) -> Frontier:
    """The tree over all events, from what it was and the events since."""
    start = found = store.end_at(session, service, before.size)
    rows, hashes = store.events(session, service, after=before.size), []
    for _, found in verify_events(service, rows, start):
        hashes.append(found.last)
    if found != end:
        raise LedgerBroken("the chain's head is not its last event", event=max(found.size, 1))
    return before.extend(hashes)


def _log(session: Session, log: LeafLog, service: str, frontier: Frontier, now: datetime) -> None:
    root = encode_base64url(frontier.root())
    body: Claims = {"service": service, "root": root, "seq": frontier.size}
    log.record(session, [LeafDraft(kind=LeafKind.SERVICE, subject=service, body=body)], now=now)
