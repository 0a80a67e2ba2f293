"""X.509 certificates in a JWS header (`x5c`): what the leaf names, and the path to a trust anchor.

    read_x5c(header) ──> (leaf, intermediate, …) as DER ── read_leaf ──> Leaf   key, names, times
                                                        ── verify_path(anchors, time) ──> anchor

A chain is what a stranger sent: `verify_path` ends at an anchor that the caller trusts, or raises.
Paths are validated by `cryptography`, which follows RFC 5280 as browsers do; what it leaves to its
callers is checked here: that the leaf signs and certifies nobody, that the header holds exactly the
path, in its order and without its anchor. Revocation lists are not asked: whoever trusts an anchor
has to stop doing so.
"""

import binascii
from base64 import b64decode, b64encode
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Final

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, EllipticCurvePublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from cryptography.utils import CryptographyDeprecationWarning
from cryptography.x509.verification import (
    Criticality,
    ExtensionPolicy,
    PolicyBuilder,
    Store,
    VerificationError,
)

from credentials.errors import (
    AnchorInChain,
    CertificateInvalid,
    CertificateNotForSigning,
    CertificateNotValidThen,
    CertificateSelfSigned,
    CertificateUntrusted,
    Malformed,
    TooLarge,
    Unsupported,
)
from credentials.json_object import JsonObject
from credentials.keys import PublicKey, p256_key

MAX_CHAIN: Final = 3  # leaf and two intermediates; a header has 8 KiB
MAX_CERTIFICATE_BYTES: Final = 4096
MAX_NAMES: Final = 16  # alternative names of one leaf

_PEM_LINE: Final = 64
_MAX_TEXT: Final = 4 * (MAX_CERTIFICATE_BYTES // 3 + 1)
# What `cryptography` raises for bytes that are no certificate, at once or when a part is read.
_UNREADABLE: Final = (
    ValueError,
    TypeError,
    UnsupportedAlgorithm,
    x509.DuplicateExtension,
    x509.UnsupportedGeneralNameType,
    x509.InvalidVersion,
    CryptographyDeprecationWarning,  # what it will refuse one day, where warnings are errors
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Leaf:
    """What an end-entity certificate says. uris, dns_names: its alternative names, in their order;
    not_before, not_after: aware UTC."""

    key: PublicKey
    uris: tuple[str, ...]
    dns_names: tuple[str, ...]
    not_before: datetime
    not_after: datetime

    @property
    def dids(self) -> tuple[str, ...]:
        """The DIDs among its names."""
        return tuple(uri for uri in self.uris if uri.startswith("did:"))

    def check_time(self, time: datetime) -> None:
        """Raises CertificateNotValidThen outside of its period."""
        if not self.not_before <= time <= self.not_after:
            raise CertificateNotValidThen("the certificate was not valid at this time")


def read_x5c(header: JsonObject) -> tuple[bytes, ...]:
    """The certificates of a header, DER, the leaf first; () where it has none.

    Raises Malformed for another spelling than standard base64, TooLarge beyond three certificates
    of 4 KiB. Spec: RFC 7515 §4.1.6.
    """
    if "x5c" not in header:
        return ()
    texts = header.texts("x5c", max_items=MAX_CHAIN)
    if not texts:
        raise Malformed("x5c holds no certificate")
    return tuple(_der(text) for text in texts)


@lru_cache(maxsize=256)  # all credentials of an issuer bring the same leaf
def read_leaf(certificate: bytes) -> Leaf:
    """What an end-entity certificate for signatures says.

    Raises CertificateInvalid for what is none, CertificateSelfSigned, CertificateNotForSigning for
    one without the key usage digitalSignature or that may certify others, and Unsupported for a
    key that is not P-256. Spec: RFC 5280 §4.2.1.3, §4.2.1.6, §4.2.1.9; HAIP 1.0 §6.1.1.
    """
    try:
        parsed = _parse(certificate)
        if parsed.subject == parsed.issuer and _has_signed_itself(parsed):
            raise CertificateSelfSigned("the leaf certificate is signed with its own key")
        _check_usage(parsed)
        names = parsed.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
        uris = tuple(names.get_values_for_type(x509.UniformResourceIdentifier))
        dns_names = tuple(names.get_values_for_type(x509.DNSName))
        key = _key(parsed)
    except x509.ExtensionNotFound as error:
        raise CertificateInvalid("the leaf certificate has no alternative name") from error
    except _UNREADABLE as error:
        raise CertificateInvalid("the leaf certificate can't be read") from error
    if not 0 < len(uris) + len(dns_names) <= MAX_NAMES:
        raise CertificateInvalid("the leaf certificate names nobody, or too many")
    return Leaf(
        key=key,
        uris=uris,
        dns_names=dns_names,
        not_before=parsed.not_valid_before_utc,
        not_after=parsed.not_valid_after_utc,
    )


def verify_path(chain: Sequence[bytes], anchors: Collection[bytes], time: datetime) -> bytes:
    """Prove that a chain leads to one of these anchors, all of it valid at a time; returns which.

    chain: DER, the leaf first, each certified by the next, without the anchor. Raises
    CertificateUntrusted, AnchorInChain or CertificateInvalid. Spec: RFC 5280 §6.1.
    """
    if not set(chain).isdisjoint(anchors):
        raise AnchorInChain("the chain holds its trust anchor, which is known without it")
    try:
        leaf, *intermediates = [_parse(certificate) for certificate in chain]
        if any(one.subject == one.issuer for one in intermediates):
            raise AnchorInChain("the chain holds a certificate that nobody else has signed")
        store = Store([_parse(anchor) for anchor in anchors])
        verifier = (
            PolicyBuilder()
            .store(store)
            .time(time)
            .max_chain_depth(MAX_CHAIN - 1)
            .extension_policies(
                ca_policy=ExtensionPolicy.webpki_defaults_ca(), ee_policy=_leaf_policy()
            )
            .build_client_verifier()
        )
        found = [_der_of(one) for one in verifier.verify(leaf, intermediates).chain]
    except VerificationError as error:
        raise CertificateUntrusted("no valid path leads to an admitted trust anchor") from error
    except _UNREADABLE as error:
        raise CertificateInvalid("a certificate of the path can't be read") from error
    if found[:-1] != list(chain):
        raise CertificateUntrusted("the chain holds certificates that are not on its path")
    return found[-1]


def check_anchor(certificate: bytes, now: datetime) -> None:
    """Refuse to trust what can't be the end of a path today.

    Raises CertificateInvalid for what is no authority's certificate, CertificateNotValidThen.
    """
    try:
        parsed = _parse(certificate)
        constraints = parsed.extensions.get_extension_for_class(x509.BasicConstraints).value
        usage = parsed.extensions.get_extension_for_class(x509.KeyUsage).value
    except (x509.ExtensionNotFound, *_UNREADABLE) as error:
        raise CertificateInvalid("this is no certificate of an authority") from error
    if not constraints.ca or not usage.key_cert_sign:
        raise CertificateInvalid("this certificate may not certify others")
    if not parsed.not_valid_before_utc <= now <= parsed.not_valid_after_utc:
        raise CertificateNotValidThen("the certificate is not valid now")


def read_pem(data: bytes) -> bytes:
    """The one certificate in a PEM file, DER. Raises CertificateInvalid or TooLarge."""
    try:
        found = x509.load_pem_x509_certificates(data)
    except _UNREADABLE as error:
        raise CertificateInvalid("this is no PEM file with a certificate") from error
    if len(found) != 1:
        raise CertificateInvalid("a trust anchor is one certificate")
    certificate = _der_of(found[0])
    if len(certificate) > MAX_CERTIFICATE_BYTES:
        raise TooLarge(f"a certificate has at most {MAX_CERTIFICATE_BYTES} bytes here")
    return certificate


def encode_pem(certificate: bytes) -> str:
    """A certificate, DER, as PEM. RFC 7468 §5; nothing of it is looked at."""
    text = b64encode(certificate).decode("ascii")
    lines = [text[start : start + _PEM_LINE] for start in range(0, len(text), _PEM_LINE)]
    return "\n".join(("-----BEGIN CERTIFICATE-----", *lines, "-----END CERTIFICATE-----", ""))


def _der(text: str) -> bytes:
    if len(text) > _MAX_TEXT:
        raise TooLarge(f"a certificate has at most {MAX_CERTIFICATE_BYTES} bytes here")
    try:
        data = b64decode(text, validate=True)
    except (binascii.Error, ValueError) as error:
        raise Malformed("a certificate in x5c is not standard base64") from error
    if not data or b64encode(data).decode("ascii") != text:
        raise Malformed("a certificate in x5c is not in the canonical spelling of base64")
    return data


def _parse(certificate: bytes) -> x509.Certificate:
    parsed = x509.load_der_x509_certificate(certificate)
    if parsed.serial_number <= 0:  # RFC 5280 §4.1.2.2; `cryptography` warns and goes on
        raise ValueError("the serial number is not positive")
    return parsed


def _der_of(certificate: x509.Certificate) -> bytes:
    return certificate.public_bytes(Encoding.DER)


def _has_signed_itself(certificate: x509.Certificate) -> bool:
    try:
        certificate.verify_directly_issued_by(certificate)
    except InvalidSignature:
        return False
    return True


def _check_usage(certificate: x509.Certificate) -> None:
    extensions = certificate.extensions
    try:
        usage = extensions.get_extension_for_class(x509.KeyUsage).value
    except x509.ExtensionNotFound as error:
        raise CertificateNotForSigning("the leaf certificate has no key usage") from error
    try:
        is_authority = extensions.get_extension_for_class(x509.BasicConstraints).value.ca
    except x509.ExtensionNotFound:
        is_authority = False
    if is_authority or usage.key_cert_sign or not usage.digital_signature:
        raise CertificateNotForSigning("the leaf certificate is not one for signatures alone")


def _key(certificate: x509.Certificate) -> PublicKey:
    key = certificate.public_key()
    if not isinstance(key, EllipticCurvePublicKey) or not isinstance(key.curve, SECP256R1):
        raise Unsupported("the key of the leaf certificate is not a P-256 key")
    return p256_key(key.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint))


def _leaf_policy() -> ExtensionPolicy:
    # `read_leaf` has checked usage and constraints; what is critical and unknown is refused anyway.
    return ExtensionPolicy.permit_all().require_present(
        x509.SubjectAlternativeName, Criticality.AGNOSTIC, None
    )
