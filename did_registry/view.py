"""What follows from all leaves up to one signed checkpoint: the answers of the registry.

Built by `Replica.confirm` only, so whoever holds a view holds a root that the log has signed.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from credentials.errors import Expired, NotYetValid
from credentials.validity import LEEWAY, Validity
from did_registry.accreditation import Accreditation, VerifierRegistration
from did_registry.document import Purpose
from did_registry.errors import UnknownDid, UnknownKey
from did_registry.tlog.checkpoint import Checkpoint
from did_registry.webvh.did import Did, parse_did
from did_registry.webvh.history import History, KeyAt


@dataclass(frozen=True, slots=True, kw_only=True)
class RegistryView:
    """The registry as of one checkpoint.

    as_of: when the checkpoint was obtained; what came later is not known here.
    histories: by SCID; accreditations, registrations: by DID, oldest first; schemas: path of a
    published document → SHA-256 of its bytes.
    """

    checkpoint: Checkpoint
    as_of: datetime
    root: Did
    histories: Mapping[str, History]
    accreditations: Mapping[str, tuple[Accreditation, ...]]
    registrations: Mapping[str, tuple[VerifierRegistration, ...]]
    schemas: Mapping[str, bytes]

    def history(self, did: str) -> History:
        """The history of a DID. Raises DidInvalid or UnknownDid."""
        parsed = parse_did(did)
        history = self.histories.get(parsed.scid)
        if history is None or all(version.did != parsed for version in history.versions):
            raise UnknownDid("the registry has no such DID")
        return history

    def key_at(self, key_id: str, purpose: Purpose, time: datetime) -> KeyAt:
        """The key that a DID URL named for a purpose at a time; see `History.key_at`.

        Raises DidInvalid, UnknownDid, UnknownKey, KeyMismatch, Unsupported or Malformed.
        """
        did, fragment_mark, _ = key_id.partition("#")
        if not fragment_mark:
            raise UnknownKey("a key is named by an absolute DID URL with a fragment")
        return self.history(did).key_at(key_id, purpose, time)

    def find_accreditation(self, did: str, permission: str, time: datetime) -> Accreditation | None:
        """The right under which an agency could issue at a time, or None.

        permission: `Type`, or `Type/subtype` where the type has subtypes.
        """
        for accreditation in self.accreditations_at(did, time):
            if permission in accreditation.types:
                return accreditation
        return None

    def accreditations_at(self, did: str, time: datetime) -> tuple[Accreditation, ...]:
        """All rights to issue that an agency had at a time, oldest first."""
        return tuple(
            accreditation
            for accreditation in self.accreditations.get(did, ())
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
