"""`gwanin-verify FILE`: checks a credential or presentation, in text or in a picture."""

import os
import sys
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import BinaryIO, Final, TypeAlias

import click

from console.clock import system_clock
from console.commands import exit_status_of, report, with_version
from console.output import emit, json_option
from credentials.errors import Error, Malformed
from credentials.issuance_proof import MAX_PROOF_BYTES, IssuanceProof, parse_issuance_proof
from did_registry.actions.connect import Connection, connect
from did_registry.bundle import MAX_BUNDLE_BYTES, parse_bundle_file
from verifier.actions.bundle_evidence import BundleEvidence
from verifier.actions.gather_evidence import OnlineEvidence
from verifier.actions.status_lists import StatusLists
from verifier.cli.age import Age
from verifier.cli.verdict_lines import exit_status, verdict_lines
from verifier.evidence import Evidence
from verifier.policy import ONLINE, offline
from verifier.received import Received, read_received, verify_received
from verifier.shown_evidence import ShownEvidence
from verifier.verdict_document import verdict_document
from web.qr import MAX_IMAGE_BYTES, read_qr

# From a trust file, or None for the usual one, to a registry; another may be given as `obj`.
OpenConnection: TypeAlias = Callable[[Path | None], Connection]

_PICTURES: Final = (b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff")


@with_version
@click.command("gwanin-verify")
@click.argument("file", type=click.File("rb"))
@click.option(
    "--trust",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="The registry, its log key and its root [default: $GWANIN_DATA_DIR/trust.json].",
)
@click.option(
    "--bundle",
    type=click.File("rb"),
    help="Ask nobody: rely on this file, made by `gwanin registry bundle`.",
)
@click.option(
    "--max-age",
    type=Age(),
    default="24h",
    show_default=True,
    help="How old a bundle may be, such as 90m, 24h or 7d.",
)
@click.option(
    "--issuance-proof",
    "proof",
    type=click.File("rb"),
    help="Since when the credential exists; from `gwanin-wallet proof`.",
)
@json_option
@click.pass_context
def main(
    context: click.Context,
    *,
    file: BinaryIO,
    trust: Path | None,
    bundle: BinaryIO | None,
    max_age: timedelta,
    proof: BinaryIO | None,
    as_json: bool,
) -> None:
    """Check a credential or presentation in FILE: text, JSON, or a QR code in a PNG or JPEG.

    FILE may be - for standard input. Status 0 accepted, 1 rejected, 2 usage, 3 indeterminate.
    """
    open_connection: OpenConnection = context.obj or _connect
    try:
        received = _read(file.read(MAX_IMAGE_BYTES + 1))
        connection = open_connection(trust)
        now = connection.clock()
        evidence: Evidence = ShownEvidence(
            ours=_evidence(connection, bundle, now), issuance_proofs=_proofs(proof)
        )
        policy = ONLINE if bundle is None else offline(max_age)
        document = verdict_document(verify_received(received, evidence, policy, now))
    except Error as error:
        report(error)
        sys.exit(exit_status_of(error))
    emit(document, verdict_lines(document), as_json=as_json)
    sys.exit(exit_status(document))


def _evidence(connection: Connection, bundle: BinaryIO | None, now: datetime) -> Evidence:
    if bundle is None:
        lists = StatusLists(connection.outbound)
        follower, elsewhere = connection.follower, connection.elsewhere
        return OnlineEvidence(follower, lists, elsewhere, connection.anchor.registry_url)
    opened = parse_bundle_file(bundle.read(MAX_BUNDLE_BYTES + 1))
    return BundleEvidence(opened, connection.anchor, now)


def _proofs(file: BinaryIO | None) -> tuple[IssuanceProof, ...]:
    if file is None:
        return ()
    return (parse_issuance_proof(file.read(MAX_PROOF_BYTES + 1)),)


def _connect(trust: Path | None) -> Connection:
    return connect(os.environ, trust, system_clock)


def _read(data: bytes) -> Received:
    """The credential in a file. Raises NoQrFound, ImageRefused, or as `read_received`."""
    if data.startswith(_PICTURES):
        codes = read_qr(data)
        if len(codes) != 1:
            raise Malformed("the picture shows more than one QR code")
        data = codes[0].encode("utf-8")
    return read_received(data)
