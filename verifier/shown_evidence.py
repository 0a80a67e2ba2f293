"""Evidence of ours, and beside it what a holder has handed over with the credentials."""

from dataclasses import dataclass
from datetime import datetime

from credentials.issuance_proof import IssuanceProof
from credentials.model import StatusReference
from did_registry.view import RegistryView
from verifier.evidence import Evidence, KnownState


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownEvidence:
    """ours: what everything but the proofs comes from; `Evidence` tells what its methods promise.

    The proofs are unverified: each counts only for a credential that it leads to the log from.
    """

    ours: Evidence
    issuance_proofs: tuple[IssuanceProof, ...]

    @property
    def registry_url(self) -> str:
        """Where types are published."""
        return self.ours.registry_url

    def registry(self, now: datetime) -> RegistryView:
        """The registry as we know it."""
        return self.ours.registry(now)

    def newer_registry(self, view: RegistryView, now: datetime) -> RegistryView | None:
        """More of the registry, if we can have it."""
        return self.ours.newer_registry(view, now)

    def with_keys_of(
        self, view: RegistryView, did: str, key_id: str, now: datetime
    ) -> RegistryView:
        """The view with a DID's keys as we know them."""
        return self.ours.with_keys_of(view, did, key_id, now)

    def status(self, reference: StatusReference, issuer: str, now: datetime) -> KnownState:
        """The state as we know it."""
        return self.ours.status(reference, issuer, now)
