"""Certificates in a header: read strictly, and a path that ends at an anchor or nowhere."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from hypothesis import given
from hypothesis import strategies as st

from credentials.certificates import (
    MAX_CERTIFICATE_BYTES,
    MAX_CHAIN,
    MAX_NAMES,
    check_anchor,
    encode_pem,
    read_leaf,
    read_pem,
    read_x5c,
    verify_path,
)
from credentials.errors import (
    AnchorInChain,
    CertificateInvalid,
    CertificateNotForSigning,
    CertificateNotValidThen,
    CertificateSelfSigned,
    CertificateUntrusted,
    Error,
    Malformed,
    TooLarge,
    Unsupported,
)
from credentials.json_object import JsonObject
from tests.simulators.pki import BEGIN, END, ISSUER_URI, Certified, Pki, certify, x5c

NOW = datetime(2026, 3, 13, 3, tzinfo=UTC)
SECOND = timedelta(seconds=1)
PKI, OTHER = Pki(), Pki(0x70)
LEAF = PKI.leaf()
ANCHORS = [PKI.root.certificate, OTHER.root.certificate]


# ---- The header ----


def test_reads_the_chain_of_a_header() -> None:
    chain = PKI.chain(LEAF)
    assert read_x5c(JsonObject({"x5c": [*x5c(chain)]})) == tuple(chain)
    assert read_x5c(JsonObject({"alg": "ES256"})) == ()


TEXT = x5c([LEAF.certificate])[0]
SPELLINGS: dict[str, Any] = {
    "no list": TEXT,
    "empty": [],
    "no text": [1],
    "null": None,
    "empty text": [""],
    "white space": [TEXT[:10] + "\n" + TEXT[10:]],
    "base64url": [TEXT.replace("+", "-").replace("/", "_") + "-_"],
    "pem": ["-----BEGIN CERTIFICATE-----"],
    "no padding": ["AAA"],
    "loose bits": ["AAB="],
    "too many": [TEXT] * (MAX_CHAIN + 1),
    "too long": ["A" * (2 * MAX_CERTIFICATE_BYTES)],
}


@pytest.mark.parametrize("value", SPELLINGS.values(), ids=SPELLINGS)
def test_refuses_another_spelling_of_x5c(value: Any) -> None:
    with pytest.raises(Malformed):
        read_x5c(JsonObject({"x5c": value}))


# ---- The leaf ----


def test_says_what_a_leaf_names() -> None:
    leaf = read_leaf(
        PKI.leaf(uris=(ISSUER_URI, "did:web:a.example"), dns_names=("a.example",)).certificate
    )
    assert leaf.uris == (ISSUER_URI, "did:web:a.example")
    assert leaf.dids == ("did:web:a.example",)
    assert leaf.dns_names == ("a.example",)
    assert leaf.key == LEAF.signer.public_key
    assert (leaf.not_before, leaf.not_after) == (BEGIN, END)
    for time in (BEGIN, NOW, END):
        leaf.check_time(time)
    for time in (BEGIN - SECOND, END + SECOND):
        with pytest.raises(CertificateNotValidThen):
            leaf.check_time(time)


LEAVES: dict[str, tuple[Callable[[], bytes], type[Error]]] = {
    "no certificate": (lambda: b"\x30\x03\x02\x01\x01", CertificateInvalid),
    "cut off": (lambda: LEAF.certificate[:-1], CertificateInvalid),
    "something behind it": (lambda: LEAF.certificate + b"\0", CertificateInvalid),
    "signed by itself": (
        lambda: certify("Me", 9, None, uris=[ISSUER_URI]).certificate,
        CertificateSelfSigned,
    ),
    "an authority": (
        lambda: PKI.leaf(authority=True, signs=True).certificate,
        CertificateNotForSigning,
    ),
    "may certify": (lambda: PKI.leaf(certifies=True).certificate, CertificateNotForSigning),
    "encrypts": (lambda: PKI.leaf(signs=False).certificate, CertificateNotForSigning),
    "no usage": (lambda: PKI.leaf(key_usage=False).certificate, CertificateNotForSigning),
    "no name": (lambda: PKI.leaf(uris=()).certificate, CertificateInvalid),
    "too many names": (
        lambda: PKI.leaf(
            uris=[f"https://{n}.example" for n in range(MAX_NAMES + 1)]
        ).certificate,
        CertificateInvalid,
    ),
    "ed25519": (
        lambda: PKI.leaf(key=ed25519.Ed25519PrivateKey.from_private_bytes(b"\1" * 32)).certificate,
        Unsupported,
    ),
    "p-384": (
        lambda: PKI.leaf(key=ec.derive_private_key(7, ec.SECP384R1())).certificate,
        Unsupported,
    ),
}  # fmt: skip


@pytest.mark.parametrize(("make", "refusal"), LEAVES.values(), ids=LEAVES)
def test_refuses_a_leaf_that_is_none(make: Callable[[], bytes], refusal: type[Error]) -> None:
    with pytest.raises(refusal):
        read_leaf(make())


@given(st.binary(max_size=200))
def test_whatever_the_bytes_are_the_refusal_is_ours(data: bytes) -> None:
    with pytest.raises(Error):
        read_leaf(data)
    with pytest.raises(Error):
        verify_path([data], ANCHORS, NOW)
    with pytest.raises(Error):
        check_anchor(data, NOW)
    with pytest.raises(Error):
        read_pem(data)


@given(st.integers(0, len(LEAF.certificate) - 1), st.integers(1, 255))
def test_a_leaf_with_one_byte_changed_leads_nowhere(place: int, difference: int) -> None:
    changed = bytearray(LEAF.certificate)
    changed[place] ^= difference
    with pytest.raises(Error):
        verify_path([bytes(changed), PKI.intermediate.certificate], ANCHORS, NOW)


# ---- The path ----


def test_a_path_leads_to_its_anchor() -> None:
    assert verify_path(PKI.chain(LEAF), ANCHORS, NOW) == PKI.root.certificate
    direct = PKI.leaf(by=PKI.root)
    assert verify_path([direct.certificate], ANCHORS, NOW) == PKI.root.certificate


def _long() -> list[bytes]:
    """A leaf below three authorities."""
    line: list[Certified] = [PKI.root]
    for number in range(3):
        line.append(certify(f"Line {number}", 0x20 + number, line[-1], authority=True))
    leaf = PKI.leaf(by=line[-1])
    return [leaf.certificate, *(one.certificate for one in reversed(line[1:]))]


SHORT_LIVED = certify("Short", 0x30, PKI.root, authority=True, end=datetime(2026, 2, 1, tzinfo=UTC))
UNLIMITED = certify("Unlimited", 0x31, PKI.intermediate, authority=True)
NO_AUTHORITY = PKI.leaf(number=0x32)
UNKNOWN = x509.UnrecognizedExtension(x509.ObjectIdentifier("1.2.3.4"), b"\x05\0")

PATHS: dict[str, tuple[Callable[[], list[bytes]], type[Error]]] = {
    "another root": (lambda: Pki(0x50).chain(Pki(0x50).leaf()), CertificateUntrusted),
    "another root of the same name": (
        lambda: [
            certify(
                "Issuer", 0x62,
                certify("Root 96", 0x33, None, authority=True), uris=[ISSUER_URI],
            ).certificate
        ],
        CertificateUntrusted,
    ),
    "a link is missing": (lambda: [LEAF.certificate], CertificateUntrusted),
    "the anchor": (
        lambda: [*PKI.chain(LEAF), PKI.root.certificate], AnchorInChain,
    ),
    "a root that nobody admitted": (
        lambda: [*PKI.chain(LEAF), Pki(0x50).root.certificate], AnchorInChain,
    ),
    "the anchor alone": (lambda: [PKI.root.certificate], AnchorInChain),
    "one too many": (
        lambda: [*PKI.chain(LEAF), OTHER.intermediate.certificate], CertificateUntrusted,
    ),
    "one twice": (
        lambda: [*PKI.chain(LEAF), PKI.intermediate.certificate], CertificateUntrusted,
    ),
    "an authority that has expired": (
        lambda: [PKI.leaf(by=SHORT_LIVED).certificate, SHORT_LIVED.certificate],
        CertificateUntrusted,
    ),
    "a leaf that has expired": (
        lambda: PKI.chain(PKI.leaf(end=NOW - SECOND)), CertificateUntrusted,
    ),
    "a leaf that is not valid yet": (
        lambda: PKI.chain(PKI.leaf(begin=NOW + SECOND)), CertificateUntrusted,
    ),
    "beyond the length that its authority allows": (
        lambda: [
            PKI.leaf(by=UNLIMITED).certificate, UNLIMITED.certificate,
            PKI.intermediate.certificate,
        ],
        CertificateUntrusted,
    ),
    "certified by no authority": (
        lambda: [
            PKI.leaf(by=NO_AUTHORITY, number=0x35).certificate, NO_AUTHORITY.certificate,
            PKI.intermediate.certificate,
        ],
        CertificateUntrusted,
    ),
    "too long": (_long, CertificateUntrusted),
    "critical and unknown": (
        lambda: PKI.chain(PKI.leaf(extra=UNKNOWN)), CertificateUntrusted,
    ),
}  # fmt: skip


@pytest.mark.parametrize(("make", "refusal"), PATHS.values(), ids=PATHS)
def test_refuses_a_path_that_leads_nowhere(
    make: Callable[[], list[bytes]], refusal: type[Error]
) -> None:
    with pytest.raises(refusal):
        verify_path(make(), ANCHORS, NOW)


def test_refuses_a_path_in_another_order() -> None:
    upper = certify("Upper", 0x36, PKI.root, authority=True)
    lower = certify("Lower", 0x37, upper, authority=True)
    leaf = PKI.leaf(by=lower)
    assert verify_path([one.certificate for one in (leaf, lower, upper)], ANCHORS, NOW)
    with pytest.raises(CertificateUntrusted):
        verify_path([one.certificate for one in (leaf, upper, lower)], ANCHORS, NOW)


# ---- The anchor ----


def test_an_anchor_is_an_authority_that_is_valid_now() -> None:
    check_anchor(PKI.root.certificate, NOW)
    check_anchor(PKI.intermediate.certificate, NOW)  # whoever trusts it need not trust its root
    for wrong in (LEAF.certificate, certify("A", 8, None, authority=True, key_usage=False)):
        with pytest.raises(CertificateInvalid):
            check_anchor(wrong if isinstance(wrong, bytes) else wrong.certificate, NOW)
    for time in (BEGIN - SECOND, END + SECOND):
        with pytest.raises(CertificateNotValidThen):
            check_anchor(PKI.root.certificate, time)


def test_reads_one_certificate_from_pem() -> None:
    assert read_pem(PKI.root.pem) == PKI.root.certificate
    for wrong in (b"", b"-----BEGIN CERTIFICATE-----\n", PKI.root.pem * 2, LEAF.certificate):
        with pytest.raises(CertificateInvalid):
            read_pem(wrong)
    assert encode_pem(PKI.root.certificate).encode() == PKI.root.pem
    names = [f"https://{n:0200}.example" for n in range(20)]
    with pytest.raises(TooLarge):
        read_pem(PKI.leaf(uris=names).pem)
