"""`gwanin staff …`: whether a record of acts is the one that the log stands for."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import click

from console.commands import Exit, report
from console.output import emit, json_option, member_lines
from console.progress import with_progress
from credentials.claims import Claims
from did_registry.cli import trust_option
from did_registry.view import RegistryView
from staff import store
from staff.act_chain import LoggedHead, RecordEnd, verify_record
from staff.errors import RecordBroken, RecordNotFound
from storage.transaction import Database


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordOffice:
    """What the commands act through. own_view: the log as our own tables give it; view_at: as it is
    served at an address, by the trust file that is named or the one in the data folder."""

    database: Database
    own_view: Callable[[], RegistryView]
    view_at: Callable[[str, Path | None], RegistryView]


def verify_record_command(open_office: Callable[[], RecordOffice]) -> click.Command:
    """`gwanin staff verify-record`; the office is opened when it runs."""

    @click.command("verify-record", help="Replay a record of acts; name the first wrong line.")
    @click.argument("agency")
    @click.option("--log", "url", help="Compare with the log that is served at this address.")
    @trust_option
    @json_option
    def command(*, agency: str, url: str | None, trust: Path | None, as_json: bool) -> None:
        if url is None and trust is not None:
            raise click.UsageError("--trust goes with the address of a log")
        office = open_office()
        logged = _logged(office, agency, url, trust)
        try:
            end = _replay(office, agency, logged)
        except RecordBroken as error:
            report(error)
            emit(_broken(agency, error), [], as_json=as_json)
            raise SystemExit(Exit.REFUSED) from error
        document = _found(agency, end, logged)
        emit(document, member_lines(document), as_json=as_json)
        if not logged:
            raise SystemExit(Exit.INDETERMINATE)

    return command


def _logged(
    office: RecordOffice, agency: str, url: str | None, trust: Path | None
) -> list[LoggedHead]:
    view = office.own_view() if url is None else office.view_at(url, trust)
    return [
        LoggedHead(count=found.count, head=found.root, index=found.index)
        for found in view.audits.get(agency, ())
    ]


def _replay(office: RecordOffice, agency: str, logged: list[LoggedHead]) -> RecordEnd:
    with office.database.reading() as session:
        if agency not in store.agencies(session):
            raise RecordNotFound("nobody of this code has ever had an account here")
        lines = with_progress(store.lines(session, agency, after=0), "lines")
        return verify_record(agency, lines, logged)


def _found(agency: str, end: RecordEnd, logged: list[LoggedHead]) -> Claims:
    """Before the first head was logged, nobody could tell lines from others that fit as well."""
    return {
        "valid": True if logged else None,
        "code": None if logged else "no-logged-head",
        "agency": agency,
        "lines": end.size,
        "logged": logged[-1].count if logged else 0,
        "heads": len(logged),
    }


def _broken(agency: str, error: RecordBroken) -> Claims:
    return {
        "valid": False,
        "code": error.code,
        "agency": agency,
        "line": error.line,
        "detail": error.detail,
    }
