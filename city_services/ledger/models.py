"""The tables of the services' events. Events and closed periods are append-only."""

from datetime import datetime

from sqlalchemy import ForeignKey, LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

from storage.append_only import make_append_only
from storage.base import Base
from storage.types import Digest, UtcDateTime


class ServiceChain(Base):
    """Where a service's chain ends: one row, moved by compare-and-swap with every event."""

    __tablename__ = "service_chain"

    service: Mapped[str] = mapped_column(primary_key=True)
    size: Mapped[int]
    last: Mapped[bytes] = mapped_column(Digest)


class ServiceEvent(Base):
    """One event, verbatim. Its key makes a fork impossible to store."""

    __tablename__ = "service_event"

    service: Mapped[str] = mapped_column(ForeignKey("service_chain.service"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    data: Mapped[bytes] = mapped_column(LargeBinary)
    hash: Mapped[bytes] = mapped_column(Digest)
    at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)


class ServicePeriod(Base):
    """A period that was closed: how many events there were, and the tree over them, to go on from
    when the next one is closed."""

    __tablename__ = "service_period"

    service: Mapped[str] = mapped_column(ForeignKey("service_chain.service"), primary_key=True)
    size: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    frontier: Mapped[bytes] = mapped_column(LargeBinary)
    closed_at: Mapped[datetime] = mapped_column(UtcDateTime)


for _append_only in (ServiceEvent, ServicePeriod):
    make_append_only(_append_only)
