"""What the root makes known in `notice` leaves: that a key is no longer its owner's alone, that
somebody from elsewhere counts here, and that he does so no more.

A statement is a JSON object that the root signs with eddsa-jcs-2022, as DID entries are signed:

    {"did", "key", "kind": "compromise", "proof", "root", "since"}

and with `proof` and `root` likewise the two of `admission.py`. There are no other kinds.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import TypeAlias

from credentials.claims import Claims
from credentials.data_integrity import (
    format_timestamp,
    parse_proof,
    sign_document,
    verify_document,
)
from credentials.errors import KeyMismatch, Malformed, Unsupported
from credentials.json_object import JsonObject
from credentials.keys import PublicKey, Signer
from credentials.strict_json import JsonValue
from did_registry.admission import (
    Admission,
    EndOfAdmission,
    encode_admission,
    encode_end,
    read_admission,
    read_end,
    read_time,
)
from did_registry.document import Purpose
from did_registry.webvh.history import History


class NoticeKind(StrEnum):
    """What a notice says. Closed: whoever reads the log stops at another."""

    COMPROMISE = "compromise"
    ADMISSION = "admission"
    END_OF_ADMISSION = "end-of-admission"


@dataclass(frozen=True, slots=True, kw_only=True)
class Compromise:
    """A key that somebody else may hold: what it signs at or after `since` does not count.

    did: in the log, or admitted; key: the DID URL of the verification method.
    """

    did: str
    key: str
    since: datetime


Notice: TypeAlias = Compromise | Admission | EndOfAdmission


def sign_notice(notice: Notice, *, root: str, key_id: str, signer: Signer, now: datetime) -> Claims:
    """The statement, signed by the registry's root. Raises KeyMismatch unless with Ed25519."""
    options: Claims = {
        "verificationMethod": key_id,
        "created": format_timestamp(now),
        "proofPurpose": Purpose.ASSERTION.value,
    }
    return sign_document({**_encode(notice), "root": root}, options, signer)


def signing_key_of(statement: JsonValue, root: History, *, logged_at: datetime) -> PublicKey:
    """The key that a statement says it is signed with, if the root had it when this was logged.

    Raises UnknownKey, KeyMismatch, Malformed or Unsupported.
    """
    whole = JsonObject(statement, "the leaf's statement")
    if whole.text("root") != str(root.did):
        raise KeyMismatch("only the registry's root gives notice")
    proof = parse_proof(whole.object("proof"))
    if proof.purpose != Purpose.ASSERTION or proof.created is None or proof.expires is not None:
        raise Malformed("the proof of a notice is dated, for assertionMethod, and does not expire")
    # The log vouches for the time here, so a key that was retired later needs no other evidence.
    return root.key_at(proof.verification_method, Purpose.ASSERTION, logged_at).key


def read_notice(statement: JsonValue, key: PublicKey, *, logged_at: datetime) -> Notice:
    """The notice that a statement is, proven to be signed with this key.

    Raises SignatureInvalid, KeyMismatch, Malformed or Unsupported.
    """
    whole = JsonObject(statement, "the leaf's statement")
    proof = parse_proof(whole.object("proof"))
    unsigned = {name: value for name, value in whole.members.items() if name != "proof"}
    signed = JsonObject(verify_document(unsigned, proof, key), "the leaf's statement")
    match _kind(signed.text("kind")):
        case NoticeKind.COMPROMISE:
            return _compromise(signed, logged_at)
        case NoticeKind.ADMISSION:
            return read_admission(signed, logged_at)
        case NoticeKind.END_OF_ADMISSION:
            return read_end(signed)


def peek_kind(statement: JsonValue) -> NoticeKind:
    """What a statement says it is; nothing is verified. Raises Malformed or Unsupported."""
    return _kind(JsonObject(statement, "the leaf's statement").text("kind"))


def _encode(notice: Notice) -> Claims:
    match notice:
        case Compromise(did=did, key=key, since=since):
            members: Claims = {"did": did, "key": key, "since": format_timestamp(since)}
            return {"kind": NoticeKind.COMPROMISE.value, **members}
        case Admission():
            return {"kind": NoticeKind.ADMISSION.value, **encode_admission(notice)}
        case EndOfAdmission():
            return {"kind": NoticeKind.END_OF_ADMISSION.value, **encode_end(notice)}


def _compromise(signed: JsonObject, logged_at: datetime) -> Compromise:
    signed.only("kind", "root", "did", "key", "since")
    did, key, since = signed.text("did"), signed.text("key"), read_time(signed, "since")
    found = Compromise(did=did, key=key, since=since)
    if not found.key.startswith(f"{found.did}#"):
        raise Malformed("a compromised key is named by an absolute DID URL of its DID")
    if found.since > logged_at:
        raise Malformed("a key can't be compromised from a time to come")
    return found


def _kind(text: str) -> NoticeKind:
    try:
        return NoticeKind(text)
    except ValueError as error:
        raise Unsupported("a notice of an unknown kind") from error
