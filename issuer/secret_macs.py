"""Codes, tokens and nonces: made here, kept as keyed digests only.

A database that is stolen shows no code that works, and looking one up by its digest compares
nothing byte by byte. HMAC-SHA-256, one key for all, separated by what the secret is for.
"""

import hashlib
import hmac
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Final

from credentials.encoding import decode_base64url, encode_base64url
from credentials.errors import Error

NONCE_LIFETIME: Final = timedelta(minutes=5)

_RANDOM_BYTES: Final = 16
_TIME_BYTES: Final = 5
_MAC_BYTES: Final = 16
_OFFER_BYTES: Final = 16
_LENGTH_BYTES: Final = 4  # before each part of a message, so that no part can pass for two


class SecretKind(StrEnum):
    """What a secret opens; one kind never passes for another."""

    OFFER = "offer"
    CODE = "code"
    DERIVED_CODE = "derived-code"
    TX_CODE = "tx-code"
    ACCESS_TOKEN = "access-token"  # noqa: S105 - a label
    NONCE = "nonce"
    IMPORTED_ROW = "imported-row"
    SEARCH_TERM = "search-term"
    DERIVED_OFFER = "derived-offer"
    DERIVED_TX_CODE = "derived-tx-code"


class SecretMacs:
    """Digests and derives secrets under one key of 32 bytes."""

    __slots__ = ("_key",)

    def __init__(self, key: bytes) -> None:
        self._key = key

    def digest(self, kind: SecretKind, *parts: str) -> bytes:
        """What is stored of a secret: 32 bytes. parts: the secret, and what it belongs to.

        No two lists of parts have one digest, whatever a stranger writes into one of them.
        """
        texts = [part.encode() for part in (kind.value, *parts)]
        message = b"".join(len(text).to_bytes(_LENGTH_BYTES) + text for text in texts)
        return hmac.digest(self._key, message, hashlib.sha256)

    def derive_code(self, offer_id: str, serial: int) -> str:
        """The n-th pre-authorized code of an offer: the same each time it is asked for, and so
        never stored."""
        return encode_base64url(self.digest(SecretKind.DERIVED_CODE, offer_id, str(serial)))

    def derive_offer_secret(self, offer_id: str) -> str:
        """The secret in an offer's link, which a clerk may see again and which is never stored."""
        return encode_base64url(self.digest(SecretKind.DERIVED_OFFER, offer_id)[:_OFFER_BYTES])

    def derive_tx_code(self, offer_id: str, digits: int) -> str:
        """An offer's transaction code, likewise."""
        # Thirty-two bytes modulo a million: the bias can't be told.
        drawn = int.from_bytes(self.digest(SecretKind.DERIVED_TX_CODE, offer_id))
        return f"{drawn % 10**digits:0{digits}}"

    def new_nonce(self, audience: str, random: bytes, now: datetime) -> str:
        """A nonce for one issuer that proves by itself that we made it, and until when it lives.

        random: 16 random bytes. No row is written, so asking for nonces fills nothing.
        """
        until = int((now + NONCE_LIFETIME).timestamp()).to_bytes(_TIME_BYTES)
        return encode_base64url(random + until + self._nonce_mac(audience, random + until))

    def is_live_nonce(self, audience: str, nonce: str, now: datetime) -> bool:
        """Whether we made this nonce for this issuer, and its time is not over."""
        try:
            data = decode_base64url(nonce)
        except Error:
            return False
        body, mac = data[: _RANDOM_BYTES + _TIME_BYTES], data[_RANDOM_BYTES + _TIME_BYTES :]
        if not hmac.compare_digest(mac, self._nonce_mac(audience, body)):
            return False
        until = datetime.fromtimestamp(int.from_bytes(body[_RANDOM_BYTES:]), UTC)
        return now < until

    def _nonce_mac(self, audience: str, body: bytes) -> bytes:
        return self.digest(SecretKind.NONCE, audience, encode_base64url(body))[:_MAC_BYTES]
