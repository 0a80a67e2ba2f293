"""Data Integrity proofs with the cryptosuite eddsa-jcs-2022, on any JSON document.

Credentials, presentations and DID log entries are all secured this way; what the document means
and who may sign it is the caller's concern. VC Data Integrity 1.0, VC DI EdDSA Cryptosuites 1.0.
"""

import hashlib
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from credentials.claims import Claims
from credentials.encoding import decode_multibase, encode_multibase
from credentials.errors import KeyMismatch, Malformed, SignatureInvalid, Unsupported
from credentials.jcs import canonicalize
from credentials.json_object import JsonObject
from credentials.keys import KeyType, PublicKey, Signer
from credentials.strict_json import JsonValue

EDDSA_JCS_2022: Final = "eddsa-jcs-2022"
_TYPE: Final = "DataIntegrityProof"
MAX_DOMAINS: Final = 8

# What `datetime` can't hold (year 0000, more than four digits, 24:00:00) is refused with the rest.
_TIMESTAMP: Final = re.compile(
    r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?"
    r"(?:Z|[+-](?:(?:0\d|1[0-3]):[0-5]\d|14:00))",
    re.ASCII,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """One parsed, unverified proof: `options` is everything that is hashed, `value` the signature.

    created, expires: aware UTC; domain: empty when the proof names none.
    """

    verification_method: str
    purpose: str
    created: datetime | None
    expires: datetime | None
    domain: tuple[str, ...]
    challenge: str | None
    options: Claims
    value: bytes


def parse_proof(proof: JsonObject) -> Proof:
    """Read one proof object.

    Raises Malformed, or Unsupported for another type or suite, and for `previousProof`.
    Spec: VC Data Integrity 1.0 §2.1.
    """
    return _parse_proof(proof, decode_multibase(proof.text("proofValue")))


def sign_document(document: Claims, options: Claims, signer: Signer) -> Claims:
    """Return the document with one proof added; the document must not hold one yet.

    options: `verificationMethod` and `proofPurpose`, then `created`, `domain` and the like; type,
    suite and context are added. Raises KeyMismatch for a key that is not Ed25519, Malformed for
    options that nobody could verify. Spec: VC DI EdDSA §3.3.1, VC Data Integrity 1.0 §4.2.
    """
    if signer.public_key.type is not KeyType.ED25519:
        raise KeyMismatch("eddsa-jcs-2022 signs with Ed25519")
    if "proof" in document:
        raise Malformed("the document already holds a proof")
    proof: Claims = {**options, "type": _TYPE, "cryptosuite": EDDSA_JCS_2022}
    if "@context" in document:
        proof["@context"] = document["@context"]  # 2
    signed = _parse_proof(JsonObject(proof, "proof"), b"").options  # 3
    value = signer.sign(_hash_data(document, signed))  # 4-6
    return {**document, "proof": {**signed, "proofValue": encode_multibase(value)}}  # 7-8


def verify_document(document: Claims, proof: Proof, key: PublicKey) -> Claims:
    """Prove that the key's owner signed this document, given without its `proof` member.

    Returns the document as it was signed: a context that somebody appended later is taken off.
    Says nothing about purpose, times, domain or whose key it is: the caller reads those in `proof`.
    Raises KeyMismatch, Malformed or SignatureInvalid. Spec: VC DI EdDSA §3.3.2.
    """
    if key.type is not KeyType.ED25519:
        raise KeyMismatch("eddsa-jcs-2022 verifies with Ed25519")
    if "@context" in proof.options:
        document = _with_signed_context(document, proof.options["@context"])  # 4
    key.verify(proof.value, _hash_data(document, proof.options))  # 5-8
    return document


def verify_text(text: bytes, document: Claims, proof: Proof, key: PublicKey) -> None:
    """The same as `verify_document`, for whoever has the document's canonical text already.

    text: what `canonicalize` makes of the document.
    """
    if "@context" in proof.options:
        verify_document(document, proof, key)
        return
    if key.type is not KeyType.ED25519:
        raise KeyMismatch("eddsa-jcs-2022 verifies with Ed25519")
    key.verify(proof.value, _hash_text(text, proof.options))


def parse_timestamp(text: str) -> datetime:
    """Read an XML Schema dateTimeStamp: the zone is required. Raises Malformed.

    A time without a zone could be read as UTC (VCDM 2.0 §5.8), but is not a dateTimeStamp, and a
    document that has one is not conforming; it is refused rather than repaired.
    Spec: VC Data Model 2.0 §4.9, XSD 1.1 part 2 §3.4.28.
    """
    if not _TIMESTAMP.fullmatch(text):
        raise Malformed("not a date and time with its zone")
    try:
        return datetime.fromisoformat(text).astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise Malformed("not a date and time with its zone") from error


def format_timestamp(moment: datetime) -> str:
    """Write a moment as `2026-03-13T03:04:05Z`, in UTC and whole seconds."""
    return moment.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def _parse_proof(proof: JsonObject, value: bytes) -> Proof:
    if proof.text("type") != _TYPE or proof.text("cryptosuite") != EDDSA_JCS_2022:
        raise Unsupported("the proof is not a DataIntegrityProof with eddsa-jcs-2022")
    if "previousProof" in proof:
        raise Unsupported("proof chains are not understood here")
    proof.text_or_none("id")
    proof.text_or_none("nonce")
    return Proof(
        verification_method=proof.text("verificationMethod"),
        purpose=proof.text("proofPurpose"),
        created=_moment(proof, "created"),
        expires=_moment(proof, "expires"),
        domain=_domain(proof),
        challenge=proof.text_or_none("challenge"),
        options={name: proof.members[name] for name in proof if name != "proofValue"},
        value=value,
    )


def _moment(proof: JsonObject, name: str) -> datetime | None:
    text = proof.text_or_none(name, max_chars=40)
    return None if text is None else parse_timestamp(text)


def _domain(proof: JsonObject) -> tuple[str, ...]:
    if "domain" not in proof:
        return ()
    if isinstance(proof.members["domain"], list):
        return tuple(proof.texts("domain", max_items=MAX_DOMAINS))
    return (proof.text("domain"),)


def _hash_data(document: Claims, options: Claims) -> bytes:
    """SHA-256 of the proof options, then of the document: 64 bytes. Spec: VC DI EdDSA §3.3.4."""
    return _hash_text(canonicalize(document), options)


def _hash_text(text: bytes, options: Claims) -> bytes:
    return hashlib.sha256(canonicalize(options)).digest() + hashlib.sha256(text).digest()


def _with_signed_context(document: Claims, context: JsonValue) -> Claims:
    """What was signed when the context grew afterwards; it may only have grown at its end."""
    signed = _as_list(context)
    present = _as_list(document.get("@context", []))[: len(signed)]
    # Python holds 1 and true for equal, which is harmless: what is returned is what was signed.
    if present != signed:
        raise SignatureInvalid("the document's @context is not the one that was signed")
    return {**document, "@context": context}


def _as_list(context: JsonValue) -> list[JsonValue]:
    return context if isinstance(context, list) else [context]
