"""What the pipeline knows about the world besides the presentation: the registry and statuses."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from credentials.issuance_proof import IssuanceProof
from credentials.model import StatusReference
from credentials.status.bits import State
from did_registry.view import RegistryView


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownState:
    """What a list says of one credential. issued_at: when the list was signed; as_of: when it was
    obtained, so that what came later is not known."""

    state: State
    issued_at: datetime
    as_of: datetime


class Evidence(Protocol):
    """Answers from outside, fetched or bundled; the pipeline does not know which.

    registry_url: where types are published; issuance_proofs: what the holder has handed over
    beside the credentials, each for one of them.
    """

    @property
    def registry_url(self) -> str: ...
    @property
    def issuance_proofs(self) -> tuple[IssuanceProof, ...]: ...

    def registry(self, now: datetime) -> RegistryView:
        """The registry, as recently as it is known. Raises RegistryUnavailable and what a registry
        that can't be believed raises."""
        ...

    def newer_registry(self, view: RegistryView, now: datetime) -> RegistryView | None:
        """More of the registry than this view says, as far as it can be had at once; None if not.

        For what the view does not know, such as a key of a minute ago. Raises as `registry`.
        """
        ...

    def with_keys_of(
        self, view: RegistryView, did: str, key_id: str, now: datetime
    ) -> RegistryView:
        """The view with the keys of a DID that is admitted and stands elsewhere; the same view for
        every other DID. key_id: the key that is looked for, empty where its name is not known.

        Raises DidUnavailable, or DidNotProven for keys that can't be believed.
        """
        ...

    def status(self, reference: StatusReference, issuer: str, now: datetime) -> KnownState:
        """The state at a place in a list that must be `issuer`'s own.

        Raises StatusUnavailable, StatusRolledBack, or what a list that can't be believed raises.
        """
        ...
