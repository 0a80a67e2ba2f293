"""The operator's commands of a verifier: `gwanin verifier …`."""

import time
from collections.abc import Callable
from pathlib import Path

import click

from console.commands import Exit, RefusingGroup, pass_opened
from console.output import emit, json_option, member_lines
from credentials.claims import Claims
from credentials.data_integrity import format_timestamp
from credentials.strict_json import MAX_JSON_BYTES, parse_json
from openid4vc.dcql import parse_query
from verifier.actions.create_request import create_request
from verifier.actions.read_result import read_result
from verifier.actions.service import VerifierService
from verifier.cli.verdict_lines import cli_word, exit_status, verdict_lines
from verifier.presentation_session import State

_OVER = frozenset({State.ANSWERED.value, State.DECIDED.value, State.EXPIRED.value})
_WORDS = {
    State.REQUESTED: "waiting",
    State.FETCHED: "waiting",
    State.ANSWERED: "declined",
    State.DECIDED: "erased",
    State.EXPIRED: "expired",
}
_POLL_SECONDS = 0.2
_MAX_WAIT = 600.0


def verifier_commands(open_service: Callable[[], VerifierService]) -> click.Group:
    """The group `verifier`; `open_service` is called by the command that runs, not for help."""

    @click.group("verifier", cls=RefusingGroup, help="Ask a wallet, and read what it answered.")
    @click.pass_context
    def group(context: click.Context) -> None:
        context.obj = open_service

    group.add_command(_request)
    group.add_command(_result)
    return group


@click.command("request")
@click.option("--verifier", "code", required=True, help="Who asks, e.g. VER-LIB.")
@click.option("--dcql", type=click.Path(path_type=Path, exists=True, dir_okay=False), required=True)
@json_option
@pass_opened
def _request(service: VerifierService, *, code: str, dcql: Path, as_json: bool) -> None:
    """Make a request for presentations, and the link that a wallet opens."""
    now = service.clock()
    with dcql.open("rb") as stream:
        query = parse_query(parse_json(stream.read(MAX_JSON_BYTES + 1)))
    view = service.evidence.registry(now)
    with service.database.writing() as session:
        made = create_request(
            session, service.settings, view, code, query, entropy=service.entropy, now=now
        )
    document: Claims = {
        "link": made.link,
        "request_uri": made.request_uri,
        "client_id": made.client_id,
        "result_id": made.result_id,
        "expires_at": format_timestamp(made.expires_at),
    }
    emit(document, member_lines(document), as_json=as_json)


@click.command("result")
@click.argument("result_id", metavar="ID")
@click.option("--wait", type=click.FloatRange(0, _MAX_WAIT), default=0, help="Seconds to wait.")
@json_option
@pass_opened
def _result(service: VerifierService, *, result_id: str, wait: float, as_json: bool) -> None:
    """Show the state of a request, and the verdict once there is one."""
    end = time.monotonic() + wait
    result = read_result(service, result_id, now=service.clock())
    while result["state"] not in _OVER and time.monotonic() < end:
        time.sleep(_POLL_SECONDS)  # noqa: TID251 - bounded, and asked for by --wait
        result = read_result(service, result_id, now=service.clock())
    lines = [f"{name}: {result[name]}" for name in ("state", "error") if name in result]
    if "decision" in result:
        emit(result, [*lines, *verdict_lines(result)], as_json=as_json)
        raise SystemExit(exit_status(result))
    emit(result, [*lines, cli_word(_WORDS[State(str(result["state"]))])], as_json=as_json)
    raise SystemExit(Exit.INDETERMINATE)
