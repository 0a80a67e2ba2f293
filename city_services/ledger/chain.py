"""Whether stored events are the ones that were recorded, as far as the log can tell."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from city_services.ledger.errors import LedgerBroken
from city_services.ledger.event import NO_EVENT, Event, parse_event
from credentials.errors import Error
from did_registry.logged_root import LoggedRoot
from did_registry.tlog.merkle import EMPTY_FRONTIER, Frontier, leaf_hash


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredEvent:
    """A row of a ledger, unverified. hash: what the row says that its bytes hash to."""

    number: int
    data: bytes
    hash: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class ChainEnd:
    """Where a chain of events ends: how many there are, and the last one's hash."""

    size: int = 0
    last: bytes = NO_EVENT


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerFound:
    """A ledger that is whole. events: how many there are; closed: how many of them stand under a
    root in the log, so that nobody can change them unseen; periods: how many such roots."""

    events: int
    closed: int
    periods: int


def verify_events(
    service: str, rows: Iterable[StoredEvent], end: ChainEnd
) -> Iterator[tuple[Event, ChainEnd]]:
    """The events of rows that continue a chain from `end` on, each with the chain's new end.

    Raises LedgerBroken at the first that does not.
    """
    for row in rows:
        event = _verify_row(service, row, end)
        end = ChainEnd(size=row.number, last=row.hash)
        yield event, end


def verify_ledger(
    service: str, rows: Iterable[StoredEvent], *, head: ChainEnd, logged: Sequence[LoggedRoot]
) -> LedgerFound:
    """Recompute a service's whole chain, and every root of it that was logged.

    rows: all that are stored, in order; head: where the chain is said to end; logged: the service's
    leaves in the order of the log. Raises LedgerBroken, which names the first event that is wrong.
    """
    _check_order(logged)
    frontier, end, roots = EMPTY_FRONTIER, ChainEnd(), list(logged)
    begins = 1
    for _, end in verify_events(service, rows, ChainEnd()):
        frontier = frontier.append(end.last)
        if roots and roots[0].count == end.size:
            _check_root(frontier, roots.pop(0), begins)
            begins = end.size + 1
    if roots:
        said = f"leaf {roots[0].index} stands for {roots[0].count} events, but it is missing"
        raise LedgerBroken(said, event=end.size + 1)
    if head != end:
        raise LedgerBroken("the chain's head is not its last event", event=max(end.size, 1))
    closed = logged[-1].count if logged else 0
    return LedgerFound(events=end.size, closed=closed, periods=len(logged))


def _verify_row(service: str, row: StoredEvent, end: ChainEnd) -> Event:
    number = end.size + 1
    if row.number != number:
        raise LedgerBroken("it is missing", event=number)
    if leaf_hash(row.data) != row.hash:
        raise LedgerBroken("its bytes do not have the stored hash", event=number)
    try:
        event = parse_event(row.data)
    except Error as error:
        raise LedgerBroken(error.detail, event=number) from error
    if (event.service, event.number) != (service, number):
        raise LedgerBroken("its bytes are of another place or service", event=number)
    if event.previous != end.last:
        # It is the later event that commits to the earlier one, not the other way round.
        raise LedgerBroken(f"it is not the event that event {number} names", event=max(end.size, 1))
    return event


def _check_order(logged: Sequence[LoggedRoot]) -> None:
    """Each leaf of a service stands for more events than the one before."""
    before = 0
    for root in logged:
        if root.count <= before:
            raise LedgerBroken(
                f"leaf {root.index} stands for {root.count} events, after one that stood for"
                f" {before}: no ledger supports both",
                event=max(root.count, 1),
            )
        before = root.count


def _check_root(frontier: Frontier, root: LoggedRoot, begins: int) -> None:
    if frontier.root() != root.root:
        raise LedgerBroken(
            f"the events up to {root.count} are not those that leaf {root.index} stands for",
            event=begins,
        )
