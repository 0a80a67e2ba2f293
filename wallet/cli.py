"""`gwanin-wallet`: a citizen's wallet on the command line. Starts without Flask and database."""

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import Final, TypeAlias

import click

from console.clock import system_clock
from console.commands import RefusingGroup, with_version
from console.output import emit, json_option
from did_registry.actions.connect import Connection, connect
from did_registry.errors import RegistryUnavailable
from storage.errors import PassphraseTooShort
from storage.private_files import read_private
from wallet.actions.fetch_proofs import fetch_missing, lacks_proof
from wallet.actions.open_cards import open_card, open_cards
from wallet.actions.present import Prepared, decline, prepare, send
from wallet.actions.receive import receive
from wallet.consent import build_consent, consent_words, shown
from wallet.documents import (
    card_document,
    card_lines,
    export_document,
    held_document,
    held_line,
    received_document,
    received_line,
)
from wallet.errors import ConsentRefused, NoIssuanceProof
from wallet.held_credential import HeldCredential, Shown, VaultContent
from wallet.matching import Card
from wallet.store import FileStore
from wallet.words import Language

MAX_PASSPHRASE_BYTES: Final = 1024
_MAX_DIGITS: Final = 9

# From a trust file, or None for the usual one, to a registry; another may be given as `obj`.
OpenConnection: TypeAlias = Callable[[Path | None], Connection]


@dataclass(kw_only=True)
class _Wallet:
    """One run of the command: vault and registry are opened when they are first needed."""

    given_vault: Path | None
    passphrase_file: Path | None
    trust: Path | None
    language: Language
    open_connection: OpenConnection

    @cached_property
    def vault(self) -> Path:
        """Where the vault is; a folder that is not there is a slip of the pen, not a new wallet."""
        vault = _needed(self.given_vault, "--vault")
        if not vault.parent.is_dir():
            raise click.BadParameter(f"there is no folder {vault.parent}", param_hint="--vault")
        return vault

    @cached_property
    def store(self) -> FileStore:
        vault, file = self.vault, _needed(self.passphrase_file, "--passphrase-file")
        try:
            passphrase = read_private(file, max_bytes=MAX_PASSPHRASE_BYTES).strip()
        except FileNotFoundError as error:
            raise click.BadParameter(
                f"there is no file {file}", param_hint="--passphrase-file"
            ) from error
        if not passphrase:
            raise PassphraseTooShort("the passphrase file is empty")
        return FileStore(vault, passphrase, os.urandom)

    @cached_property
    def connection(self) -> Connection:
        return self.open_connection(self.trust)

    def cards_to_show(self) -> tuple[Card, ...]:
        """All cards, with the proofs that nobody would believe them without, if they can be had."""
        held = self.store.read().held
        if not held:
            return ()
        now = self.connection.clock()
        view = self.connection.follower.view(now)
        held = self.with_proofs(held, [item for item in held if lacks_proof(item, view, now)])
        return open_cards(held, self.connection, now)

    def with_proofs(
        self, held: tuple[HeldCredential, ...], wanting: Sequence[HeldCredential]
    ) -> tuple[HeldCredential, ...]:
        """The credentials, after asking for some of their proofs, which are kept."""
        found = fetch_missing(wanting, self.connection, now=self.connection.clock())
        return self.store.change(lambda before: before.keep_proofs(found)).held if found else held


class _Number(click.ParamType[int]):
    """A credential's number as `list` prints it, with or without its `#`."""

    name = "id"

    def convert(
        self, value: str | int, param: click.Parameter | None, ctx: click.Context | None
    ) -> int:
        digits = str(value).removeprefix("#")
        if not (digits.isascii() and digits.isdecimal()) or len(digits) > _MAX_DIGITS:
            self.fail(f"{value!r} is no number of the list", param, ctx)
        return int(digits)


# The options are asked for by whoever needs them, so that help can be had without any.
@with_version
@click.group("gwanin-wallet", cls=RefusingGroup)
@click.option("--vault", type=click.Path(path_type=Path), help="The vault file.  [required]")
@click.option(
    "--passphrase-file",
    type=click.Path(path_type=Path),
    help="A private file (0600) that holds the vault's passphrase.  [required]",
)
@click.option("--trust", type=click.Path(path_type=Path, exists=True), help="What is pinned.")
@click.option(
    "--lang",
    type=click.Choice([language.value for language in Language]),
    default=Language.KOREAN.value,
    show_default=True,
)
@click.pass_context
def main(
    context: click.Context,
    *,
    vault: Path | None,
    passphrase_file: Path | None,
    trust: Path | None,
    lang: str,
) -> None:
    """Receive, keep and show credentials. The vault is encrypted and made when it is first used."""
    context.obj = _Wallet(
        given_vault=vault,
        passphrase_file=passphrase_file,
        trust=trust,
        language=Language(lang),
        open_connection=context.obj or _connect,
    )


@main.command("receive")
@click.argument("link")
@click.option("--tx-code", help="The code that came another way than the link.")
@click.option("--yes", is_flag=True, help="Keep it without asking.")
@json_option
@click.pass_obj
def _receive(wallet: _Wallet, *, link: str, tx_code: str | None, yes: bool, as_json: bool) -> None:
    """Fetch the credential of an offer LINK, check everything about it, and keep it."""
    wallet.store.read()  # An offer is good once, so what could not be kept is not fetched either.
    connection = wallet.connection
    now = connection.clock()
    received = receive(
        link,
        connection,
        ask_tx_code=lambda length: tx_code or _ask_tx_code(length),
        entropy=os.urandom,
        now=now,
    )
    # Whose it is stands there before it is kept: a wrong link must be noticed by its person.
    lines = [received_line(received.accepted, wallet.language)]
    if not yes and not as_json:
        _tell(lines, as_json=False)
        lines = []
        _agree("keep-question", wallet.language)
    content = wallet.store.change(
        lambda before: before.keep(
            received.accepted.serialized,
            key_type=received.key_type,
            key_secret=received.key_secret,
            now=now,
        )
    )
    number = content.held[-1].number
    document = {**received_document(received.accepted), "id": number}
    emit(document, [*lines, f"#{number}"], as_json=as_json)


@main.command("list")
@json_option
@click.pass_obj
def _list(wallet: _Wallet, *, as_json: bool) -> None:
    """List the credentials in the vault, and check each of them.

    While the registry can't be reached they are listed unchecked, without a type, with status 3;
    so is one whose issuer stands elsewhere and can't be asked. Issuers are asked for the proofs of
    issuance that are missing.
    """
    held = wallet.store.read().held
    try:
        held = wallet.with_proofs(held, held) if held else held
        opened = open_cards(held, wallet.connection, wallet.connection.clock()) if held else ()
        cards = {card.held.number: card for card in opened}
    except RegistryUnavailable:
        _list_held(wallet, held, {}, as_json=as_json)
        raise
    _list_held(wallet, held, cards, as_json=as_json)
    for item in held:
        if item.number not in cards:
            open_card(item, wallet.connection, wallet.connection.clock())  # says why


def _list_held(
    wallet: _Wallet,
    held: tuple[HeldCredential, ...],
    cards: dict[int, Card],
    *,
    as_json: bool,
) -> None:
    """Every credential, by its card if it could be read, else unchecked."""
    read = [cards.get(item.number, item) for item in held]
    lines = [held_line(one, wallet.language) for one in read]
    word = "empty" if wallet.vault.exists() else "no-vault"
    empty = consent_words()[word][wallet.language].format(vault=wallet.vault)
    emit([held_document(one) for one in read], lines or [empty], as_json=as_json)


@main.command("show")
@click.argument("number", type=_Number(), metavar="ID")
@json_option
@click.pass_obj
def _show(wallet: _Wallet, *, number: int, as_json: bool) -> None:
    """Show all that one credential says."""
    held = wallet.store.read().get(number)
    card = open_card(held, wallet.connection, wallet.connection.clock())
    document = {**card_document(card), "claims": card.verified.claims}
    emit(document, card_lines(card, wallet.language), as_json=as_json)


@main.command("proof")
@click.argument("number", type=_Number(), metavar="ID")
@click.option("--json", "as_json", is_flag=True, help="One JSON document, as always here.")
@click.pass_obj
def _proof(wallet: _Wallet, *, number: int, as_json: bool) -> None:  # noqa: ARG001 - always JSON
    """Print since when one credential stands in the log, for `gwanin-verify --issuance-proof`.

    Its issuer is asked if that is not known yet; before its first midnight the log does not tell.
    """
    held = wallet.store.read().get(number)
    found = held.issuance_proof
    if found is None:
        kept = VaultContent(held=wallet.with_proofs((held,), [held]))
        found = kept.get(number).issuance_proof
    if found is None:
        raise NoIssuanceProof("the issuer tells of no proof for this credential, or not yet")
    emit(found.to_json(), [], as_json=True)


@main.command("present")
@click.argument("link")
@click.option("--yes", is_flag=True, help="Agree without being asked.")
@json_option
@click.pass_obj
def _present(wallet: _Wallet, *, link: str, yes: bool, as_json: bool) -> None:
    """Answer the request of a LINK: shows what is asked, by whom and for what, before it sends."""
    cards, connection = wallet.cards_to_show(), wallet.connection
    now = connection.clock()
    prepared = prepare(link, cards, connection, entropy=os.urandom, now=now)
    consent = build_consent(prepared.registration, prepared.selections, wallet.language)
    lines = [consent.heading, *consent.items]
    if not yes:
        _tell(lines, as_json=as_json)
        lines = []
        _agree_or_decline(prepared, wallet)
    now = connection.clock()  # People think before they agree, and what is signed is signed now.
    redirect_uri = send(prepared, connection, now=now)
    entry = _record(prepared, now)
    wallet.store.change(lambda before: before.record(entry))
    document = {
        "sent": list(entry.claims),
        "verifier": entry.verifier,
        "purpose": entry.purpose,
        "redirect_uri": redirect_uri,
        "consent": [consent.heading, *consent.items],
    }
    emit(document, [*lines, consent_words()["sent"][wallet.language]], as_json=as_json)


@main.command("export")
@click.option("--json", "as_json", is_flag=True, help="One JSON document, as always here.")
@click.pass_obj
def _export(wallet: _Wallet, *, as_json: bool) -> None:  # noqa: ARG001 - it never prints otherwise
    """Print everything in the vault but its keys, as one JSON document."""
    emit(export_document(wallet.store.read()), [], as_json=True)


def _connect(trust: Path | None) -> Connection:
    return connect(os.environ, trust, system_clock)


def _tell(lines: list[str], *, as_json: bool) -> None:
    """Show what has to be read before a question; a program's stdout has the document alone."""
    for line in lines:
        click.echo(line, err=as_json)


def _ask_tx_code(length: int | None) -> str:
    digits = "" if length is None else f" ({length})"
    try:
        answer: str = click.prompt(f"tx_code{digits}", err=True)
    except click.Abort as abort:
        if isinstance(abort.__context__, EOFError):
            raise click.UsageError("the offer needs its code: give it with --tx-code") from abort
        raise
    return answer


def _needed(given: Path | None, option: str) -> Path:
    if given is None:
        raise click.UsageError(f"Missing option '{option}'.")
    return given


def _agree(question: str, language: Language) -> None:
    if not click.confirm(consent_words()[question][language], err=True):
        raise ConsentRefused("nothing was kept or sent")


def _agree_or_decline(prepared: Prepared, wallet: _Wallet) -> None:
    try:
        _agree("question", wallet.language)
    except ConsentRefused:
        decline(prepared, wallet.connection)
        raise


def _record(prepared: Prepared, now: datetime) -> Shown:
    claims = [
        f"{selection.card.type.name}.{'.'.join(map(str, path))}"
        for selection in prepared.selections
        for path in shown(selection)
    ]
    registration = prepared.registration
    return Shown(
        at=now,
        verifier=registration.name_ko,
        purpose=registration.purpose_ko,
        claims=tuple(claims),
    )
