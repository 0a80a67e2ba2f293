"""`gwanin registry audit`: of somebody's registry as it is served, or of this installation's own
tables."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Final, NoReturn, TypeAlias

import click

from console.commands import Exit, exit_status_of, report
from console.output import emit, json_option, member_lines
from console.progress import progress_bars
from credentials.claims import Claims
from credentials.data_integrity import format_timestamp
from credentials.errors import Error
from did_registry.actions.audit import Audited, Watcher, audit_over_http
from did_registry.actions.audit_memory_file import keep_evidence, read_memory, write_memory
from did_registry.actions.connect import Connection
from did_registry.audit_errors import AuditInterrupted, LogRewritten
from did_registry.cli import OpenConnection, trust_option
from did_registry.view import RegistryView

INTERRUPTED: Final = 130  # as shells call a program that Ctrl-C has ended

# Replays this installation's own tables; raises what `replay` raises.
OwnAudit: TypeAlias = Callable[[], RegistryView]


def audit_command(
    open_connection: OpenConnection,
    own_audit: OwnAudit,
    pause: Callable[[], None],
) -> click.Command:
    """The command. pause: between two looks at a registry that is publishing."""

    @click.command("audit", help="Verify all that a registry serves; name the first wrong thing.")
    @click.argument("url", required=False)
    @click.option(
        "--remember",
        type=click.Path(path_type=Path, dir_okay=False),
        help="Begin where the last audit with this file ended, and prove that the log was only"
        " continued; the file is replaced when all is right.",
    )
    @trust_option
    @json_option
    def command(
        *, url: str | None, remember: Path | None, trust: Path | None, as_json: bool
    ) -> None:
        if url is None and not (trust is None and remember is None):
            raise click.UsageError("--trust and --remember go with the URL of somebody's registry")
        try:
            if url is None:
                view = own_audit()
                found = _found(view, continued=0, files=None)
            else:
                found = _audit_at(url, open_connection(trust), remember, pause)
        except Error as error:
            _refuse(error, remember, as_json=as_json)
        except KeyboardInterrupt:
            _refuse(AuditInterrupted("nothing was found wrong so far"), remember, as_json=as_json)
        emit(found, member_lines(found), as_json=as_json)

    return command


def _audit_at(
    url: str, connection: Connection, remember: Path | None, pause: Callable[[], None]
) -> Claims:
    """The log that is served at a URL, which must be signed by the key that is pinned."""
    anchor = replace(connection.anchor, registry_url=url.removesuffix("/"))
    memory = None if remember is None else read_memory(remember)
    with progress_bars("leaves", "files") as (on_leaves, on_files):
        audited = audit_over_http(
            anchor,
            connection.anchor.registry_url,
            connection.outbound,
            memory,
            Watcher(on_leaves=on_leaves, on_files=on_files, pause=pause),
            connection.clock(),
        )
    if remember is not None:
        write_memory(remember, audited.memory)
    return _told(audited)


def _told(audited: Audited) -> Claims:
    return _found(audited.view, continued=audited.continued, files=audited.files)


def _found(view: RegistryView, *, continued: int, files: int | None) -> Claims:
    """continued: how many leaves were proven to be those of the remembered head; the others were
    replayed."""
    size = view.checkpoint.size
    return {
        "valid": True,
        "origin": view.checkpoint.origin,
        "size": size,
        "root": view.checkpoint.root.hex(),
        "continued": continued,
        "replayed": size - continued,
        "files": files,
        "dids": len(view.histories),
        "accreditations": sum(map(len, view.accreditations.values())),
        "verifiers": sum(map(len, view.registrations.values())),
        "documents": len(view.schemas),
        "notices": view.notices,
        "as_of": format_timestamp(view.as_of),
    }


def _refuse(error: Error, remember: Path | None, *, as_json: bool) -> NoReturn:
    """Tell what was found, and keep what would convince others."""
    kept = None
    if isinstance(error, LogRewritten) and remember is not None:
        kept = _keep(error, remember)
    status = INTERRUPTED if isinstance(error, AuditInterrupted) else exit_status_of(error)
    document: Claims = {
        # Unknown is neither valid nor invalid.
        "valid": False if status == Exit.REFUSED else None,
        "code": error.code,
        "index": getattr(error, "index", None),
        "file": getattr(error, "file", None),
        "evidence": None if kept is None else str(kept),
        "detail": error.detail,
    }
    report(error)
    emit(document, [], as_json=as_json)
    raise SystemExit(status) from error


def _keep(error: LogRewritten, remember: Path) -> Path | None:
    """Where both heads are kept; what was found is told even if nothing can be written."""
    try:
        kept = keep_evidence(remember, error.rewriting)
    except Error as failure:
        error.detail = f"{error.detail}; the two heads could not be kept: {failure.detail}"
        return None
    error.detail = f"{error.detail}; both heads are in {kept}"
    return kept
