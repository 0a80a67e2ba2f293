"""`gwanin registry bundle`: everything that an offline verifier needs, in one file."""

from pathlib import Path

import click

from console.output import emit, json_option, member_lines
from credentials.data_integrity import format_timestamp
from did_registry.actions.export_bundle import export_bundle
from did_registry.cli import OpenConnection, trust_option


def bundle_command(open_connection: OpenConnection) -> click.Command:
    """The command."""

    @click.command("bundle", help="The whole registry and its status lists, to verify offline.")
    @click.option(
        "-o",
        "--output",
        type=click.Path(path_type=Path, dir_okay=False),
        required=True,
        help="Where to write it.",
    )
    @trust_option
    @json_option
    def command(*, output: Path, trust: Path | None, as_json: bool) -> None:
        connection = open_connection(trust)
        data, view = export_bundle(connection.anchor, connection.outbound, connection.clock())
        output.write_bytes(data)
        document = {
            "file": str(output),
            "bytes": len(data),
            "leaves": view.checkpoint.size,
            "lists": len(view.lists),
            "as_of": format_timestamp(view.as_of),
        }
        emit(document, member_lines(document), as_json=as_json)

    return command
