"""Whose key a status list must be signed with: the issuer's of the credential that points at it."""

from dataclasses import dataclass
from datetime import datetime

from credentials.errors import KeyMismatch
from credentials.keys import PublicKey
from did_registry.certified import find_signer
from did_registry.document import Purpose
from did_registry.view import RegistryView


@dataclass(frozen=True, slots=True, kw_only=True)
class ListSigner:
    """An issuer at a time. A list is a day old at most, so a key that is retired by then has no
    business there: a thief of it could write any list."""

    view: RegistryView
    issuer: str
    at: datetime

    def find(self, key_id: str, certificates: tuple[bytes, ...]) -> tuple[str, PublicKey]:
        """The issuer, and the key that the list says it is signed with.

        key_id: empty where certificates name the key. Raises KeyMismatch for another issuer's, or
        what `RegistryView.key_at` and `find_signer` raise.
        """
        if certificates:
            found = find_signer(certificates, None, self.view, time=self.at, now=self.at)
            issuer, key = found.issuer, found.at.key
        else:
            issuer = key_id.partition("#")[0]
            self._check(issuer)
            key = self.view.key_at(key_id, Purpose.ASSERTION, self.at).key
        self._check(issuer)
        return issuer, key

    def _check(self, issuer: str) -> None:
        if issuer != self.issuer:
            raise KeyMismatch("the status list is signed by another agency")
