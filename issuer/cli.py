"""The operator's commands of an issuer: `gwanin issuer …`. They work on the database directly, and
ask the registry what an agency may issue."""

from collections import Counter
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import click

from console.commands import Exit, RefusingGroup, pass_opened
from console.output import emit, json_option, member_lines
from console.progress import with_progress
from credentials.claims import Claims
from credentials.data_integrity import format_timestamp
from credentials.json_object import parse_object
from issuer.actions.accreditation import permissions_at
from issuer.actions.agencies import get_agency
from issuer.actions.approve import approve
from issuer.actions.change_status import Changed, StatusChange, change_status
from issuer.actions.entitlements import get_entitlement
from issuer.actions.import_entitlements import RowOutcome, RowReport, import_entitlements
from issuer.actions.make_offer import MadeOffer, make_offer
from issuer.actions.service import IssuerService
from issuer.agency import Agency
from issuer.catalogue import get_mechanism
from issuer.csv_rows import MAX_CSV_BYTES
from issuer.person import parse_person_ref
from schemas.catalogue import get
from schemas.status_reasons import ReasonState, status_reasons
from web.problem_rows import problem
from web.qr import draw_png

_INPUT = click.Path(path_type=Path, exists=True, dir_okay=False)


def issuer_commands(open_service: Callable[[], IssuerService]) -> click.Group:
    """The group `issuer`; `open_service` is called by the command that runs, not for help."""

    @click.group("issuer", cls=RefusingGroup, help="Approve, offer, suspend and revoke.")
    @click.pass_context
    def group(context: click.Context) -> None:
        context.obj = open_service

    for command in (_offer, _import, *_status_commands()):
        group.add_command(command)
    return group


@click.command("offer")
@click.option("--agency", "code", required=True, help="The agency that issues, e.g. GU-11620.")
@click.option("--type", "type_name", required=True, help="The credential type.")
@click.option("--claims", type=_INPUT, required=True)
@click.option("--person", help="The person's reference; a new person without it.")
@click.option("--format", "credential_format", help="dc+sd-jwt (as a rule) or ldp_vc.")
@click.option("--no-tx-code", is_flag=True, help="At the counter, where the clerk sees the person.")
@click.option("--qr", type=click.Path(path_type=Path), help="Write the link as a QR code (PNG).")
@json_option
@pass_opened
def _offer(
    service: IssuerService,
    *,
    code: str,
    type_name: str,
    claims: Path,
    person: str | None,
    credential_format: str | None,
    no_tx_code: bool,
    qr: Path | None,
    as_json: bool,
) -> None:
    """Approve claims and make the link under which the person may fetch the credential."""
    now, credential_type = service.clock(), get(type_name)
    mechanism = get_mechanism(credential_type, credential_format)
    entered = parse_object(claims.read_bytes()).members
    agency = _agency(service, code)
    permissions = _permissions(service, agency, now)
    with service.database.writing() as session:
        entitlement = approve(
            session,
            service.context,
            agency,
            credential_type,
            entered,
            permissions=permissions,
            person_ref=None if person is None else parse_person_ref(person),
            now=now,
        )
        made = make_offer(
            session,
            service.context,
            agency,
            entitlement,
            mechanism,
            needs_tx_code=not no_tx_code,
            now=now,
        )
        if qr is not None:  # Before the commit: an offer whose link was lost helps nobody.
            _write(qr, draw_png(made.link))
    document = {**_offer_document(made), "person_ref": entitlement.person_ref}
    emit(document, member_lines(document), as_json=as_json)


@click.command("import")
@click.argument("file", type=_INPUT)
@click.option("--agency", "code", required=True)
@click.option("--type", "type_name", required=True)
@click.option("--dry-run", is_flag=True, help="Report the same, and change nothing.")
@json_option
@pass_opened
def _import(
    service: IssuerService, *, file: Path, code: str, type_name: str, dry_run: bool, as_json: bool
) -> None:
    """Approve every row of a CSV file; rows that are refused are named by line and column."""
    now, credential_type = service.clock(), get(type_name)
    agency = _agency(service, code)
    with file.open("rb") as stream:
        data = stream.read(MAX_CSV_BYTES + 1)
    rows = import_entitlements(
        service.database,
        service.context,
        agency,
        credential_type,
        data,
        permissions=_permissions(service, agency, now),
        dry_run=dry_run,
        now=now,
    )
    reports = list(with_progress(rows, "rows"))
    counts = Counter(report.outcome for report in reports)
    refused = [report for report in reports if report.outcome is RowOutcome.REFUSED]
    document = {
        "read": len(reports),
        **{outcome.value: counts[outcome] for outcome in RowOutcome},
        "dry_run": dry_run,
        "errors": [error for report in refused for error in _row_errors(report)],
        "entitlements": [report.entitlement_id for report in reports if report.entitlement_id],
    }
    emit(document, _import_lines(document), as_json=as_json)
    if refused:
        raise SystemExit(Exit.REFUSED)


def _agency(service: IssuerService, code: str) -> Agency:
    with service.database.reading() as session:
        return get_agency(session, service.context.settings, code)


def _permissions(service: IssuerService, agency: Agency, now: datetime) -> frozenset[str]:
    """What the agency may issue; read before the transaction, because it may be fetched."""
    return permissions_at(service.registry.view(now), agency, now)


def _write(path: Path, data: bytes) -> None:
    try:
        path.write_bytes(data)
    except OSError as error:
        raise click.BadParameter(f"{path}: {error.strerror}", param_hint="--qr") from error


def _status_commands() -> tuple[click.Command, ...]:
    return tuple(_status_command(change) for change in StatusChange)


def _status_command(change: StatusChange) -> click.Command:
    @click.command(
        change.value,
        help=f"{change.value.capitalize()} every copy of a credential.",
        epilog=_reasons(change),
    )
    @click.argument("entitlement_id", metavar="ID")
    @click.option("--reason", help="A reason code; none to reinstate.")
    @json_option
    @pass_opened
    def command(
        service: IssuerService, *, entitlement_id: str, reason: str | None, as_json: bool
    ) -> None:
        with service.database.writing() as session:
            entitlement = get_entitlement(session, service.context, entitlement_id)
            agency = get_agency(session, service.context.settings, entitlement.agency)
            changed = change_status(
                session,
                service.context,
                agency,
                entitlement_id,
                change,
                reason=reason,
                now=service.clock(),
            )
        document = _changed_document(changed)
        emit(document, member_lines(document), as_json=as_json)

    return command


def _reasons(change: StatusChange) -> str | None:
    """The reason codes that lead to a change, each on its line; click keeps lines after a \\b."""
    state = {
        StatusChange.SUSPEND: ReasonState.SUSPENDED,
        StatusChange.REINSTATE: None,
        StatusChange.REVOKE: ReasonState.REVOKED,
    }[change]
    rows = [
        f"  {row.code}  {row.ko} / {row.en}"
        for row in status_reasons().values()
        if row.state is state
    ]
    return "\n".join(["\b", "Reasons:", *rows]) if rows else None


def _offer_document(made: MadeOffer) -> Claims:
    return {
        "offer_uri": made.offer_uri,
        "link": made.link,
        "tx_code": made.tx_code,
        "entitlement_id": made.entitlement_id,
        "expires_at": format_timestamp(made.expires_at),
    }


def _changed_document(changed: Changed) -> Claims:
    return {
        "id": changed.entitlement_id,
        "status": changed.state.value,
        "list": changed.list_uri,
        "published_at": format_timestamp(changed.published_at),
    }


def _row_errors(report: RowReport) -> list[dict[str, Any]]:
    if report.code is not None and not report.problems:
        row = problem(report.code)
        return [_error(report.line, None, report.code, row.title_ko, row.title_en)]
    return [
        _error(
            report.line,
            found.where if found.path else None,  # what is wrong with a whole row has no column
            found.code,
            found.detail_ko,
            found.detail_en,
        )
        for found in report.problems
    ]


def _error(
    line: int, column: str | None, code: str, detail_ko: str, detail_en: str
) -> dict[str, Any]:
    return {
        "line": line,
        "column": column,
        "code": code,
        "detail_ko": detail_ko,
        "detail_en": detail_en,
    }


def _import_lines(document: dict[str, Any]) -> list[str]:
    counts = ", ".join(f"{document[name]} {name}" for name in ("read", *RowOutcome))
    return [counts, *map(_error_line, document["errors"])]


def _error_line(error: dict[str, Any]) -> str:
    place = f"line {error['line']}" + (f", {error['column']}" if error["column"] else "")
    return f"{place}: {error['code']} — {error['detail_ko']} {error['detail_en']}"
