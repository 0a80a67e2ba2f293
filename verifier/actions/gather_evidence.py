"""Evidence from the network: a replica of the registry, the issuers' status lists, and the keys of
admitted issuers elsewhere."""

from datetime import datetime

from credentials.errors import KeyMismatch
from credentials.issuance_proof import IssuanceProof
from credentials.model import StatusReference
from did_registry.actions.follow import RegistryFollower
from did_registry.actions.foreign_dids import ForeignDids
from did_registry.errors import UnknownKey
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

    def newer_registry(self, view: RegistryView, now: datetime) -> RegistryView | None:
        """The registry, followed at once, if it has grown; see `RegistryFollower.newer`."""
        return self._follower.newer(view, now)

    def with_keys_of(
        self, view: RegistryView, did: str, key_id: str, now: datetime
    ) -> RegistryView:
        """The view with an admitted issuer's keys, as its host tells them; see `ForeignDids`."""
        return self._elsewhere.know(view, did, key_id, now)

    def known_lists(self) -> tuple[KnownList, ...]:
        """The status lists that were fetched so far and not forgotten."""
        return self._lists.known()

    def status(self, reference: StatusReference, issuer: str, now: datetime) -> KnownState:
        """The state at a place in a list; see `Evidence.status`.

        The list must be signed with a key that its issuer has *today*: a list is a day old at
        most, so a retired key has no business there, and a thief of it could write any list.
        """
        view = self._follower.view(now)
        try:
            known = self._list(view, reference, issuer, now)
            is_ahead = known.is_newer(_logged_since(view, reference))
        except UnknownKey:  # it may have been signed with a key of just now
            known, is_ahead = None, True
        newer = self._follower.newer(view, now) if is_ahead else None
        if known is None or newer is not None:
            known = self._list(newer or view, reference, issuer, now)
        if known.found.issuer != issuer:  # fetched for another agency's credential
            raise KeyMismatch("the status list is signed by another agency")
        return KnownState(
            state=known.found.state(reference.index),
            issued_at=known.found.issued_at,
            as_of=known.fetched_at,
        )

    def _list(
        self, view: RegistryView, reference: StatusReference, issuer: str, now: datetime
    ) -> KnownList:
        """The list, signed with a key that a view has for its issuer."""
        known = self._elsewhere.know(view, issuer, "", now)
        signer = ListSigner(view=known, issuer=issuer, at=now)
        since = _logged_since(view, reference)
        return self._lists.get(reference.uri, reference.purpose, signer.find, now, since)


def _logged_since(view: RegistryView, reference: StatusReference) -> datetime | None:
    """When the latest version of a list was issued, as the log has it."""
    logged = view.lists.get(reference.uri)
    return None if logged is None else logged.since
