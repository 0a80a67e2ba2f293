"""The keys of an admitted DID that stand elsewhere, as far as its own host tells of them.

A did:webvh brings its whole history, so that a key can be found as of the time of issue. A did:web
has the present only: a key that it lists today is vouched for today, and of a key that it does not
list nobody can say whether it ever did.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from credentials.errors import Malformed
from did_registry.did_web import WEB, document_url
from did_registry.document import DidDocument, Purpose
from did_registry.errors import DidRolledBack, KeyHistoryUnknown, UnknownKey
from did_registry.webvh.did import log_url, parse_did
from did_registry.webvh.history import History, KeyAt


def keys_url(did: str) -> str:
    """The address where a DID that stands elsewhere shows its keys. Raises DidInvalid for one of
    neither method."""
    if did.startswith(WEB):
        return document_url(did)
    return log_url(parse_did(did), unsafe_http_loopback=True)


class KeysElsewhere(Protocol):
    """What a host has told of one DID. as_of: when it was asked; ttl: how long the DID itself says
    that this may be used, None if it says nothing."""

    @property
    def did(self) -> str: ...
    @property
    def as_of(self) -> datetime: ...
    @property
    def ttl(self) -> timedelta | None: ...
    @property
    def document(self) -> DidDocument:
        """The document of today."""
        ...

    def names(self, key_id: str) -> bool:
        """Whether it has told of a key of this name, now or before, to sign with."""
        ...

    def document_at(self, time: datetime) -> DidDocument:
        """The document of a time, as far as the DID tells. Raises VersionNotFound."""
        ...

    def key_at(self, key_id: str, purpose: Purpose, time: datetime) -> KeyAt:
        """The key that was listed for a purpose at a time. Raises as `History.key_at`, and
        KeyHistoryUnknown where the DID does not tell what was listed then."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class LoggedKeys:
    """A did:webvh of another registry, its log verified whole."""

    did: str
    as_of: datetime
    history: History

    @property
    def ttl(self) -> timedelta:
        return timedelta(seconds=self.history.latest.parameters.ttl)

    @property
    def document(self) -> DidDocument:
        return self.history.latest.document

    def names(self, key_id: str) -> bool:
        """Whether any version has a key of this name to sign with."""
        return bool(self.history.keys_named(key_id))

    def document_at(self, time: datetime) -> DidDocument:
        """The document of the version of that time. Raises VersionNotFound."""
        return self.history.version_at(time).document

    def key_at(self, key_id: str, purpose: Purpose, time: datetime) -> KeyAt:
        """The key in the version of that time; see `History.key_at`."""
        return self.history.key_at(key_id, purpose, time)

    def check_continues(self, before: "LoggedKeys") -> None:
        """Refuse a log that lacks, or has otherwise, what was seen before. Raises DidRolledBack."""
        seen = before.history.versions
        if tuple(v.version_id for v in self.history.versions[: len(seen)]) != tuple(
            version.version_id for version in seen
        ):
            raise DidRolledBack("the DID's log does not continue the one that was seen before")


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownKeys:
    """A did:web: the document that its host shows."""

    did: str
    as_of: datetime
    document: DidDocument

    @property
    def ttl(self) -> None:
        return None

    def names(self, key_id: str) -> bool:
        """Whether it has a key of this name to sign with."""
        try:
            signing = (Purpose.ASSERTION, Purpose.AUTHENTICATION)
            return any(key_id in self.document.methods(purpose) for purpose in signing)
        except Malformed:
            return False

    def document_at(self, time: datetime) -> DidDocument:
        """The document of today, which is all there is."""
        del time
        return self.document

    def key_at(self, key_id: str, purpose: Purpose, time: datetime) -> KeyAt:
        """The key that is listed today, whatever `time` is: whoever lists it vouches for it.

        Since when it is listed, nobody knows, so `valid_from` is when it was seen.
        """
        del time
        if not key_id.startswith(f"{self.did}#"):
            raise UnknownKey("the key is not named by an absolute DID URL of this DID")
        try:
            key = self.document.method(key_id, purpose)
        except UnknownKey as error:
            raise KeyHistoryUnknown("the DID does not list this key today") from error
        return KeyAt(key=key, valid_from=self.as_of, retired_at=None)
