"""Staff, put together: what the pages act through."""

import hashlib
import hmac
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from argon2 import PasswordHasher

from staff.hashing import HashingPlaces
from storage.transaction import Database


@dataclass(frozen=True, slots=True, kw_only=True)
class StaffService:
    """mac_key: 32 secret bytes; hasher: Argon2id; entropy: n → n random bytes; clock: city time.

    dummy_hash: what a wrong name's password is compared with, so that it takes as long; places: for
    those whose passwords are compared.
    """

    database: Database
    mac_key: bytes
    hasher: PasswordHasher
    dummy_hash: str
    entropy: Callable[[int], bytes]
    clock: Callable[[], datetime]
    places: HashingPlaces = field(default_factory=HashingPlaces)

    def digest(self, kind: str, token: str) -> bytes:
        """What is stored of a token: the token itself is in a browser only."""
        return hmac.digest(self.mac_key, f"{kind}\0{token}".encode(), hashlib.sha256)
