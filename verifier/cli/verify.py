"""`gwanin-verify FILE`: checks a credential or presentation, in text or in a picture."""

import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO, Final, TypeAlias

import click

from console.clock import system_clock
from console.commands import Exit, report
from console.output import emit, json_option
from credentials.errors import Error, Malformed, TooLarge
from credentials.model import Serialized
from credentials.strict_json import parse_json
from did_registry.actions.connect import Connection, connect
from verifier.actions.gather_evidence import OnlineEvidence
from verifier.actions.status_lists import StatusLists
from verifier.answer import verify_document
from verifier.cli.verdict_lines import exit_status, verdict_lines
from verifier.policy import ONLINE
from verifier.verdict_document import verdict_document
from web.qr import MAX_IMAGE_BYTES, read_qr

MAX_TEXT_BYTES: Final = 1024 * 1024

# From a trust file, or None for the usual one, to a registry; another may be given as `obj`.
OpenConnection: TypeAlias = Callable[[Path | None], Connection]

_PICTURES: Final = (b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff")


@click.command("gwanin-verify")
@click.argument("file", type=click.File("rb"))
@click.option(
    "--trust",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="The registry, its log key and its root [default: $GWANIN_DATA_DIR/trust.json].",
)
@json_option
@click.pass_context
def main(context: click.Context, *, file: BinaryIO, trust: Path | None, as_json: bool) -> None:
    """Check a credential or presentation in FILE: text, JSON, or a QR code in a PNG or JPEG.

    FILE may be - for standard input. Status 0 accepted, 1 rejected, 2 usage, 3 indeterminate.
    """
    open_connection: OpenConnection = context.obj or _connect
    try:
        presented = _read(file.read(MAX_IMAGE_BYTES + 1))
        connection = open_connection(trust)
        evidence = OnlineEvidence(
            connection.follower, StatusLists(connection.outbound), connection.anchor.registry_url
        )
        document = verdict_document(
            verify_document(presented, evidence, ONLINE, connection.clock())
        )
    except Error as error:
        report(error)
        sys.exit(Exit.REFUSED)
    emit(document, verdict_lines(document), as_json=as_json)
    sys.exit(exit_status(document))


def _connect(trust: Path | None) -> Connection:
    return connect(os.environ, trust, system_clock)


def _read(data: bytes) -> Serialized:
    """The credential in a file. Raises Malformed, TooLarge, NoQrFound or ImageRefused."""
    if data.startswith(_PICTURES):
        codes = read_qr(data)
        if len(codes) != 1:
            raise Malformed("the picture shows more than one QR code")
        data = codes[0].encode("utf-8")
    if len(data) > MAX_TEXT_BYTES:
        raise TooLarge("the file is longer than any credential")
    if data.lstrip()[:1] == b"{":
        document = parse_json(data, max_bytes=MAX_TEXT_BYTES)
        assert isinstance(document, dict)
        return document
    try:
        return data.decode("ascii").strip()
    except UnicodeDecodeError as error:
        raise Malformed("the file holds neither a credential nor a picture of one") from error
