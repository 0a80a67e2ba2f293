"""The root's commands in `gwanin registry`: acts that one person proposes and another approves."""

from collections.abc import Callable, Sequence
from typing import Any, Final, Protocol, TypeVar

import click

from console.commands import pass_opened
from console.output import emit, json_option, member_lines
from credentials.data_integrity import parse_timestamp
from credentials.json_object import JsonObject
from did_registry.notice import Asking
from did_registry.root_act import (
    Accredit,
    Admit,
    Deactivate,
    DeclareCompromise,
    Register,
    RootAct,
    Rotate,
    Terms,
)

_F = TypeVar("_F", bound=Callable[..., Any])

_BY: Final = "A staff account of the root's agency with the role `root`."


class RootOffice(Protocol):
    """Where the root's acts are done; each method is one transaction."""

    def propose(self, terms: Terms, *, by: str) -> RootAct: ...
    def approve(self, act_id: str, *, by: str) -> RootAct: ...
    def withdraw(self, act_id: str, *, by: str) -> RootAct: ...
    def acts(self) -> Sequence[RootAct]: ...


def add_root_commands(group: click.Group, open_office: Callable[[], RootOffice]) -> None:
    """Give a group every command of the root; the office is opened by the one that runs."""
    group.context_settings["obj"] = open_office
    for command in (
        *(_rotate, _deactivate, _compromise, _admit, _accredit, _register),
        *(_approve, _withdraw, _acts),
    ):
        group.add_command(command)


def _by_option(command: _F) -> _F:
    return click.option("--by", required=True, help=_BY)(command)


@click.command("rotate")
@click.argument("code")
@_by_option
@json_option
@pass_opened
def _rotate(office: RootOffice, *, code: str, by: str, as_json: bool) -> None:
    """Propose new keys for an agency or verifier: those it signs with, and its next update key.

    Its status lists are signed anew. What it signed before needs evidence of the time from then on.
    """
    _show(office.propose(Rotate(code=code), by=by), as_json=as_json)


@click.command("deactivate")
@click.argument("code")
@_by_option
@json_option
@pass_opened
def _deactivate(office: RootOffice, *, code: str, by: str, as_json: bool) -> None:
    """Propose the end of an agency's or verifier's DID. Nothing can follow it."""
    _show(office.propose(Deactivate(code=code), by=by), as_json=as_json)


@click.command("compromise")
@click.argument("code")
@click.argument("key")
@click.option("--since", required=True, help="From when on what it signed does not count.")
@_by_option
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
    _show(office.propose(terms, by=by), as_json=as_json)


@click.command("admit")
@click.option("--did", required=True, help="A DID that stands elsewhere, such as a did:key.")
@click.option("--name-ko", required=True)
@click.option("--name-en", required=True)
@click.option("--types", help="What it may issue: Type or Type/subtype, with commas.")
@click.option("--attributes", help="What it may ask for: Type.claim, with commas.")
@click.option("--purpose-ko", help="What it asks for it; with --attributes.")
@click.option("--purpose-en")
@click.option("--legal-basis")
@click.option("--retention-days", type=click.IntRange(0, 36500))
@_by_option
@json_option
@pass_opened
def _admit(
    office: RootOffice,
    *,
    did: str,
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
    """Propose that a DID of another registry or method counts here, to issue or to ask."""
    terms = Admit(
        did=did,
        name_ko=name_ko,
        name_en=name_en,
        types=_listed(types),
        asking=_asking(attributes, purpose_ko, purpose_en, legal_basis, retention_days),
    )
    _show(office.propose(terms, by=by), as_json=as_json)


@click.command("accredit")
@click.argument("code")
@click.option("--types", help="Other types than until now, with commas.")
@_by_option
@json_option
@pass_opened
def _accredit(office: RootOffice, *, code: str, types: str | None, by: str, as_json: bool) -> None:
    """Propose another 730 days in which an agency may issue, from the approval on."""
    _show(office.propose(Accredit(code=code, types=_listed(types)), by=by), as_json=as_json)


@click.command("register")
@click.argument("code")
@click.option("--attributes", help="Other attributes than until now, with commas.")
@_by_option
@json_option
@pass_opened
def _register(
    office: RootOffice, *, code: str, attributes: str | None, by: str, as_json: bool
) -> None:
    """Propose another 365 days in which a verifier may ask, from the approval on."""
    terms = Register(code=code, attributes=_listed(attributes))
    _show(office.propose(terms, by=by), as_json=as_json)


@click.command("approve")
@click.argument("act")
@_by_option
@json_option
@pass_opened
def _approve(office: RootOffice, *, act: str, by: str, as_json: bool) -> None:
    """Be the second person of an act, which then takes effect; never who proposed it."""
    _show(office.approve(act, by=by), as_json=as_json)


@click.command("withdraw")
@click.argument("act")
@_by_option
@json_option
@pass_opened
def _withdraw(office: RootOffice, *, act: str, by: str, as_json: bool) -> None:
    """Give up an act that has not taken effect; either of two people may."""
    _show(office.withdraw(act, by=by), as_json=as_json)


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


def _show(act: RootAct, *, as_json: bool) -> None:
    emit(act.to_json(), _lines(act), as_json=as_json)


def _lines(act: RootAct) -> list[str]:
    """The act for people; what a compromise puts in doubt, one a line."""
    document, effect = act.to_json(), dict(act.effect or {})
    affected = effect.pop("affected", [])
    nested = {"terms", "effect"}
    lines = member_lines({name: document[name] for name in document if name not in nested})
    lines += member_lines(effect)
    for one in affected if isinstance(affected, list) else []:
        leaf = JsonObject(one)
        lines.append(
            f"affected: {leaf.text('kind')} {leaf.text('subject')},"
            f" leaf {leaf.integer('index')}, {leaf.text('logged')}"
        )
    return lines


def _asking(
    attributes: str | None,
    purpose_ko: str | None,
    purpose_en: str | None,
    legal_basis: str | None,
    retention_days: int | None,
) -> Asking | None:
    """What a verifier's admission says; all of it or nothing."""
    named = _listed(attributes)
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


def _listed(text: str | None) -> tuple[str, ...]:
    return tuple(part.strip() for part in (text or "").split(",") if part.strip())
