"""The verifier, put together: what its endpoints and its command line act through."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from credentials.keys import Signer
from credentials.securing.mechanism import Entropy
from storage.key_file import KeyPurpose
from storage.keystore import Keystore
from storage.sealed import Sealer
from storage.transaction import Database
from verifier.actions.gather_evidence import OnlineEvidence
from verifier.policy import Policy
from verifier.settings import VerifierSettings

KEY_FRAGMENT = "request-1"


@dataclass(frozen=True, slots=True, kw_only=True)
class VerifierService:
    """clock: the city's time, aware UTC; entropy: n → n random bytes."""

    settings: VerifierSettings
    database: Database
    keystore: Keystore
    sealer: Sealer
    evidence: OnlineEvidence
    policy: Policy
    entropy: Entropy
    clock: Callable[[], datetime]

    def signer(self, code: str, keys: int = 1) -> Signer:
        """The key with which a verifier signs its requests; keys: its generation."""
        return self.keystore.signer(f"{code}/{key_fragment(keys)}", KeyPurpose.AUTHENTICATION)


def key_fragment(keys: int) -> str:
    """The fragment of the verification method of a generation, and its name in the keystore."""
    return f"{KEY_FRAGMENT.removesuffix('1')}{keys}"
