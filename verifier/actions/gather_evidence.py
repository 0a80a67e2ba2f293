"""Evidence from the network: a replica of the registry, the issuers' status lists, and the keys of
admitted issuers elsewhere."""

from datetime import datetime

from credentials.errors import KeyMismatch
from credentials.issuance_proof import IssuanceProof
from credentials.model import StatusReference
from did_registry.actions.follow import RegistryFollower
from did_registry.actions.foreign_dids import ForeignDids
from did_registry.view import RegistryView
from verifier.actions.status_lists import KnownList, StatusLists
from verifier.evidence import KnownState
from verifier.list_signer import ListSigner


class OnlineEvidence:
    """What a verifier that is online knows; safe to share between threads."""

    def __init__(
        self,
        registry: RegistryFollower,
        lists: StatusLists,
        elsewhere: ForeignDids,
        registry_url: str,
    ) -> None:
        self._follower = registry
        self._lists = lists
        self._elsewhere = elsewhere
        self._registry_url = registry_url

    @property
    def registry_url(self) -> str:
        """Where types are published."""
        return self._registry_url

    @property
    def issuance_proofs(self) -> tuple[IssuanceProof, ...]:
        """None: they come from holders, see `ShownEvidence`."""
        return ()

    def registry(self, now: datetime) -> RegistryView:
        """The registry, as recently as it is known; see `RegistryFollower.view`."""
        return self._follower.view(now)

    def with_keys_of(self, view: RegistryView, did: str, now: datetime) -> RegistryView:
        """The view with an admitted issuer's keys, as its host tells them; see `ForeignDids`."""
        return self._elsewhere.know(view, did, now)

    def known_lists(self) -> tuple[KnownList, ...]:
        """The status lists that were fetched so far and not forgotten."""
        return self._lists.known()

    def status(self, reference: StatusReference, issuer: str, now: datetime) -> KnownState:
        """The state at a place in a list; see `Evidence.status`.

        The list must be signed with a key that its issuer has *today*: a list is a day old at
        most, so a retired key has no business there, and a thief of it could write any list.
        """
        view = self._elsewhere.know(self._follower.view(now), issuer, now)

        signer = ListSigner(view=view, issuer=issuer, at=now)
        logged = view.lists.get(reference.uri)
        since = None if logged is None else logged.since
        known = self._lists.get(reference.uri, reference.purpose, signer.find, now, since)
        if known.found.issuer != issuer:  # fetched for another agency's credential
            raise KeyMismatch("the status list is signed by another agency")
        return KnownState(
            state=known.found.state(reference.index),
            issued_at=known.found.issued_at,
            as_of=known.fetched_at,
        )
