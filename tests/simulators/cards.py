"""A forger's credentials as the cards of a wallet, without any wallet.

card = make_card(forger, forger.issue(), number=2)
"""

from typing import Any

from credentials.keys import KeyType
from credentials.securing import mechanism_of
from schemas.catalogue import identify
from tests.simulators.city import URL
from tests.simulators.forger import SD_JWT, Forger
from wallet.held_credential import HeldCredential
from wallet.matching import Card

_SECRET = bytes([2]) * 32  # that of tests.simulators.sd_jwt.HOLDER


def make_card(forger: Forger, credential: Any, *, number: int = 1) -> Card:
    """A card as `open_cards` makes it, for a credential that the forger's agency has signed."""
    mechanism = mechanism_of(credential)
    unverified = mechanism.parse(credential)
    verified = mechanism.verify(unverified, forger.signer(mechanism.key_types[0]).public_key)
    return Card(
        held=HeldCredential(
            number=number,
            serialized=credential,
            key_type=KeyType.P256 if mechanism.format == SD_JWT else KeyType.ED25519,
            key_secret=_SECRET,
            received_at=forger.city.clock(),
        ),
        verified=verified,
        type=identify(verified.type_url, verified.type_names, URL),
        mechanism=mechanism,
    )
