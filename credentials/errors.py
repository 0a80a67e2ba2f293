"""The root of the project's one error tree, and the failures of the pure core.

Every leaf has a permanent kebab-case `code`; `docs/problems.md` lists them all. `detail` is for
the person who has to mend the input: it never repeats a value that could be personal data.
"""

from collections.abc import Mapping
from typing import ClassVar


class Error(Exception):
    """A refusal: what failed (`code`, by type) and what to do about it (`detail`, in English)."""

    code: ClassVar[str] = "error"

    def __init__(self, detail: str) -> None:
        super().__init__(detail)
        self.detail = detail

    @property
    def members(self) -> Mapping[str, str]:
        """What a program needs in order to go on, as more members of the problem document."""
        return {}

    def __str__(self) -> str:
        return f"{self.code}: {self.detail}"


class Malformed(Error):
    """The input is not what its specification says it must be."""

    code = "malformed"


class TooLarge(Malformed):
    """The input is beyond a bound that is checked before any work is done on it."""

    code = "too-large"


class Unsupported(Error):
    """Well-formed, but uses a version, algorithm or feature that is not accepted here."""

    code = "unsupported"


class SignatureInvalid(Error):
    """The signature does not belong to this content and this key."""

    code = "signature-invalid"


class KeyMismatch(Error):
    """A key of another kind or owner than the one that is required here."""

    code = "key-mismatch"


class CertificateInvalid(Error):
    """A certificate is none, or says less than it must; the leaves say what is wrong with it."""

    code = "certificate-invalid"


class CertificateSelfSigned(CertificateInvalid):
    """A leaf certificate that nobody has signed but its own key."""

    code = "certificate-self-signed"


class CertificateNotForSigning(CertificateInvalid):
    """A leaf certificate whose key is not for signatures, or may certify others."""

    code = "certificate-not-for-signing"


class CertificateNotValidThen(CertificateInvalid):
    """A certificate that was not valid yet, or no more, at the time that counts."""

    code = "certificate-not-valid-then"


class CertificateOfAnother(CertificateInvalid):
    """A certificate that does not name who is said to have signed."""

    code = "certificate-of-another"


class CertificateUntrusted(CertificateInvalid):
    """No valid path leads from a certificate to an authority that is trusted."""

    code = "certificate-untrusted"


class AnchorInChain(CertificateInvalid):
    """A chain of certificates that brings the authority which it should lead to."""

    code = "anchor-in-chain"


class Expired(Error):
    """The time until which this was valid has passed."""

    code = "expired"


class NotYetValid(Error):
    """The time from which this is valid has not come."""

    code = "not-yet-valid"


class BindingInvalid(Error):
    """The presentation was made for another audience, nonce, credential or moment."""

    code = "binding-invalid"
