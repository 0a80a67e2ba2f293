"""`gwanin-wallet`: a citizen's wallet on the command line. Starts without Flask and database."""

import os
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import Final

import click

from console.clock import system_clock
from console.commands import RefusingGroup
from console.output import emit, json_option
from credentials.claims import Claims
from credentials.data_integrity import format_timestamp
from did_registry.actions.connect import Connection, connect
from schemas.labels import Label
from storage.private_files import read_private
from wallet.actions.open_cards import open_cards
from wallet.actions.present import Prepared, decline, prepare, send
from wallet.actions.receive import Received, receive
from wallet.consent import Language, build_consent, consent_words, shown
from wallet.errors import ConsentRefused
from wallet.held_credential import Shown
from wallet.matching import Card
from wallet.store import FileStore

MAX_PASSPHRASE_BYTES: Final = 1024
_NAME_CLAIMS: Final = ("nameKo", "holderName", "nameRoman")


@dataclass(kw_only=True)
class _Wallet:
    """One run of the command: vault and registry are opened when they are first needed."""

    vault: Path
    passphrase_file: Path
    trust: Path | None
    language: Language

    @cached_property
    def store(self) -> FileStore:
        passphrase = read_private(self.passphrase_file, max_bytes=MAX_PASSPHRASE_BYTES)
        return FileStore(self.vault, passphrase.strip(), os.urandom)

    @cached_property
    def connection(self) -> Connection:
        return connect(os.environ, self.trust, system_clock)

    def cards(self) -> tuple[Card, ...]:
        now = self.connection.clock()
        return open_cards(self.store.read().held, self.connection, now)


@click.group("gwanin-wallet", cls=RefusingGroup)
@click.option("--vault", type=click.Path(path_type=Path), required=True, help="The vault file.")
@click.option(
    "--passphrase-file",
    type=click.Path(path_type=Path, exists=True),
    required=True,
    help="A private file (0600) that holds the vault's passphrase.",
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
    context: click.Context, *, vault: Path, passphrase_file: Path, trust: Path | None, lang: str
) -> None:
    """Receive, keep and show credentials. The vault is encrypted and made when it is first used."""
    context.obj = _Wallet(
        vault=vault, passphrase_file=passphrase_file, trust=trust, language=Language(lang)
    )


@main.command("receive")
@click.argument("link")
@click.option("--tx-code", help="The code that came another way than the link.")
@click.option("--yes", is_flag=True, help="Keep it without asking.")
@json_option
@click.pass_obj
def _receive(wallet: _Wallet, *, link: str, tx_code: str | None, yes: bool, as_json: bool) -> None:
    """Fetch the credential of an offer LINK, check everything about it, and keep it."""
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
    lines = _received_lines(received, wallet.language)
    if not yes and not as_json:
        emit({}, lines, as_json=False)
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
    emit({**_received_document(received), "id": number}, [*lines, f"#{number}"], as_json=as_json)


@main.command("list")
@json_option
@click.pass_obj
def _list(wallet: _Wallet, *, as_json: bool) -> None:
    """List the credentials in the vault."""
    cards = wallet.cards()
    lines = [f"#{card.held.number} {_label(card.type.title, wallet.language)}" for card in cards]
    emit([_card_document(card) for card in cards], lines or [_empty(wallet)], as_json=as_json)


@main.command("show")
@click.argument("number", type=int, metavar="ID")
@json_option
@click.pass_obj
def _show(wallet: _Wallet, *, number: int, as_json: bool) -> None:
    """Show all that one credential says."""
    held = wallet.store.read().get(number)
    (card,) = open_cards([held], wallet.connection, wallet.connection.clock())
    document = {**_card_document(card), "claims": card.verified.claims}
    emit(document, _claim_lines(card, wallet.language), as_json=as_json)


@main.command("present")
@click.argument("link")
@click.option("--yes", is_flag=True, help="Agree without being asked.")
@json_option
@click.pass_obj
def _present(wallet: _Wallet, *, link: str, yes: bool, as_json: bool) -> None:
    """Answer the request of a LINK: shows what is asked, by whom and for what, before it sends."""
    connection = wallet.connection
    now = connection.clock()
    prepared = prepare(link, wallet.cards(), connection, entropy=os.urandom, now=now)
    consent = build_consent(prepared.registration, prepared.selections, wallet.language)
    lines = [consent.heading, *consent.items]
    if not yes:
        emit({}, lines, as_json=False)
        lines = []
        _agree_or_decline(prepared, wallet)
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
    emit(document, lines, as_json=as_json)


@main.command("export")
@click.pass_obj
def _export(wallet: _Wallet) -> None:
    """Print everything in the vault but its keys, as one JSON document."""
    content = wallet.store.read()
    document = {
        "credentials": [
            {
                "id": held.number,
                "credential": held.serialized,
                "received_at": format_timestamp(held.received_at),
            }
            for held in content.held
        ],
        "shown": [
            {
                "at": format_timestamp(entry.at),
                "verifier": entry.verifier,
                "purpose": entry.purpose,
                "claims": list(entry.claims),
            }
            for entry in content.shown
        ],
    }
    emit(document, [], as_json=True)


def _ask_tx_code(length: int | None) -> str:
    digits = "" if length is None else f" ({length})"
    answer: str = click.prompt(f"tx_code{digits}", err=True)
    return answer


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


def _received_document(received: Received) -> Claims:
    accepted = received.accepted
    return {
        "type": accepted.type.name,
        "format": accepted.mechanism.format,
        "issuer": accepted.verified.issuer,
        "issuer_name_ko": accepted.issuer.name_ko,
        "issuer_name_en": accepted.issuer.name_en,
        "claims": accepted.verified.claims,
    }


def _received_lines(received: Received, language: Language) -> list[str]:
    accepted = received.accepted
    issuer = accepted.issuer
    name = issuer.name_ko if language is Language.KOREAN else issuer.name_en
    person = next(
        (
            accepted.verified.claims[claim]
            for claim in _NAME_CLAIMS
            if claim in accepted.verified.claims
        ),
        "",
    )
    return [f"{_label(accepted.type.title, language)} · {name} · {person}"]


def _card_document(card: Card) -> Claims:
    ends = card.verified.validity.not_after
    return {
        "id": card.held.number,
        "type": card.type.name,
        "format": card.mechanism.format,
        "issuer": card.verified.issuer,
        "valid_until": None if ends is None else format_timestamp(ends),
    }


def _claim_lines(card: Card, language: Language) -> list[str]:
    lines = [f"#{card.held.number} {_label(card.type.title, language)}"]
    for name, value in card.verified.claims.items():
        claim = card.type.find_claim((name,))
        lines.append(f"  {name if claim is None else _label(claim.label, language)}: {value}")
    return lines


def _label(label: Label, language: Language) -> str:
    return label.ko if language is Language.KOREAN else label.en


def _empty(wallet: _Wallet) -> str:
    return consent_words()["empty"][wallet.language]
