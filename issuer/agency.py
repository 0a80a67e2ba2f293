"""An issuing agency: its DID, its addresses, and the names of its keys."""

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from credentials.keys import KeyType

# The fragments of an agency's first verification methods, which are also the names of its keys in
# the store; those of a later generation end with another number.
KEY_FRAGMENTS: Final = {KeyType.P256: "es256-1", KeyType.ED25519: "eddsa-1"}

_CODE: Final = re.compile(r"[A-Z0-9](?:[A-Z0-9-]{0,38}[A-Z0-9])?")


def is_code(text: str) -> bool:
    """Whether this could be the code of an agency, or the id of one's status list.

    Asked before a database is: not every text from an address can be sent to one.
    """
    return _CODE.fullmatch(text) is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class Agency:
    """One tenant. public_url: the issuer's address without a slash at its end; keys: the generation
    of its signing keys, which a rotation by the registry's root counts up; keys_since: when that
    was, None for the first."""

    code: str
    did: str
    public_url: str
    keys: int = 1
    keys_since: datetime | None = None

    @property
    def credential_issuer(self) -> str:
        """Credential Issuer Identifier and authorization server. OpenID4VCI 1.0 §12.2.1."""
        return f"{self.public_url}/issuers/{self.code}"

    def endpoint(self, name: str) -> str:
        """The address of one of its protocol endpoints."""
        return f"{self.credential_issuer}/{name}"

    def offer_uri(self, secret: str) -> str:
        """Where a wallet gets an offer by reference."""
        return f"{self.credential_issuer}/offers/{secret}"

    def key_id(self, key_type: KeyType) -> str:
        """The DID URL that its signatures name."""
        return f"{self.did}#{self._fragment(key_type)}"

    def stored_key(self, key_type: KeyType) -> str:
        """The key's name in the keystore."""
        return f"{self.code}/{self._fragment(key_type)}"

    def _fragment(self, key_type: KeyType) -> str:
        return f"{KEY_FRAGMENTS[key_type].removesuffix('1')}{self.keys}"

    @property
    def status_list(self) -> str:
        """The id of its status list."""
        return f"{self.code}-1"

    def status_uri(self) -> str:
        """Where its status list stands."""
        return f"{self.public_url}/status/{self.status_list}"
