"""The root's commands in `gwanin registry`: acts that one person proposes and another approves."""

from collections.abc import Callable

import click

from console.commands import pass_opened
from console.output import emit, json_option
from credentials.data_integrity import parse_timestamp
from did_registry.cli_acts import RootOffice, by_option, listed, show
from did_registry.cli_admit import admit, end_admission
from did_registry.root_act import (
    Accredit,
    Deactivate,
    DeclareCompromise,
    Register,
    Rotate,
)


def add_root_commands(group: click.Group, open_office: Callable[[], RootOffice]) -> None:
    """Give a group every command of the root; the office is opened by the one that runs."""
    group.context_settings["obj"] = open_office
    for command in (
        *(_rotate, _deactivate, _compromise, admit, end_admission, _accredit, _register),
        *(_approve, _withdraw, _acts),
    ):
        group.add_command(command)


@click.command("rotate")
@click.argument("code")
@by_option
@json_option
@pass_opened
def _rotate(office: RootOffice, *, code: str, by: str, as_json: bool) -> None:
    """Propose new keys for an agency or verifier: those it signs with, and its next update key.

    Its status lists are signed anew. What it signed before needs evidence of the time from then on.
    """
    show(office.propose(Rotate(code=code), by=by), as_json=as_json)


@click.command("deactivate")
@click.argument("code")
@by_option
@json_option
@pass_opened
def _deactivate(office: RootOffice, *, code: str, by: str, as_json: bool) -> None:
    """Propose the end of an agency's or verifier's DID. Nothing can follow it."""
    show(office.propose(Deactivate(code=code), by=by), as_json=as_json)


@click.command("compromise")
@click.argument("code")
@click.argument("key")
@click.option("--since", required=True, help="From when on what it signed does not count.")
@by_option
@json_option
@pass_opened
def _compromise(
    office: RootOffice, *, code: str, key: str, since: str, by: str, as_json: bool
) -> None:
    """Declare that somebody else may hold a key, such as eddsa-1; it takes effect at once.

    Tells the batches and status lists that were logged since then. A second person confirms it with
    `approve`; new keys come with `rotate`.
    """
    terms = DeclareCompromise(code=code, key=key.rpartition("#")[2], since=parse_timestamp(since))
    show(office.propose(terms, by=by), as_json=as_json)


@click.command("accredit")
@click.argument("code")
@click.option("--types", help="Other types than until now, with commas.")
@by_option
@json_option
@pass_opened
def _accredit(office: RootOffice, *, code: str, types: str | None, by: str, as_json: bool) -> None:
    """Propose another 730 days in which an agency may issue, from the approval on."""
    show(office.propose(Accredit(code=code, types=listed(types)), by=by), as_json=as_json)


@click.command("register")
@click.argument("code")
@click.option("--attributes", help="Other attributes than until now, with commas.")
@by_option
@json_option
@pass_opened
def _register(
    office: RootOffice, *, code: str, attributes: str | None, by: str, as_json: bool
) -> None:
    """Propose another 365 days in which a verifier may ask, from the approval on."""
    terms = Register(code=code, attributes=listed(attributes))
    show(office.propose(terms, by=by), as_json=as_json)


@click.command("approve")
@click.argument("act")
@by_option
@json_option
@pass_opened
def _approve(office: RootOffice, *, act: str, by: str, as_json: bool) -> None:
    """Be the second person of an act, which then takes effect; never who proposed it."""
    show(office.approve(act, by=by), as_json=as_json)


@click.command("withdraw")
@click.argument("act")
@by_option
@json_option
@pass_opened
def _withdraw(office: RootOffice, *, act: str, by: str, as_json: bool) -> None:
    """Give up an act that has not taken effect; either of two people may."""
    show(office.withdraw(act, by=by), as_json=as_json)


@click.command("acts")
@json_option
@pass_opened
def _acts(office: RootOffice, *, as_json: bool) -> None:
    """Every act of the root, open and past, the oldest first."""
    rows = [act.to_json() for act in office.acts()]
    lines = [
        f"{row['act']}: {row['kind']} {row['subject']}, {row['state']}"
        f" ({row['proposed_by']}, {row['decided_by'] or '-'})"
        for row in rows
    ]
    emit(rows, lines, as_json=as_json)
