"""The types that a credential passes through: Content → (envelope) → Unverified → Verified.

They are the same for every securing mechanism, so that an issuer, a wallet and a verifier need to
know none of them by name.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final, TypeAlias

from credentials.claims import ClaimPath, Claims
from credentials.errors import BindingInvalid
from credentials.keys import PublicKey
from credentials.strict_json import JsonValue
from credentials.validity import Validity

# What travels: a compact text (SD-JWT) or a JSON object (Data Integrity).
Serialized: TypeAlias = str | dict[str, JsonValue]

# How old a holder's signature may be when it arrives. OpenID4VP 1.0 §14.1.
MAX_BINDING_AGE: Final = timedelta(seconds=300)


class StatusPurpose(StrEnum):
    """What one status list says: every state (token list), or one of them (Bitstring)."""

    ANY = "any"
    REVOCATION = "revocation"
    SUSPENSION = "suspension"


@dataclass(frozen=True, slots=True, kw_only=True)
class StatusReference:
    """Where the status of a credential stands: a list, and this credential's place in it."""

    uri: str
    index: int
    purpose: StatusPurpose


@dataclass(frozen=True, slots=True, kw_only=True)
class Disclosure:
    """What the holder may later withhold.

    paths: the claims that become disclosures; everything else is always visible.
    digests: how many digests the object at a path shall have, real and decoy together, so that
    their number does not tell which optional claims a person has; () is the credential itself.
    """

    paths: frozenset[ClaimPath] = frozenset()
    digests: Mapping[ClaimPath, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    """What an issuer states about a subject, before an envelope is chosen for it.

    type_url: the type's identifier and address (`vct`); type_name: its short name.
    integrity: address of a document of the type → its SRI digest (W3C SRI §3.2).
    issued_at and both ends of validity: aware UTC, whole seconds.
    status_uri, status_index: the status list's address and this credential's place in it.
    """

    type_url: str
    type_name: str
    integrity: Mapping[str, str]
    issuer: str
    issued_at: datetime
    validity: Validity
    claims: Claims
    disclosure: Disclosure
    holder: PublicKey | None
    status_uri: str | None
    status_index: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Unverified:
    """A parsed credential or presentation. Its fields are claims by a stranger: they tell which
    key to fetch, and never decide anything.

    key_id: the DID URL that the header or proof names; issued_at: the time the issuer claims.
    certificates: where the header names its key by a chain instead, DER, the leaf first; then
    key_id is empty, and issuer is what `iss` says, or empty.
    """

    mechanism: str
    issuer: str
    key_id: str
    issued_at: datetime
    certificates: tuple[bytes, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Verified:
    """What the owner of an issuer's key has signed, as far as it was disclosed.

    type_url: the type's address, type_names: its short names, each if the envelope has them.
    claims: disclosed claims only, without the members that belong to the envelope.
    holder: the key that the credential is bound to; None for one that is bound to nobody.
    """

    mechanism: str
    issuer: str
    key_id: str
    issued_at: datetime
    validity: Validity
    type_url: str | None
    type_names: tuple[str, ...]
    integrity: Mapping[str, str]
    claims: Claims
    status: tuple[StatusReference, ...]
    holder: PublicKey | None


@dataclass(frozen=True, slots=True, kw_only=True)
class HolderBinding:
    """A holder's verified signature over one presentation: for whom, in answer to what, and when.

    audience, nonce: None where the envelope did not say; such a binding answers no request.
    """

    audience: str | None
    nonce: str | None
    issued_at: datetime

    def check(self, *, audience: str, nonce: str, now: datetime, leeway: timedelta) -> None:
        """Refuse a binding that was made for another request or another moment.

        Raises BindingInvalid. Spec: RFC 9901 §7.3 step 5, OpenID4VP 1.0 §14.1.
        """
        if self.audience != audience:
            raise BindingInvalid("the presentation is addressed to another verifier")
        if self.nonce != nonce:
            raise BindingInvalid("the presentation answers another request")
        if self.issued_at > now + leeway:
            raise BindingInvalid("the presentation was signed in the future")
        if self.issued_at < now - MAX_BINDING_AGE - leeway:
            raise BindingInvalid("the presentation was signed too long ago")
