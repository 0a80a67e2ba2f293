"""What every act of the issuer needs besides a session and the time; built once by the app."""

from dataclasses import dataclass

from credentials.keys import KeyType, Signer
from credentials.securing.mechanism import Entropy
from issuer.agency import Agency
from issuer.secret_macs import SecretMacs
from issuer.settings import IssuerSettings
from storage.key_file import KeyPurpose
from storage.keystore import Keystore
from storage.sealed import Sealer


@dataclass(frozen=True, slots=True, kw_only=True)
class IssuerContext:
    """entropy: n → n random bytes; macs, sealer: keys of this installation."""

    settings: IssuerSettings
    keystore: Keystore
    entropy: Entropy
    macs: SecretMacs
    sealer: Sealer

    def signer(self, agency: Agency, key_type: KeyType) -> Signer:
        """The agency's signing key of a type. Raises what `Keystore.signer` raises."""
        return self.keystore.signer(agency.stored_key(key_type), KeyPurpose.ASSERTION)
