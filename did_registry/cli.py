"""The registry's commands: `gwanin registry …`. They see what everybody sees, over HTTP."""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

import click

from console.clock import Clock
from console.commands import Exit, RefusingGroup, report
from console.output import emit, json_option, member_lines
from credentials.claims import Claims
from credentials.errors import Error
from credentials.json_object import parse_object
from did_registry.accreditation import Accreditation, VerifierRegistration
from did_registry.actions.connect import Connection
from did_registry.errors import DidInvalid, LogInvalid, UnknownDid
from did_registry.view import RegistryView
from did_registry.webvh.did import Did, parse_did
from did_registry.webvh.entry import split_log
from did_registry.webvh.history import History, replay_prefix
from did_registry.webvh.resolution import Refusal, Resolution, is_did, refuse, resolve
from did_registry.webvh.witness import parse_witness_file

MAX_LOG_BYTES: Final = 2 * 1024 * 1024
MAX_WITNESS_BYTES: Final = 2 * 1024 * 1024

# From the trust file that was named, or the one in the data folder; raises what `connect` raises.
OpenConnection = Callable[[Path | None], Connection]

trust_option: Final = click.option(
    "--trust",
    type=click.Path(path_type=Path),
    help="The trust file to rely on; else trust.json in the data folder.",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Checked:
    """What became of a file that should be a DID log. did: None if neither was it given, nor does
    the file name one; failure: None if the log is valid to its end."""

    did: str | None
    history: History | None
    failure: Error | None

    def to_json(self) -> Claims:
        failure = self.failure
        return {
            "valid": failure is None,
            "did": self.did,
            "versions": 0 if self.history is None else len(self.history.versions),
            "code": None if failure is None else failure.code,
            "entry": failure.entry if isinstance(failure, LogInvalid) else None,
            "detail": None if failure is None else failure.detail,
        }

    def resolve(self, options: Sequence[tuple[str, str]]) -> Resolution:
        """What a resolver makes of it."""
        if self.failure is None or isinstance(self.failure, LogInvalid):
            return resolve(self.history, options, failure=self.failure)
        return refuse(Refusal.INVALID_DID, str(self.failure))


def registry_commands(open_connection: OpenConnection, clock: Callable[[], Clock]) -> click.Group:
    """The group `registry`; each argument is called by the command that needs it."""

    @click.group("registry", cls=RefusingGroup, help="Who may sign what, since when, and proof.")
    def group() -> None:
        pass

    group.add_command(_list_command(open_connection))
    group.add_command(_resolve_command(open_connection))
    group.add_command(_check_command(clock))
    return group


def _list_command(open_connection: OpenConnection) -> click.Command:
    @click.command("list", help="Every agency and verifier, as the log has them now.")
    @trust_option
    @json_option
    def command(*, trust: Path | None, as_json: bool) -> None:
        connection = open_connection(trust)
        now = connection.clock()
        view = connection.follower.view(now)
        rows = [_listed(view, did, now) for did in _dids(view)]
        lines = [
            f"{row['code']}: {row['name_ko']} / {row['name_en']}\n  {row['did']}" for row in rows
        ]
        emit(rows, lines, as_json=as_json)

    return command


def _resolve_command(open_connection: OpenConnection) -> click.Command:
    @click.command("resolve", help="The DID resolution result of a DID of the registry.")
    @click.argument("did")
    @click.option("--version-id", help="The version with this versionId.")
    @click.option("--version-time", help="The version that was current at this time.")
    @trust_option
    @json_option
    def command(
        *,
        did: str,
        version_id: str | None,
        version_time: str | None,
        trust: Path | None,
        as_json: bool,
    ) -> None:
        connection = open_connection(trust)
        view = connection.follower.view(connection.clock())
        asked = (("versionId", version_id), ("versionTime", version_time))
        options = [(name, value) for name, value in asked if value is not None]
        answer = _resolve(view, did, options)
        emit(answer.to_json(), [_pretty(answer.to_json())], as_json=as_json)
        if not did.startswith("did:"):
            report(DidInvalid("this is no DID; `gwanin registry list` has the DID of every code"))
        if answer.refusal is not None:
            raise SystemExit(Exit.REFUSED)

    return command


def _check_command(clock: Callable[[], Clock]) -> click.Command:
    @click.command("check", help="The verdict on any did:webvh log, in a file.")
    @click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
    @click.option("--did", help="The DID it must be of; else the one that its last line names.")
    @click.option("--witness", type=click.Path(path_type=Path, exists=True, dir_okay=False))
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
        proofs = None if witness is None else _read(witness, MAX_WITNESS_BYTES)
        found = _replay_file(log, did, proofs, clock()())
        answer = found.resolve([] if version_time is None else [("versionTime", version_time)])
        verdict = found.to_json()
        document = {**verdict, "resolution": answer.to_json()}
        emit(document, member_lines(verdict), as_json=as_json)
        if found.failure is not None or answer.refusal is not None:
            raise SystemExit(Exit.REFUSED)

    return command


def _resolve(view: RegistryView, did: str, options: Sequence[tuple[str, str]]) -> Resolution:
    """What the log has shown to be true of a DID; whatever is wrong with the name is an answer."""
    if not is_did(did):
        return refuse(Refusal.INVALID_DID, "this is no DID, or more than a DID")
    if not did.startswith("did:webvh:"):
        return refuse(Refusal.METHOD_NOT_SUPPORTED, "the registry holds did:webvh DIDs")
    try:
        return resolve(view.history(did), options, failure=None)
    except DidInvalid as error:
        return refuse(Refusal.INVALID_DID, error.detail)
    except UnknownDid:
        return resolve(None, options, failure=None)


def _replay_file(log: bytes, did: str | None, proofs: bytes | None, now: datetime) -> _Checked:
    """The verdict; a log that does not even name a DID has one as well."""
    try:
        wanted = _did_in(log) if did is None else parse_did(did)
        witnesses = None if proofs is None else parse_witness_file(proofs)
    except Error as error:
        return _Checked(did=did, history=None, failure=error)
    found = replay_prefix(log, did=wanted, now=now, witnesses=witnesses)
    return _Checked(did=str(wanted), history=found.history, failure=found.failure)


def _dids(view: RegistryView) -> list[str]:
    """Every DID of the log, then those that stand elsewhere and were admitted."""
    own = sorted(str(history.did) for history in view.histories.values())
    return [*own, *sorted(view.admitted)]


def _listed(view: RegistryView, did: str, now: datetime) -> dict[str, object]:
    """One row; a right that has ended still gives the name, and no role."""
    rights: list[Accreditation | VerifierRegistration] = [
        *view.registrations.get(did, ()),
        *view.accreditations.get(did, ()),
    ]
    issuers = view.credential_issuers(did)
    roles = {
        "root": did == str(view.root),
        "issuer": bool(view.accreditations_at(did, now)),
        "verifier": view.find_registration(did, now) is not None,
    }
    return {
        "code": view.code_of(did),
        "did": did,
        "name_ko": next((right.name_ko for right in reversed(rights)), None),
        "name_en": next((right.name_en for right in reversed(rights)), None),
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
