"""`gwanin registry admit` and `end-admission`: whom the root lets count from elsewhere."""

from pathlib import Path
from typing import Final

import click

from console.commands import pass_opened
from console.output import json_option
from credentials.certificates import read_pem
from credentials.data_integrity import parse_timestamp
from did_registry.admission import Asking, anchor_name
from did_registry.cli_acts import RootOffice, by_option, listed, show
from did_registry.root_act import Admit, EndAdmission

MAX_PEM_BYTES: Final = 64 * 1024


@click.command("admit")
@click.option("--did", help="A DID that stands elsewhere, such as a did:web.")
@click.option(
    "--anchor",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="Or a PEM file with the X.509 certificate of a trust anchor.",
)
@click.option("--name-ko", required=True)
@click.option("--name-en", required=True)
@click.option("--types", help="What it may issue: Type or Type/subtype, with commas.")
@click.option("--attributes", help="What it may ask for: Type.claim, with commas; not an anchor.")
@click.option("--purpose-ko", help="What it asks for it; with --attributes.")
@click.option("--purpose-en")
@click.option("--legal-basis")
@click.option("--retention-days", type=click.IntRange(0, 36500))
@by_option
@json_option
@pass_opened
def admit(
    office: RootOffice,
    *,
    did: str | None,
    anchor: Path | None,
    name_ko: str,
    name_en: str,
    types: str | None,
    attributes: str | None,
    purpose_ko: str | None,
    purpose_en: str | None,
    legal_basis: str | None,
    retention_days: int | None,
    by: str,
    as_json: bool,
) -> None:
    """Propose that somebody from elsewhere counts here.

    A DID may issue or ask; whoever has a certificate below a trust anchor may issue.
    """
    name, certificate = _named(did, anchor)
    terms = Admit(
        did=name,
        name_ko=name_ko,
        name_en=name_en,
        types=listed(types),
        asking=_asking(attributes, purpose_ko, purpose_en, legal_basis, retention_days),
        anchor=certificate,
    )
    show(office.propose(terms, by=by), as_json=as_json)


@click.command("end-admission")
@click.option("--did", help="The DID that was admitted, or an anchor's name, x509-sha256:….")
@click.option(
    "--anchor",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="Or the PEM file of the trust anchor.",
)
@click.option("--since", required=True, help="From when on it does not count; past or to come.")
@by_option
@json_option
@pass_opened
def end_admission(
    office: RootOffice, *, did: str | None, anchor: Path | None, since: str, by: str, as_json: bool
) -> None:
    """Propose the end of what an admission gave. Another admission may follow.

    What was issued before is indeterminate from then on, as nobody vouches for its time.
    """
    name, _ = _named(did, anchor)
    terms = EndAdmission(did=name, since=parse_timestamp(since))
    show(office.propose(terms, by=by), as_json=as_json)


def _named(did: str | None, anchor: Path | None) -> tuple[str, bytes | None]:
    if (did is None) == (anchor is None):
        raise click.UsageError("give either --did or --anchor")
    if anchor is None:
        assert did is not None
        return did, None
    with anchor.open("rb") as stream:
        certificate = read_pem(stream.read(MAX_PEM_BYTES + 1))
    return anchor_name(certificate), certificate


def _asking(
    attributes: str | None,
    purpose_ko: str | None,
    purpose_en: str | None,
    legal_basis: str | None,
    retention_days: int | None,
) -> Asking | None:
    """What a verifier's admission says; all of it or nothing."""
    named = listed(attributes)
    rest = (purpose_ko, purpose_en, legal_basis, retention_days)
    if not named:
        if any(one is not None for one in rest):
            raise click.UsageError("a purpose goes with --attributes")
        return None
    if not (purpose_ko and purpose_en and legal_basis) or retention_days is None:
        raise click.UsageError(
            "--attributes needs --purpose-ko, --purpose-en, --legal-basis and --retention-days"
        )
    return Asking(
        attributes=named,
        purpose_ko=purpose_ko,
        purpose_en=purpose_en,
        legal_basis=legal_basis,
        retention_days=retention_days,
    )
