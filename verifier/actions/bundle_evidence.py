"""Evidence from a trust bundle: nothing is fetched, so nothing is known beyond its time."""

from datetime import datetime

from credentials.errors import KeyMismatch
from credentials.issuance_proof import IssuanceProof
from credentials.model import StatusReference
from did_registry.bundle import TrustBundle, is_latest, open_bundle
from did_registry.errors import DidUnavailable
from did_registry.trust import TrustAnchor
from did_registry.view import RegistryView
from verifier.actions.status_lists import verify_list
from verifier.errors import StatusRolledBack, StatusUnavailable
from verifier.evidence import KnownState
from verifier.list_signer import ListSigner


class BundleEvidence:
    """What a verifier knows that is offline. Raises what `open_bundle` raises."""

    def __init__(self, bundle: TrustBundle, anchor: TrustAnchor, now: datetime) -> None:
        self._view = open_bundle(bundle, anchor, now)
        self._lists = bundle.lists
        self._registry_url = anchor.registry_url

    @property
    def registry_url(self) -> str:
        """Where types are published."""
        return self._registry_url

    @property
    def issuance_proofs(self) -> tuple[IssuanceProof, ...]:
        """None: they come from holders, see `ShownEvidence`."""
        return ()

    def registry(self, now: datetime) -> RegistryView:
        """The registry as of the bundle; the policy says for how long that is enough."""
        del now
        return self._view

    def newer_registry(self, view: RegistryView, now: datetime) -> None:
        """Nothing: there is nobody to ask."""
        del view, now

    def with_keys_of(
        self, view: RegistryView, did: str, key_id: str, now: datetime
    ) -> RegistryView:
        """The same view: a bundle holds the registry's own DIDs only. Raises DidUnavailable for an
        admitted one that stands elsewhere."""
        del key_id, now
        if view.stands_elsewhere(did):
            raise DidUnavailable("a bundle does not hold the keys of DIDs that stand elsewhere")
        return view

    def status(self, reference: StatusReference, issuer: str, now: datetime) -> KnownState:
        """The state at a place in a list; see `Evidence.status`.

        The list must be the one that the log names last, so that no older one can be bundled.
        """
        data = self._lists.get(reference.uri)
        if data is None:
            raise StatusUnavailable("the bundle does not hold this status list")
        if not is_latest(reference.uri, data, self._view):
            raise StatusRolledBack("the bundled list is not the one that the log names last")

        signer = ListSigner(view=self._view, issuer=issuer, at=self._view.as_of)
        found = verify_list(data, reference.uri, reference.purpose, signer.find, now)
        if found.issuer != issuer:
            raise KeyMismatch("the status list is signed by another agency")
        return KnownState(
            state=found.state(reference.index),
            issued_at=found.issued_at,
            as_of=max(found.issued_at, self._view.as_of),
        )
