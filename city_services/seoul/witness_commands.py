"""`gwanin witness …`: what another body runs on its own machine to watch the city's log."""

import os
from pathlib import Path

import click

from city_services.seoul.server import Listening, serve_until_stopped
from console.commands import RefusingGroup
from console.output import emit, json_option, member_lines
from did_registry.actions.open_witness import set_up_witness, watch_log
from did_registry.tlog.note import parse_verifier_key

_data = click.option(
    "--data",
    type=click.Path(path_type=Path, file_okay=False),
    required=True,
    help="The witness's own folder; made if it is missing.",
)
_name = click.option("--name", required=True, help="Under which it signs, such as SEL-WIT1.")


def witness_commands() -> click.Group:
    """The group `witness`."""

    @click.group("witness", cls=RefusingGroup, help="Watch a log, and sign its heads.")
    def group() -> None:
        pass

    group.add_command(_key_command())
    group.add_command(_serve_command())
    return group


def _key_command() -> click.Command:
    @click.command(
        "key", help="The keys by which logs and DIDs know this witness; made if missing."
    )
    @_data
    @_name
    @json_option
    def command(*, data: Path, name: str, as_json: bool) -> None:
        found = set_up_witness(data, name)
        document = {"name": name, "key": str(found.key), "did": found.did}
        emit(document, member_lines(document), as_json=as_json)

    return command


def _serve_command() -> click.Command:
    @click.command("serve", help="Sign the heads of a log, each if it continues the one before.")
    @click.option("--origin-key", required=True, help="The log's key: origin+id+key.")
    @_data
    @_name
    @click.option("--host", default="127.0.0.1", show_default=True)
    @click.option("--port", type=click.IntRange(1, 65535), required=True)
    @click.option("--public-url", help="Where it is reached  [default: http://localhost:PORT]")
    def command(
        *, origin_key: str, data: Path, name: str, host: str, port: int, public_url: str | None
    ) -> None:
        set_up_witness(data, name)
        watch_log(data, parse_verifier_key(origin_key))
        # The workers read it: a witness is an application with this one role.
        os.environ["GWANIN_DATA_DIR"] = str(data)
        os.environ["GWANIN_ROLES"] = "witness"
        os.environ["GWANIN_PUBLIC_URL"] = public_url or f"http://localhost:{port}"
        os.environ.pop("GWANIN_DATABASE_URL", None)
        url = os.environ["GWANIN_PUBLIC_URL"]
        serve_until_stopped(Listening(host=host, port=port, workers=1, url=url))

    return command
