"""What every securing mechanism can do. One file in this folder implements it, and nothing else
in the project needs to know which one a credential uses."""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol, TypeAlias

from credentials.claims import ClaimPath
from credentials.keys import KeyType, PublicKey, Signer
from credentials.model import Content, HolderBinding, Serialized, Unverified, Verified

# n → n random bytes; an argument, so that minting is deterministic in tests.
Entropy: TypeAlias = Callable[[int], bytes]


@dataclass(frozen=True, slots=True, kw_only=True)
class BindingRequest:
    """What a holder signs a presentation for: the verifier's full client id and its nonce."""

    audience: str
    nonce: str
    now: datetime


class Mechanism(Protocol):
    """One way to put a signature on a credential.

    name: the mechanism, e.g. `eddsa-jcs-2022`; format: the Credential Format Identifier of
    OpenID4VCI appendix A, e.g. `ldp_vc`; key_types: what an issuer may sign with, best first;
    holder_key_types: what a holder may bind with, best first.
    """

    @property
    def name(self) -> str: ...
    @property
    def format(self) -> str: ...
    @property
    def key_types(self) -> tuple[KeyType, ...]: ...
    @property
    def holder_key_types(self) -> tuple[KeyType, ...]: ...

    def secure(
        self, content: Content, *, signer: Signer, key_id: str, entropy: Entropy
    ) -> Serialized:
        """Sign a credential as the owner of `key_id`, a DID URL of `content.issuer`.

        Raises KeyMismatch for a key type that this mechanism does not use, Malformed for content
        it can't carry.
        """
        ...

    def recognises(self, serialized: Serialized) -> bool:
        """Whether this looks like ours, by its outermost shape; `parse` may still refuse it."""
        ...

    def parse(self, serialized: Serialized) -> Unverified:
        """Read a credential or a presentation of one, strictly.

        Raises Malformed, TooLarge or Unsupported.
        """
        ...

    def verify(self, unverified: Unverified, key: PublicKey) -> Verified:
        """Prove the issuer's signature with the key the registry gave for `unverified.key_id`.

        Raises SignatureInvalid, KeyMismatch or Malformed.
        """
        ...

    def issued_digest(self, unverified: Unverified) -> bytes:
        """SHA-256 of the credential as its issuer signed it, signature included: the same for the
        credential and for every presentation of it. Raises Malformed."""
        ...

    def verify_holder(self, unverified: Unverified, verified: Verified) -> HolderBinding | None:
        """Prove that the key in `verified.holder` signed this presentation; None when it bears no
        holder's signature at all.

        Raises SignatureInvalid, KeyMismatch, BindingInvalid or Malformed.
        """
        ...

    def present(
        self,
        credential: Serialized,
        *,
        disclose: Collection[ClaimPath],
        holder: Signer,
        request: BindingRequest,
    ) -> Serialized:
        """Show a credential to one verifier: the claims at these paths and no others, signed by
        its holder. Raises Malformed if a path leads nowhere, Unsupported if this mechanism can't
        withhold what is not listed.
        """
        ...
