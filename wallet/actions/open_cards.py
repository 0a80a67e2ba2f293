"""Reads the credentials in a vault as what they say, verified anew with the keys of their issue."""

from collections.abc import Iterable
from datetime import datetime

from credentials.securing import mechanism_of
from did_registry.actions.connect import Connection
from did_registry.document import Purpose
from schemas.catalogue import identify
from wallet.held_credential import HeldCredential
from wallet.matching import Card


def open_cards(
    held: Iterable[HeldCredential], connection: Connection, now: datetime
) -> tuple[Card, ...]:
    """Verify every held credential's signature and name its type.

    Raises what verification raises: a vault is authentic, so a credential that no longer verifies
    means that its issuer's history has changed.
    """
    view = connection.follower.view(now)
    cards = []
    for item in held:
        mechanism = mechanism_of(item.serialized)
        unverified = mechanism.parse(item.serialized)
        # What became of the key since is the verifier's to judge: one card must not hide another.
        found = view.listed_key(
            unverified.issuer, unverified.key_id, Purpose.ASSERTION, unverified.issued_at
        )
        verified = mechanism.verify(unverified, found.key)
        of_type = identify(verified.type_url, verified.type_names, connection.anchor.registry_url)
        cards.append(Card(held=item, verified=verified, type=of_type, mechanism=mechanism))
    return tuple(cards)
