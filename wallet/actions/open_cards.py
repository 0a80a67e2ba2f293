"""Reads the credentials in a vault as what they say, verified anew with the keys of their issue."""

from collections.abc import Iterable
from contextlib import suppress
from datetime import datetime
from typing import Final

from credentials.securing import mechanism_of
from did_registry.actions.connect import Connection
from did_registry.document import Purpose
from did_registry.errors import DidNotProven, DidUnavailable, KeyHistoryUnknown
from did_registry.view import RegistryView
from schemas.catalogue import identify
from wallet.held_credential import HeldCredential
from wallet.matching import Card

# Why a card of an issuer that stands elsewhere can't be read at the moment.
KEY_NOT_KNOWN: Final = (DidUnavailable, DidNotProven, KeyHistoryUnknown)


def open_cards(
    held: Iterable[HeldCredential], connection: Connection, now: datetime
) -> tuple[Card, ...]:
    """Verify every held credential's signature and name its type.

    One whose issuer stands elsewhere and does not tell of the key now is left out: one card must
    not hide another. Raises what verification raises: a vault is authentic, so a credential that
    no longer verifies means that its issuer's history has changed.
    """
    view = connection.follower.view(now)
    cards = []
    for item in held:
        with suppress(*KEY_NOT_KNOWN):
            cards.append(_open(item, view, connection, now))
    return tuple(cards)


def open_card(item: HeldCredential, connection: Connection, now: datetime) -> Card:
    """The same for one credential. Raises one of KEY_NOT_KNOWN, or as `open_cards`."""
    return _open(item, connection.follower.view(now), connection, now)


def _open(item: HeldCredential, view: RegistryView, connection: Connection, now: datetime) -> Card:
    mechanism = mechanism_of(item.serialized)
    unverified = mechanism.parse(item.serialized)
    issuer = unverified.issuer
    known = connection.elsewhere.know(view, issuer, unverified.key_id, now)
    # What became of the key since is the verifier's to judge: one card must not hide another.
    found = known.listed_key(issuer, unverified.key_id, Purpose.ASSERTION, unverified.issued_at)
    verified = mechanism.verify(unverified, found.key)
    of_type = identify(verified.type_url, verified.type_names, connection.anchor.registry_url)
    return Card(held=item, verified=verified, type=of_type, mechanism=mechanism)
