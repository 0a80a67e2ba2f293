"""A small certification authority of another place, right or wrong in one thing.

pki = Pki()                                            # a root, an intermediate
leaf = pki.leaf(uris=("https://issuer.busan.example",))
x5c([leaf.certificate, pki.intermediate.certificate])  # as a header has it
leaf.signer                                            # signs with the leaf's key

Everything is valid from 2026-01-01 on, for ten years; `changes` are arguments of `certify`.
"""

from base64 import b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

from credentials.keys import P256Signer

BEGIN: Final = datetime(2026, 1, 1, tzinfo=UTC)
END: Final = datetime(2036, 1, 1, tzinfo=UTC)
ISSUER_URI: Final = "https://issuer.busan.example"

PrivateKey = ec.EllipticCurvePrivateKey | ed25519.Ed25519PrivateKey


@dataclass(frozen=True)
class Certified:
    """A certificate, DER, and the secret behind its key. number: of the key."""

    name: str
    certificate: bytes
    key: PrivateKey
    number: int

    @property
    def signer(self) -> P256Signer:
        return P256Signer(bytes([self.number]) * 32)

    @property
    def pem(self) -> bytes:
        found = x509.load_der_x509_certificate(self.certificate)
        return found.public_bytes(Encoding.PEM)


def private_key(number: int) -> ec.EllipticCurvePrivateKey:
    """One of 255 keys that stay the same."""
    return ec.derive_private_key(int.from_bytes(bytes([number]) * 32), ec.SECP256R1())


def certify(
    name: str,
    number: int,
    by: Certified | None,
    *,
    authority: bool = False,
    uris: Sequence[str] = (),
    dns_names: Sequence[str] = (),
    begin: datetime = BEGIN,
    end: datetime = END,
    signs: bool | None = None,
    certifies: bool | None = None,
    key_usage: bool = True,
    path_length: int | None = None,
    key: PrivateKey | None = None,
    extra: x509.ExtensionType | None = None,
) -> Certified:
    """A certificate for one of our keys, signed by another's key, or by its own if `by` is None."""
    own = key or private_key(number)
    issuer_name, issuer_key = (name, own) if by is None else (by.name, by.key)
    builder = (
        x509.CertificateBuilder()
        .subject_name(_name(name))
        .issuer_name(_name(issuer_name))
        .public_key(own.public_key())
        .serial_number(number)
        .not_valid_before(begin)
        .not_valid_after(end)
        .add_extension(x509.BasicConstraints(ca=authority, path_length=path_length), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(own.public_key()), critical=False)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer_key.public_key()),
            critical=False,
        )
    )
    if key_usage:
        usage = _usage(
            signs=not authority if signs is None else signs,
            certifies=authority if certifies is None else certifies,
        )
        builder = builder.add_extension(usage, critical=True)
    names = [*map(x509.UniformResourceIdentifier, uris), *map(x509.DNSName, dns_names)]
    if names:
        builder = builder.add_extension(x509.SubjectAlternativeName(names), critical=False)
    if extra is not None:
        builder = builder.add_extension(extra, critical=True)
    algorithm = None if isinstance(issuer_key, ed25519.Ed25519PrivateKey) else SHA256()
    certificate = builder.sign(issuer_key, algorithm).public_bytes(Encoding.DER)
    return Certified(name=name, certificate=certificate, key=own, number=number)


class Pki:
    """A root and one authority below it. number: another one gives another PKI."""

    def __init__(self, number: int = 0x60, **changes: Any) -> None:
        self.number = number
        self.root = certify(f"Root {number}", number, None, authority=True, **changes)
        self.intermediate = certify(
            f"Authority {number}", number + 1, self.root, authority=True, path_length=0
        )

    def leaf(self, *, by: Certified | None = None, **changes: Any) -> Certified:
        """A certificate for an issuer of credentials; by the intermediate unless said otherwise."""
        number = changes.pop("number", self.number + 2)
        names = changes.pop("uris", (ISSUER_URI,))
        return certify("Issuer", number, by or self.intermediate, uris=names, **changes)

    def chain(self, leaf: Certified) -> list[bytes]:
        """What a header brings along."""
        return [leaf.certificate, self.intermediate.certificate]


def x5c(chain: Sequence[bytes]) -> list[str]:
    """Certificates as a JWS header has them."""
    return [b64encode(certificate).decode() for certificate in chain]


def _name(text: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])


def _usage(*, signs: bool, certifies: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=signs,
        content_commitment=False,
        key_encipherment=not (signs or certifies),
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=certifies,
        crl_sign=certifies,
        encipher_only=False,
        decipher_only=False,
    )
