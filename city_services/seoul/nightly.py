"""The city's jobs of the night: one root in the log for each day of what stays off the log.

Each agency and each service is a transaction of its own: where one fails, the others go on, and
whoever writes to the database meanwhile gets their turn.
"""

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Final

from sqlalchemy.orm import Session

from city_services.jobs.cli import JobOffice
from city_services.jobs.schedule import Job, JobResult
from city_services.ledger.actions.close_period import close_period
from city_services.ledger.services import KnownServices, known_services
from city_services.seoul.city import City
from city_services.staff_record.log_head import log_head
from credentials.errors import Error
from issuer import batch_store
from issuer.actions.close_batches import close_batches
from staff import store as staff_store
from storage.transaction import Database

BATCHES: Final = "issuance-batches"
HEADS: Final = "audit-heads"
PERIODS: Final = "service-periods"


def job_office(city: City) -> JobOffice:
    """The jobs of the roles that this process has: only where the log is ours to write.

    Raises at once what would fail in the night: NotSeeded, or what `check_keys` raises.
    """
    city.check_keys()
    roles, jobs = city.settings.roles, []
    if "registry" in roles:
        jobs.append(Job(name=HEADS, work=lambda _: _log_heads(city)))
        if "issuer" in roles:
            jobs.append(Job(name=BATCHES, work=lambda midnight: _close_batches(city, midnight)))
        if "services" in roles:
            services = known_services()
            jobs.append(Job(name=PERIODS, work=lambda _: close_periods(city, services)))
    return JobOffice(database=city.database, jobs=jobs, clock=city.clock)


def close_periods(city: City, services: KnownServices) -> JobResult:
    """A `service` leaf for each service with new events."""

    def close(session: Session, service: str) -> bool:
        writer, now = city.registry_writer, city.clock()
        return close_period(session, services, writer, service, now=now) is not None

    return _for_each(city.database, services.labels, close)


def _close_batches(city: City, midnight: datetime) -> JobResult:
    """A `batch` leaf for each agency and day on which anything was issued."""
    with city.database.reading() as session:
        codes = batch_store.agencies_with_open(session, before=midnight)

    def close(session: Session, code: str) -> int:
        context, now = city.issuer.context, city.clock()
        return close_batches(session, context, code, until=midnight, now=now)

    return _for_each(city.database, codes, close)


def _log_heads(city: City) -> JobResult:
    """An `audit` leaf for each agency whose record has new lines."""
    with city.database.reading() as session:
        codes = staff_store.agencies(session)

    def log(session: Session, code: str) -> bool:
        return log_head(session, city.registry_writer, code, now=city.clock()) is not None

    return _for_each(city.database, codes, log)


def _for_each(
    database: Database, subjects: Iterable[str], act: Callable[[Session, str], int]
) -> JobResult:
    """Do the same for each, in a transaction of its own; `act` returns how many leaves it took."""
    count, failed = 0, {}
    for subject in subjects:
        try:
            with database.writing() as session:
                count += act(session, subject)
        except Error as error:
            failed[subject] = error.code
        database.give_way()
    return JobResult(count=count, failed=failed)
