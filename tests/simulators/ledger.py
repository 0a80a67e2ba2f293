"""The ledger of one invented service beside a registry of the test's own.

ledger = SimulatedLedger(SimulatedRegistry(database))
ledger.record("lent", {"book": 7})
ledger.close()                       # a `service` leaf, under a signed head
ledger.verify()                      # what `gwanin ledger verify library` finds
ledger.tamper("DELETE FROM service_event WHERE number = 3")
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

from sqlalchemy import text
from sqlalchemy.orm import Session

from city_services.ledger.actions.close_period import close_period
from city_services.ledger.actions.record import record, replay
from city_services.ledger.actions.verify import verify_stored
from city_services.ledger.chain import LedgerFound
from city_services.ledger.event import Event
from city_services.ledger.services import KnownServices, parse_services
from credentials.claims import Claims
from did_registry.actions.append import LeafDraft, append
from did_registry.leaf import LeafKind
from tests.simulators.registry import SimulatedRegistry, drop_triggers

SERVICE: Final = "library"
SERVICES: Final[KnownServices] = parse_services(
    '[library]\nko = "도서 대출"\nen = "Lending"\n[pool]\nko = "수영장"\nen = "Pool"\n'
)


class SimulatedLedger:
    """Each method is one transaction."""

    def __init__(self, registry: SimulatedRegistry) -> None:
        self.registry = registry

    def record(self, name: str, data: Claims, service: str = SERVICE) -> Event:
        """Add an event."""
        now = self.registry.clock()
        return self.registry.write(
            lambda session: record(session, SERVICES, service, name, data, now=now)
        )

    def fill(self, count: int, service: str = SERVICE) -> None:
        """Add so many events."""
        for number in range(count):
            self.record("lent", {"book": number}, service)

    def replay(self, service: str = SERVICE) -> list[Event]:
        """Every event, verified."""
        return self.registry.read(lambda session: list(replay(session, SERVICES, service)))

    def close(self, service: str = SERVICE) -> int | None:
        """End a period, and sign the log over its root."""
        now = self.registry.clock()
        closed = self.registry.write(
            lambda session: close_period(session, SERVICES, _Log(), service, now=now)
        )
        self.registry.publish()
        return closed

    def verify(self, service: str = SERVICE) -> LedgerFound:
        """Replay everything, and compare it with the log."""
        view = self.registry.replay()
        return self.registry.read(
            lambda session: verify_stored(session, SERVICES, service, view, watch=iter)
        )

    def tamper(self, statement: str, **values: Any) -> None:
        """Change what is stored behind everybody's back; refused unless it changes something."""
        with self.registry.database.writing() as session:
            _drop_triggers(session)
            result = session.execute(text(statement), values)
            assert result.rowcount  # type: ignore[attr-defined]

    def log_root(self, root: str, count: int) -> None:
        """Log a root that nothing supports."""
        body: Claims = {"service": SERVICE, "root": root, "seq": count}
        self.registry.append([LeafDraft(kind=LeafKind.SERVICE, subject=SERVICE, body=body)])
        self.registry.publish()


class _Log:
    """As the registry's writer does, but for the head, which `close` signs afterwards."""

    def record(self, session: Session, drafts: Sequence[LeafDraft], *, now: datetime) -> list[int]:
        return append(session, drafts, now=now)


def _drop_triggers(session: Session) -> None:
    if session.get_bind().dialect.name == "sqlite":
        drop_triggers(session)
        return
    for table in ("service_event", "service_period"):
        session.execute(text(f"ALTER TABLE {table} DISABLE TRIGGER USER"))
