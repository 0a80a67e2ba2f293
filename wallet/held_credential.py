"""What a vault holds: credentials, each with its own key, and a record of what was shown."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from credentials.claims import Claims
from credentials.data_integrity import format_timestamp, parse_timestamp
from credentials.encoding import decode_base64url, encode_base64url
from credentials.errors import Malformed
from credentials.issuance_proof import IssuanceProof, read_issuance_proof
from credentials.jcs import canonicalize
from credentials.json_object import JsonObject, parse_object
from credentials.keys import KeyType, Signer, signer_from_secret
from credentials.model import Serialized
from credentials.strict_json import JsonValue
from wallet.errors import UnknownCredential

MAX_HELD: Final = 1000
MAX_HISTORY: Final = 10_000
MAX_CONTENT_BYTES: Final = 16 * 1024 * 1024
MAX_SHOWN_CLAIMS: Final = 4096  # 32 credentials, 64 claims asked of each, and what is never hidden


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldCredential:
    """One credential as it was issued, and the secret of the key that it alone is bound to.

    number: its place in this wallet, from 1, never used again; issuance_proof: since when it stands
    in the log, once its issuer has told.
    """

    number: int
    serialized: Serialized
    key_type: KeyType
    key_secret: bytes
    received_at: datetime
    issuance_proof: IssuanceProof | None = None

    def holder(self) -> Signer:
        """The signer of the key that this credential is bound to."""
        return signer_from_secret(self.key_type, self.key_secret)

    def __repr__(self) -> str:
        return f"HeldCredential({self.number})"  # neither claims nor keys in a traceback


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """One line of the record of presentations: to whom, what for, which claims, when."""

    at: datetime
    verifier: str
    purpose: str
    claims: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class VaultContent:
    """Everything in one vault; changed by making another."""

    next_number: int = 1
    held: tuple[HeldCredential, ...] = ()
    shown: tuple[Shown, ...] = ()

    def keep(
        self, serialized: Serialized, *, key_type: KeyType, key_secret: bytes, now: datetime
    ) -> "VaultContent":
        """The content with one credential more."""
        if len(self.held) >= MAX_HELD:
            raise Malformed(f"the wallet is full: it holds {MAX_HELD} credentials")
        kept = HeldCredential(
            number=self.next_number,
            serialized=serialized,
            key_type=key_type,
            key_secret=key_secret,
            received_at=now,
        )
        return replace(self, next_number=self.next_number + 1, held=(*self.held, kept))

    def keep_proofs(self, proofs: Mapping[int, IssuanceProof]) -> "VaultContent":
        """The content with proofs for the credentials of these numbers that are still held."""
        held = tuple(
            replace(item, issuance_proof=proofs.get(item.number, item.issuance_proof))
            for item in self.held
        )
        return replace(self, held=held)

    def record(self, shown: Shown) -> "VaultContent":
        """The content with one presentation more in its record; the oldest line goes when full."""
        return replace(self, shown=(*self.shown, shown)[-MAX_HISTORY:])

    def get(self, number: int) -> HeldCredential:
        """The credential with this number. Raises UnknownCredential."""
        for held in self.held:
            if held.number == number:
                return held
        raise UnknownCredential("the wallet holds no credential with this number")


def encode_content(content: VaultContent) -> bytes:
    """Write a vault's content, canonically."""
    return canonicalize(
        {
            "held": [_encode_held(held) for held in content.held],
            "next": content.next_number,
            "shown": [_encode_shown(shown) for shown in content.shown],
            "version": 1,
        }
    )


def parse_content(data: bytes) -> VaultContent:
    """Read a vault's content. Raises Malformed or TooLarge."""
    fields = parse_object(data, max_bytes=MAX_CONTENT_BYTES, where="vault")
    fields.only("held", "next", "shown", "version")
    if fields.integer("version") != 1:
        raise Malformed("not a vault of this version")
    return VaultContent(
        next_number=fields.integer("next"),
        held=tuple(_parse_held(row) for row in fields.objects("held", max_items=MAX_HELD)),
        shown=tuple(_parse_shown(row) for row in fields.objects("shown", max_items=MAX_HISTORY)),
    )


def _encode_held(held: HeldCredential) -> JsonValue:
    row: Claims = {
        "credential": held.serialized,
        "key": encode_base64url(held.key_secret),
        "keyType": held.key_type.value,
        "number": held.number,
        "received": format_timestamp(held.received_at),
    }
    if held.issuance_proof is not None:
        row["issuanceProof"] = held.issuance_proof.to_json()
    return row


def _parse_held(row: JsonObject) -> HeldCredential:
    serialized = row.members.get("credential")
    if not isinstance(serialized, str | dict):
        raise Malformed("a held credential is a text or an object")
    proof = row.object_or_none("issuanceProof")
    return HeldCredential(
        number=row.integer("number"),
        serialized=serialized,
        key_type=_key_type(row.text("keyType")),
        key_secret=decode_base64url(row.text("key")),
        received_at=parse_timestamp(row.text("received")),
        issuance_proof=None if proof is None else read_issuance_proof(proof),
    )


def _key_type(text: str) -> KeyType:
    try:
        return KeyType(text)
    except ValueError as error:
        raise Malformed("the vault names a key type that is not known here") from error


def _encode_shown(shown: Shown) -> JsonValue:
    return {
        "at": format_timestamp(shown.at),
        "claims": list(shown.claims),
        "purpose": shown.purpose,
        "verifier": shown.verifier,
    }


def _parse_shown(row: JsonObject) -> Shown:
    return Shown(
        at=parse_timestamp(row.text("at")),
        verifier=row.text("verifier"),
        purpose=row.text("purpose"),
        claims=tuple(row.texts("claims", max_items=MAX_SHOWN_CLAIMS)),
    )
