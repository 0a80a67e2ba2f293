"""`gwanin ledger …`: whether a service's events are the ones that the log stands for."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import click

from city_services.ledger.actions.verify import verify_stored
from city_services.ledger.chain import LedgerFound
from city_services.ledger.errors import LedgerBroken
from city_services.ledger.services import KnownServices
from console.commands import Exit, RefusingGroup, pass_opened, report
from console.output import emit, json_option, member_lines
from console.progress import with_progress
from credentials.claims import Claims
from did_registry.cli import trust_option
from did_registry.view import RegistryView
from storage.transaction import Database


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerOffice:
    """What the commands act through. own_view: the log as our own tables give it; view_at: as it is
    served at an address, by the trust file that is named or the one in the data folder."""

    services: KnownServices
    database: Database
    own_view: Callable[[], RegistryView]
    view_at: Callable[[str, Path | None], RegistryView]


def ledger_commands(open_office: Callable[[], LedgerOffice]) -> click.Group:
    """The group `ledger`; the office is opened by the command that needs it."""

    @click.group("ledger", cls=RefusingGroup, help="The events of the city's services.")
    @click.pass_context
    def group(context: click.Context) -> None:
        context.obj = open_office

    group.add_command(_verify)
    return group


@click.command("verify", help="Replay a service's events; name the first that is wrong.")
@click.argument("service")
@click.option("--log", "url", help="Compare with the log that is served at this address.")
@trust_option
@json_option
@pass_opened
def _verify(
    office: LedgerOffice, *, service: str, url: str | None, trust: Path | None, as_json: bool
) -> None:
    if url is None and trust is not None:
        raise click.UsageError("--trust goes with the address of a log")
    office.services.check(service)
    view = office.own_view() if url is None else office.view_at(url, trust)
    try:
        with office.database.reading() as session:
            found = verify_stored(
                session,
                office.services,
                service,
                view,
                watch=partial(with_progress, what="events"),
            )
    except LedgerBroken as error:
        report(error)
        emit(_broken(service, error), [], as_json=as_json)
        raise SystemExit(Exit.REFUSED) from error
    document = _found(service, found)
    emit(document, member_lines(document), as_json=as_json)
    if not found.periods:
        raise SystemExit(Exit.INDETERMINATE)


def _found(service: str, found: LedgerFound) -> Claims:
    """Where no root was logged yet, nobody could tell events from others that fit as well."""
    return {
        "valid": True if found.periods else None,
        "code": None if found.periods else "no-closed-period",
        "service": service,
        "events": found.events,
        "closed": found.closed,
        "periods": found.periods,
    }


def _broken(service: str, error: LedgerBroken) -> Claims:
    return {
        "valid": False,
        "code": error.code,
        "service": service,
        "event": error.event,
        "detail": error.detail,
    }
