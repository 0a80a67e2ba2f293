"""What the root makes known in `notice` leaves: that a key is no longer its owner's alone, and that
somebody whose DID stands elsewhere counts here.

A statement is a JSON object that the root signs with eddsa-jcs-2022, as DID entries are signed:

    {"did", "key", "kind": "compromise", "proof", "root", "since"}
    {"did", "issuer": {"types"}, "kind": "admission", "nameEn", "nameKo", "proof", "root", "until",
     "verifier": {"attributes", "legalBasis", "purpose", "purposeEn", "retentionDays"}}

Of `issuer` and `verifier` one may be missing. There are no other members and no other kinds.
"""

import re
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final, TypeAlias

from credentials.claims import Claims
from credentials.data_integrity import (
    format_timestamp,
    parse_proof,
    parse_timestamp,
    sign_document,
    verify_document,
)
from credentials.did_key import parse_self_describing
from credentials.errors import KeyMismatch, Malformed, Unsupported
from credentials.json_object import JsonObject
from credentials.keys import PublicKey, Signer
from credentials.strict_json import JsonValue
from credentials.validity import Validity
from did_registry.accreditation import (
    MAX_ATTRIBUTES,
    MAX_TYPES,
    Accreditation,
    VerifierRegistration,
)
from did_registry.document import Purpose
from did_registry.webvh.did import parse_did
from did_registry.webvh.history import History

MAX_DID_CHARS: Final = 256  # it is the subject of its leaf

_DID: Final = re.compile(r"did:[a-z0-9]+:[A-Za-z0-9._:%-]+")
_SELF_DESCRIBING: Final = ("did:key:", "did:jwk:")


class NoticeKind(StrEnum):
    """What a notice says. Closed: whoever reads the log stops at another."""

    COMPROMISE = "compromise"
    ADMISSION = "admission"


@dataclass(frozen=True, slots=True, kw_only=True)
class Compromise:
    """A key that somebody else may hold: what it signs at or after `since` does not count.

    did: in the log, or admitted; key: the DID URL of the verification method.
    """

    did: str
    key: str
    since: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Asking:
    """What an admitted verifier may ask for; as in a registration of our own."""

    attributes: tuple[str, ...]
    purpose_ko: str
    purpose_en: str
    legal_basis: str
    retention_days: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Admission:
    """A DID of another registry or method that counts here. types: what it may issue, () for
    nothing; asking: None for one that may not ask."""

    did: str
    name_ko: str
    name_en: str
    until: datetime
    types: tuple[str, ...]
    asking: Asking | None

    def accreditation(self, logged_at: datetime) -> Accreditation | None:
        """The right to issue that follows from it, from when everybody could see it."""
        if not self.types:
            return None
        return Accreditation(
            did=self.did,
            types=frozenset(self.types),
            name_ko=self.name_ko,
            name_en=self.name_en,
            validity=Validity(logged_at, self.until),
        )

    def registration(self, logged_at: datetime) -> VerifierRegistration | None:
        """The right to ask that follows from it."""
        if self.asking is None:
            return None
        return VerifierRegistration(
            did=self.did,
            attributes=frozenset(self.asking.attributes),
            purpose_ko=self.asking.purpose_ko,
            purpose_en=self.asking.purpose_en,
            legal_basis=self.asking.legal_basis,
            retention_days=self.asking.retention_days,
            name_ko=self.name_ko,
            name_en=self.name_en,
            validity=Validity(logged_at, self.until),
        )


Notice: TypeAlias = Compromise | Admission


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
            return _admission(signed, logged_at)


def is_self_describing(did: str) -> bool:
    """Whether a DID is the key itself, so that nothing has to be fetched to know it."""
    return did.startswith(_SELF_DESCRIBING)


def own_key(did: str, key_id: str) -> PublicKey | None:
    """The key of a DID that is the key itself; None for one whose keys stand elsewhere.

    Raises Malformed or Unsupported for another key than the one it has.
    """
    if not is_self_describing(did):
        return None
    if not key_id.startswith(f"{did}#"):
        raise Malformed("the key is not named by an absolute DID URL of its DID")
    return parse_self_describing(key_id)


def check_foreign_did(did: str) -> None:
    """Refuse what can't be the name of an admitted party. Raises Malformed or Unsupported."""
    if len(did) > MAX_DID_CHARS or not _DID.fullmatch(did):
        raise Malformed(f"a DID of at most {MAX_DID_CHARS} characters is needed")
    if is_self_describing(did):
        parse_self_describing(did)
    elif did.startswith("did:webvh:"):
        parse_did(did)


def _encode(notice: Notice) -> Claims:
    if isinstance(notice, Compromise):
        return {
            "kind": NoticeKind.COMPROMISE.value,
            "did": notice.did,
            "key": notice.key,
            "since": format_timestamp(notice.since),
        }
    body: Claims = {
        "kind": NoticeKind.ADMISSION.value,
        "did": notice.did,
        "nameKo": notice.name_ko,
        "nameEn": notice.name_en,
        "until": format_timestamp(notice.until),
    }
    if notice.types:
        body["issuer"] = {"types": list(notice.types)}
    if notice.asking is not None:
        body["verifier"] = {
            "attributes": list(notice.asking.attributes),
            "purpose": notice.asking.purpose_ko,
            "purposeEn": notice.asking.purpose_en,
            "legalBasis": notice.asking.legal_basis,
            "retentionDays": notice.asking.retention_days,
        }
    return body


def _compromise(signed: JsonObject, logged_at: datetime) -> Compromise:
    signed.only("kind", "root", "did", "key", "since")
    found = Compromise(did=signed.text("did"), key=signed.text("key"), since=_time(signed, "since"))
    if not found.key.startswith(f"{found.did}#"):
        raise Malformed("a compromised key is named by an absolute DID URL of its DID")
    if found.since > logged_at:
        raise Malformed("a key can't be compromised from a time to come")
    return found


def _admission(signed: JsonObject, logged_at: datetime) -> Admission:
    signed.only("kind", "root", "did", "nameKo", "nameEn", "until", "issuer", "verifier")
    found = Admission(
        did=signed.text("did"),
        name_ko=_filled(signed, "nameKo"),
        name_en=_filled(signed, "nameEn"),
        until=_time(signed, "until"),
        types=_types(signed.object_or_none("issuer")),
        asking=_asking(signed.object_or_none("verifier")),
    )
    check_foreign_did(found.did)
    if not found.types and found.asking is None:
        raise Malformed("an admission lets somebody issue or ask")
    if found.until <= logged_at:
        raise Malformed("an admission has not ended when it is logged")
    return found


def _types(issuer: JsonObject | None) -> tuple[str, ...]:
    if issuer is None:
        return ()
    issuer.only("types")
    return _texts(issuer, "types", MAX_TYPES)


def _asking(verifier: JsonObject | None) -> Asking | None:
    if verifier is None:
        return None
    verifier.only("attributes", "purpose", "purposeEn", "legalBasis", "retentionDays")
    days = verifier.integer("retentionDays")
    if days < 0:
        raise Malformed("retentionDays is not a count")
    return Asking(
        attributes=_texts(verifier, "attributes", MAX_ATTRIBUTES),
        purpose_ko=_filled(verifier, "purpose"),
        purpose_en=_filled(verifier, "purposeEn"),
        legal_basis=_filled(verifier, "legalBasis"),
        retention_days=days,
    )


def _texts(members: JsonObject, name: str, max_items: int) -> tuple[str, ...]:
    found = members.texts(name, max_items=max_items)
    if not found or len(set(found)) != len(found) or "" in found:
        raise Malformed(f"{name} is empty, or holds a value twice")
    return tuple(found)


def _filled(members: JsonObject, name: str) -> str:
    text = members.text(name)
    if not text:
        raise Malformed(f"{name} is empty")
    return text


def _time(members: JsonObject, name: str) -> datetime:
    text = members.text(name)
    moment = parse_timestamp(text)
    if format_timestamp(moment) != text:
        raise Malformed("a time in a notice is written as 2026-03-13T03:04:05Z")
    return moment


def _kind(text: str) -> NoticeKind:
    try:
        return NoticeKind(text)
    except ValueError as error:
        raise Unsupported("a notice of an unknown kind") from error
