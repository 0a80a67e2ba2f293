"""What a wallet refuses. Nothing that is refused is kept."""

from credentials.errors import Error


class VaultUnreadable(Error):
    """The vault was altered, or the passphrase is another one; the two can't be told apart."""

    code = "vault-unreadable"


class VaultWeakened(Error):
    """The vault's key derivation is out of bounds: cheap to guess, or dear enough to hang."""

    code = "vault-weakened"


class IssuerNotTrusted(Error):
    """The registry knows no agency that may issue this type at this address."""

    code = "issuer-not-trusted"


class NotAsOffered(Error):
    """What was issued is not what was offered, or is not bound to the key that was made for it."""

    code = "not-as-offered"


class VerifierNotTrusted(Error):
    """Whoever asks is not registered, or did not sign the request with its registered key."""

    code = "verifier-not-trusted"


class NothingToShow(Error):
    """No credential in the wallet has what is asked."""

    code = "nothing-to-show"


class ConsentRefused(Error):
    """The holder decided not to send."""

    code = "consent-refused"


class CounterpartRefused(Error):
    """The issuer or verifier at the other end answered with an error.

    reason: the code of ours that says why, if the other side named one that we know.
    """

    code = "counterpart-refused"

    def __init__(self, detail: str, *, reason: str | None = None) -> None:
        super().__init__(detail)
        self.reason = reason


class RelayRefused(Error):
    """The relay passes nothing on to an address that the registry does not know."""

    code = "relay-refused"


class NoIssuanceProof(Error):
    """Nothing shows since when a credential stands in the log, or nothing does yet."""

    code = "no-issuance-proof"


class UnknownCredential(Error):
    """The wallet holds no credential with this number."""

    code = "unknown-credential"
