"""A W3C document and the one Data Integrity proof on it: who made it, for what purpose, when.

Used for credentials, presentations and status lists alike. VC Data Integrity 1.0 §2.1, §4.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from credentials.claims import Claims
from credentials.data_integrity import (
    Proof,
    format_timestamp,
    parse_proof,
    sign_document,
    verify_document,
)
from credentials.errors import KeyMismatch, Malformed, Unsupported
from credentials.json_object import JsonObject
from credentials.keys import PublicKey, Signer
from credentials.validity import Validity
from credentials.vcdm import contexts_of
from credentials.vcdm_values import one_or_more

ASSERTION: Final = "assertionMethod"
AUTHENTICATION: Final = "authentication"


@dataclass(frozen=True, slots=True, kw_only=True)
class Secured:
    """A document without its `proof` member, and the proof; unverified.

    controller: the DID whose key has to have made the proof; created: aware UTC.
    """

    document: Claims
    proof: Proof
    controller: str
    created: datetime


def parse_secured(document: JsonObject, *, controller: str, purpose: str) -> Secured:
    """Take a document and its proof apart; `created` is required, as it tells which key was valid.

    Raises Malformed, or Unsupported for several proofs or another suite.
    """
    proof = parse_proof(_only_proof(document))
    if proof.purpose != purpose:
        raise Malformed(f"the proof's purpose must be {purpose}")
    if proof.created is None:
        raise Malformed("the proof does not say when it was created")
    unsecured = dict(document.members)
    del unsecured["proof"]
    return Secured(
        document=unsecured,
        proof=proof,
        controller=controller,
        created=proof.created,
    )


def verify_secured(secured: Secured, key: PublicKey) -> JsonObject:
    """Prove that the controller signed the document; returns it as it was signed.

    key: the key that the controller's `proof.verification_method` has. Raises KeyMismatch,
    SignatureInvalid, or Malformed when the signed context is not one of VCDM 2.0.
    """
    if did_of(secured.proof.verification_method) != secured.controller:
        raise KeyMismatch("the proof was made with somebody else's key")
    signed = JsonObject(verify_document(secured.document, secured.proof, key))
    contexts_of(signed)  # It may be shorter than the one that was parsed, even empty.
    return signed


def proven_validity(stated: Validity, secured: Secured) -> Validity:
    """The span that a document states, cut short where its proof expires earlier."""
    ends = [end for end in (stated.not_after, secured.proof.expires) if end is not None]
    return Validity(stated.not_before, min(ends, default=None))


def sign_secured(
    document: Claims,
    *,
    signer: Signer,
    key_id: str,
    purpose: str,
    created: datetime,
    binding: Claims | None = None,
) -> Claims:
    """Add a proof; `key_id` is the verification method, a DID URL. Raises KeyMismatch, Malformed.

    binding: `domain` and `challenge` of a presentation; None for what is said to everybody.
    """
    options: Claims = {
        "created": format_timestamp(created),
        "verificationMethod": key_id,
        "proofPurpose": purpose,
        **(binding or {}),
    }
    return sign_document(document, options, signer)


def did_of(key_id: str) -> str:
    """The DID of a DID URL."""
    return key_id.partition("#")[0]


def _only_proof(document: JsonObject) -> JsonObject:
    proofs = one_or_more(document, "proof")
    if not proofs:
        raise Malformed("the document has no proof")
    if len(proofs) > 1:
        raise Unsupported("sets of proofs are not understood here")
    return proofs[0]
