"""The registry's commands: `gwanin registry …`. They see what everybody sees, over HTTP, but for
an audit without a URL, which replays this installation's own tables."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Final

import click

from console.clock import Clock
from console.commands import Exit, RefusingGroup, report
from console.output import emit, json_option
from credentials.claims import Claims
from credentials.data_integrity import format_timestamp
from credentials.errors import Error
from credentials.json_object import parse_object
from did_registry.actions.connect import Connection
from did_registry.actions.follow import Freshness, RegistryFollower
from did_registry.agency_document import credential_issuers
from did_registry.trust import TrustAnchor
from did_registry.view import RegistryView
from did_registry.webvh.did import Did, parse_did
from did_registry.webvh.entry import split_log
from did_registry.webvh.history import replay_prefix
from did_registry.webvh.resolution import resolve
from did_registry.webvh.witness import parse_witness_file

MAX_LOG_BYTES: Final = 2 * 1024 * 1024
MAX_WITNESS_BYTES: Final = 2 * 1024 * 1024

# Replays this installation's own tables; raises what `replay` raises.
OwnAudit = Callable[[], RegistryView]


def registry_commands(
    open_connection: Callable[[], Connection], own_audit: OwnAudit, clock: Callable[[], Clock]
) -> click.Group:
    """The group `registry`; each argument is called by the command that needs it."""

    @click.group("registry", cls=RefusingGroup, help="Who may sign what, since when, and proof.")
    def group() -> None:
        pass

    group.add_command(_list_command(open_connection))
    group.add_command(_resolve_command(open_connection))
    group.add_command(_check_command(clock))
    group.add_command(_audit_command(open_connection, own_audit))
    return group


def _list_command(open_connection: Callable[[], Connection]) -> click.Command:
    @click.command("list", help="Every agency and verifier, as the log has them now.")
    @json_option
    def command(*, as_json: bool) -> None:
        connection = open_connection()
        now = connection.clock()
        view = connection.follower.view(now)
        rows = [_listed(view, did) for did in sorted(_dids(view))]
        lines = [
            f"{row['code']}: {row['name_ko']} / {row['name_en']}\n  {row['did']}" for row in rows
        ]
        emit(rows, lines, as_json=as_json)

    return command


def _resolve_command(open_connection: Callable[[], Connection]) -> click.Command:
    @click.command("resolve", help="The DID resolution result of a DID of the registry.")
    @click.argument("did")
    @click.option("--version-id", help="The version with this versionId.")
    @click.option("--version-time", help="The version that was current at this time.")
    @json_option
    def command(
        *, did: str, version_id: str | None, version_time: str | None, as_json: bool
    ) -> None:
        connection = open_connection()
        view = connection.follower.view(connection.clock())
        asked = (("versionId", version_id), ("versionTime", version_time))
        options = [(name, value) for name, value in asked if value is not None]
        answer = resolve(view.histories.get(parse_did(did).scid), options, failure=None)
        emit(answer.to_json(), [_pretty(answer.to_json())], as_json=as_json)
        if answer.refusal is not None:
            raise SystemExit(Exit.REFUSED)

    return command


def _check_command(clock: Callable[[], Clock]) -> click.Command:
    @click.command("check", help="The verdict on any did:webvh log, in a file.")
    @click.argument("file", type=click.Path(path_type=Path, exists=True))
    @click.option("--did", help="The DID it must be of; else the one that its last line names.")
    @click.option("--witness", type=click.Path(path_type=Path, exists=True))
    @click.option("--version-time", help="Resolve as of this time.")
    @json_option
    def command(
        *,
        file: Path,
        did: str | None,
        witness: Path | None,
        version_time: str | None,
        as_json: bool,
    ) -> None:
        log = _read(file, MAX_LOG_BYTES)
        witnesses = (
            None if witness is None else parse_witness_file(_read(witness, MAX_WITNESS_BYTES))
        )
        wanted = _did_in(log) if did is None else parse_did(did)
        found = replay_prefix(log, did=wanted, now=clock()(), witnesses=witnesses)
        options = [] if version_time is None else [("versionTime", version_time)]
        answer = resolve(found.history, options, failure=found.failure)
        document: Claims = {
            "valid": found.failure is None,
            "did": str(wanted),
            "versions": 0 if found.history is None else len(found.history.versions),
            "code": None if found.failure is None else found.failure.code,
            "entry": None if found.failure is None else found.failure.entry,
            "detail": None if found.failure is None else found.failure.detail,
            "resolution": answer.to_json(),
        }
        emit(document, [f"{name}: {document[name]}" for name in document], as_json=as_json)
        if found.failure is not None or answer.refusal is not None:
            raise SystemExit(Exit.REFUSED)

    return command


def _audit_command(open_connection: Callable[[], Connection], own_audit: OwnAudit) -> click.Command:
    @click.command("audit", help="Replay the whole log; name the first thing that is wrong.")
    @click.argument("url", required=False)
    @json_option
    def command(*, url: str | None, as_json: bool) -> None:
        try:
            view = own_audit() if url is None else _audit_at(url, open_connection())
        except Error as error:
            document: Claims = {
                "valid": False,
                "code": error.code,
                "index": getattr(error, "index", None),
                "detail": error.detail,
            }
            report(error)
            emit(document, [], as_json=as_json)
            raise SystemExit(Exit.REFUSED) from error
        found = _audited(view)
        emit(found, [f"{name}: {value}" for name, value in found.items()], as_json=as_json)

    return command


def _audit_at(url: str, connection: Connection) -> RegistryView:
    """The log that is served at a URL, which must be signed by the key that is pinned."""
    anchor = TrustAnchor(
        registry_url=url.removesuffix("/"),
        log_key=connection.anchor.log_key,
        root=connection.anchor.root,
    )
    follower = RegistryFollower(anchor, connection.outbound, Freshness())
    return follower.view(connection.clock())


def _audited(view: RegistryView) -> Claims:
    return {
        "valid": True,
        "origin": view.checkpoint.origin,
        "size": view.checkpoint.size,
        "root": view.checkpoint.root.hex(),
        "dids": len(view.histories),
        "accreditations": sum(map(len, view.accreditations.values())),
        "verifiers": sum(map(len, view.registrations.values())),
        "documents": len(view.schemas),
        "as_of": format_timestamp(view.as_of),
    }


def _dids(view: RegistryView) -> list[str]:
    return [str(history.did) for history in view.histories.values()]


def _listed(view: RegistryView, did: str) -> dict[str, object]:
    accreditations = view.accreditations.get(did, ())
    registrations = view.registrations.get(did, ())
    named = accreditations[-1] if accreditations else registrations[-1] if registrations else None
    issuers = credential_issuers(view.history(did).latest.document.members)
    roles = {
        "root": did == str(view.root),
        "issuer": bool(accreditations),
        "verifier": bool(registrations),
    }
    return {
        "code": view.history(did).did.path[-1],
        "did": did,
        "name_ko": None if named is None else named.name_ko,
        "name_en": None if named is None else named.name_en,
        "roles": [role for role, held in roles.items() if held],
        "credential_issuer": issuers[0] if issuers else None,
    }


def _did_in(log: bytes) -> Did:
    """The DID that a log's last line says it is of; replaying decides whether that is true."""
    last = parse_object(split_log(log)[-1], max_bytes=MAX_LOG_BYTES)
    return parse_did(last.object("state").text("id"))


def _read(path: Path, max_bytes: int) -> bytes:
    with path.open("rb") as stream:
        return stream.read(max_bytes + 1)


def _pretty(document: Claims) -> str:
    return json.dumps(document, ensure_ascii=False, indent=2)
