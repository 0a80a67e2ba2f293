"""What every act of the issuer needs besides a session and the time; built once by the app."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Protocol

from sqlalchemy.orm import Session

from credentials.keys import KeyType, Signer
from credentials.securing.mechanism import Entropy
from did_registry.actions.append import LeafDraft
from issuer.agency import Agency
from issuer.secret_macs import SecretMacs
from issuer.settings import IssuerSettings
from storage.key_file import KeyPurpose
from storage.keystore import Keystore
from storage.sealed import Sealer


class StatusLog(Protocol):
    """Where it is recorded that a status list was published, so that no older one replaces it."""

    def record(self, session: Session, drafts: Sequence[LeafDraft], *, now: datetime) -> object:
        """Append these `status` leaves with the transaction. Raises LogInconsistent."""
        ...


class _NoLog:
    """An issuer whose registry is on another machine leaves no record of its lists there yet."""

    def record(self, session: Session, drafts: Sequence[LeafDraft], *, now: datetime) -> None:
        del session, drafts, now


NO_LOG: Final[StatusLog] = _NoLog()


@dataclass(frozen=True, slots=True, kw_only=True)
class IssuerContext:
    """entropy: n → n random bytes; macs, sealer: keys of this installation; epoch: how often its
    database was put back from a backup; log: the registry's, where it is ours to write."""

    settings: IssuerSettings
    keystore: Keystore
    entropy: Entropy
    macs: SecretMacs
    sealer: Sealer
    epoch: int
    log: StatusLog

    def signer(self, agency: Agency, key_type: KeyType) -> Signer:
        """The agency's signing key of a type. Raises what `Keystore.signer` raises."""
        return self.keystore.signer(agency.stored_key(key_type), KeyPurpose.ASSERTION)
