"""What follows from all leaves up to one signed checkpoint: the answers of the registry.

Built by `Replica.confirm` only, so whoever holds a view holds a root that the log has signed.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Final

from credentials.errors import Error, Expired, NotYetValid
from credentials.keys import PublicKey
from credentials.validity import LEEWAY, Validity
from did_registry.accreditation import Accreditation, VerifierRegistration
from did_registry.admission import is_anchor, is_self_describing, own_key
from did_registry.agency_document import credential_issuers
from did_registry.directory import DirectoryRow
from did_registry.document import DidDocument, Purpose
from did_registry.elsewhere import KeysElsewhere
from did_registry.errors import DidUnavailable, KeyCompromised, UnknownDid, UnknownKey
from did_registry.logged_list import LoggedList
from did_registry.logged_root import LoggedBatch, LoggedRoot
from did_registry.tlog.checkpoint import Checkpoint
from did_registry.webvh.did import Did, parse_did
from did_registry.webvh.history import History, KeyAt

_FINGERPRINT_CHARS: Final = 16  # so many tell all anchors of a city apart


@dataclass(frozen=True, slots=True, kw_only=True)
class RegistryView:
    """The registry as of one checkpoint.

    as_of: when the checkpoint was obtained; what came later is not known here.
    histories: by SCID; accreditations, registrations: by DID, oldest first, those of admitted DIDs
    as well; schemas: path of a published document → SHA-256 of its bytes; latest: by key, the rows
    of the directory; lists: by address, what is logged of a status list; compromised: since when a
    key may not be its owner's alone; admitted: when a DID or an anchor was admitted first; anchors:
    their certificates by name, DER; notices: how many there are; batches: by agency and root, the
    first leaf of each; services, audits: by service and agency, in the order of the log; elsewhere:
    what hosts told of admitted DIDs, see `knowing`.
    """

    checkpoint: Checkpoint
    as_of: datetime
    root: Did
    histories: Mapping[str, History]
    accreditations: Mapping[str, tuple[Accreditation, ...]]
    registrations: Mapping[str, tuple[VerifierRegistration, ...]]
    schemas: Mapping[str, bytes]
    latest: Mapping[str, DirectoryRow]
    lists: Mapping[str, LoggedList]
    compromised: Mapping[PublicKey, datetime]
    admitted: Mapping[str, datetime]
    anchors: Mapping[str, bytes]
    notices: int
    batches: Mapping[tuple[str, bytes], LoggedBatch]
    services: Mapping[str, tuple[LoggedRoot, ...]]
    audits: Mapping[str, tuple[LoggedRoot, ...]]
    elsewhere: Mapping[str, KeysElsewhere] = field(default_factory=dict)

    def stands_elsewhere(self, did: str) -> bool:
        """Whether a DID is admitted and has its keys where only its own host can tell them."""
        return did in self.admitted and not (is_self_describing(did) or is_anchor(did))

    def knowing(self, keys: KeysElsewhere) -> "RegistryView":
        """The same with the keys of one admitted DID, known as of the older of the two."""
        return replace(
            self,
            elsewhere={**self.elsewhere, keys.did: keys},
            as_of=min(self.as_of, keys.as_of),
        )

    def history(self, did: str) -> History:
        """The history of a DID. Raises DidInvalid or UnknownDid."""
        parsed = parse_did(did)
        history = self.histories.get(parsed.scid)
        if history is None or all(version.did != parsed for version in history.versions):
            raise UnknownDid("the registry has no such DID")
        return history

    def key_at(self, key_id: str, purpose: Purpose, time: datetime) -> KeyAt:
        """The key that a DID URL named for a purpose at a time; see `key_of`.

        Raises DidInvalid, UnknownDid, UnknownKey, DidUnavailable for an admitted DID that stands
        elsewhere and was not asked for, KeyMismatch, Unsupported or Malformed.
        """
        did, fragment_mark, _ = key_id.partition("#")
        if not fragment_mark:
            raise UnknownKey("a key is named by an absolute DID URL with a fragment")
        return self.key_of(did, key_id, purpose, time)

    def key_of(self, did: str, key_id: str, purpose: Purpose, time: datetime) -> KeyAt:
        """The key of a DID that was named for a purpose at a time; see `History.key_at`.

        A key that was declared compromised counts as retired from then on. Raises KeyCompromised
        for a later time, or as `key_at`.
        """
        return self.unless_compromised(self.listed_key(did, key_id, purpose, time), time)

    def unless_compromised(self, found: KeyAt, time: datetime) -> KeyAt:
        """The same key, retired from when it was declared compromised. Raises KeyCompromised."""
        since = self.compromised.get(found.key)
        if since is None:
            return found
        if time >= since:
            raise KeyCompromised("the key was declared compromised from before this time on")
        return replace(found, retired_at=min(since, found.retired_at or since))

    def listed_key(self, did: str, key_id: str, purpose: Purpose, time: datetime) -> KeyAt:
        """The same, whatever was declared of it: enough for a holder to read a card of its own.

        Raises as `key_at`, but for KeyCompromised.
        """
        if did not in self.admitted:
            return self.history(did).key_at(key_id, purpose, time)
        if did in self.elsewhere:
            return self.elsewhere[did].key_at(key_id, purpose, time)
        key = own_key(did, key_id)
        if key is None:
            raise DidUnavailable("the keys of this DID stand elsewhere, and nobody was asked")
        return KeyAt(key=key, valid_from=self.admitted[did], retired_at=None)

    def document_at(self, did: str, time: datetime) -> DidDocument:
        """The document of a DID at a time; of a did:web today's. Raises DidInvalid, UnknownDid,
        DidUnavailable as `key_at`, or VersionNotFound."""
        if self.stands_elsewhere(did):
            if did not in self.elsewhere:
                raise DidUnavailable("the keys of this DID stand elsewhere, and nobody was asked")
            return self.elsewhere[did].document_at(time)
        return self.history(did).version_at(time).document

    def credential_issuers(self, did: str) -> tuple[str, ...]:
        """The Credential Issuer Identifiers that a DID names today; none for one that is not known
        here."""
        if did in self.elsewhere:
            return credential_issuers(self.elsewhere[did].document.members)
        try:
            return credential_issuers(self.history(did).latest.document.members)
        except Error:
            return ()

    def code_of(self, did: str) -> str:
        """What a DID is called in short: the last part of its path, or of the DID. Of an anchor the
        beginning of its fingerprint; of who has a certificate below it, what that names."""
        if is_anchor(did):
            anchor, _, holder = did.partition("#")
            return holder or "x509-" + anchor.rpartition(":")[2][:_FINGERPRINT_CHARS]
        try:
            name = self.history(did).did
        except Error:
            return did.rpartition(":")[2]
        return name.path[-1] if name.path else name.host

    def has_ended(self, did: str) -> bool:
        """Whether the log says that a DID was deactivated; not of one that it does not know."""
        try:
            return self.history(did).deactivated
        except Error:
            return False

    def find_accreditation(self, did: str, permission: str, time: datetime) -> Accreditation | None:
        """The right under which an agency could issue at a time, or None.

        permission: `Type`, or `Type/subtype` where the type has subtypes.
        """
        for accreditation in self.accreditations_at(did, time):
            if permission in accreditation.types:
                return accreditation
        return None

    def accreditations_at(self, did: str, time: datetime) -> tuple[Accreditation, ...]:
        """All rights to issue that an agency had at a time, oldest first; of who has a certificate
        below an anchor those of the anchor."""
        return tuple(
            accreditation
            for accreditation in self.accreditations.get(did.partition("#")[0], ())
            if _holds(accreditation.validity, time)
        )

    def find_registration(self, did: str, time: datetime) -> VerifierRegistration | None:
        """The latest registration that a verifier had at a time, or None."""
        for registration in reversed(self.registrations.get(did, ())):
            if _holds(registration.validity, time):
                return registration
        return None


def _holds(validity: Validity, time: datetime) -> bool:
    try:
        validity.check(time, LEEWAY)
    except (Expired, NotYetValid):
        return False
    return True
