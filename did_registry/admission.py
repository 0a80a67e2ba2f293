"""Whom the root admits from elsewhere: a DID, or an X.509 trust anchor; and the end of that.

An admission gives the rights of an accreditation or a registration, for a time:

    {"did", "issuer": {"types"}, "kind": "admission", "nameEn", "nameKo", "until",
     "verifier": {"attributes", "legalBasis", "purpose", "purposeEn", "retentionDays"}}

Of `issuer` and `verifier` one may be missing. An anchor stands there instead of `did` as
`"anchor": {"certificate": "<DER, base64>", "sha256": "<hex>"}`; whoever has a certificate below it
may issue, and nobody may ask. It is named `x509-sha256:<hex>` wherever a DID would stand. What its
certificate says is for those who rely on it to check, `credentials/certificates.py`: here it is
bytes with a fingerprint, so that everybody who reads the log can decide alike.

    {"kind": "end-of-admission", "since", "subject"}

ends all rights of one of them that hold at that time or later; another admission may follow.
"""

import hashlib
import re
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from credentials.claims import Claims
from credentials.data_integrity import format_timestamp, parse_timestamp
from credentials.did_key import parse_self_describing
from credentials.errors import Malformed, TooLarge
from credentials.json_object import JsonObject
from credentials.keys import PublicKey
from credentials.validity import Validity
from did_registry.accreditation import (
    MAX_ATTRIBUTES,
    MAX_TYPES,
    Accreditation,
    VerifierRegistration,
)
from did_registry.tlog.base64_standard import decode_base64, encode_base64
from did_registry.webvh.did import parse_did

MAX_DID_CHARS: Final = 256  # it is the subject of its leaf
MAX_CERTIFICATE_BYTES: Final = 4096  # with a name and a signature twice as long as they ever are
MAX_CERTIFICATE_CHARS: Final = 4 * (MAX_CERTIFICATE_BYTES // 3 + 1)

_DID: Final = re.compile(r"did:[a-z0-9]+:[A-Za-z0-9._:%-]+")
_SELF_DESCRIBING: Final = ("did:key:", "did:jwk:")
_ANCHOR: Final = "x509-sha256:"


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
    """Somebody from elsewhere who counts here.

    did: of another registry or method, or the name of an anchor; anchor: its certificate, DER, or
    None for a DID. types: what it may issue, () for nothing; asking: None for one that may not ask.
    """

    did: str
    name_ko: str
    name_en: str
    until: datetime
    types: tuple[str, ...]
    asking: Asking | None
    anchor: bytes | None = None

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


@dataclass(frozen=True, slots=True, kw_only=True)
class EndOfAdmission:
    """Somebody who was admitted counts no more. did: or the name of an anchor; since: when its
    rights end, which may lie before the notice or after it."""

    did: str
    since: datetime


def anchor_name(certificate: bytes) -> str:
    """How an anchor is named where a DID would stand: by its SHA-256."""
    return _ANCHOR + hashlib.sha256(certificate).hexdigest()


def is_anchor(name: str) -> bool:
    """Whether this names an anchor and no DID."""
    return name.startswith(_ANCHOR)


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


def encode_admission(admission: Admission) -> Claims:
    """The members of the statement, but for its kind and who gives it."""
    body: Claims = {
        "nameKo": admission.name_ko,
        "nameEn": admission.name_en,
        "until": format_timestamp(admission.until),
    }
    if admission.anchor is None:
        body["did"] = admission.did
    else:
        body["anchor"] = {
            "certificate": encode_base64(admission.anchor),
            "sha256": hashlib.sha256(admission.anchor).hexdigest(),
        }
    if admission.types:
        body["issuer"] = {"types": list(admission.types)}
    if admission.asking is not None:
        body["verifier"] = {
            "attributes": list(admission.asking.attributes),
            "purpose": admission.asking.purpose_ko,
            "purposeEn": admission.asking.purpose_en,
            "legalBasis": admission.asking.legal_basis,
            "retentionDays": admission.asking.retention_days,
        }
    return body


def encode_end(end: EndOfAdmission) -> Claims:
    """The members of the statement, but for its kind and who gives it."""
    return {"subject": end.did, "since": format_timestamp(end.since)}


def read_admission(signed: JsonObject, logged_at: datetime) -> Admission:
    """The admission in a statement that was logged at this time. Raises Malformed, TooLarge or
    Unsupported."""
    names = ("kind", "root", "nameKo", "nameEn", "until", "issuer")
    anchor = signed.object_or_none("anchor")
    if anchor is None:
        signed.only(*names, "did", "verifier")
    else:
        signed.only(*names, "anchor")
    certificate = None if anchor is None else _certificate(anchor)
    found = Admission(
        did=signed.text("did") if certificate is None else anchor_name(certificate),
        name_ko=_filled(signed, "nameKo"),
        name_en=_filled(signed, "nameEn"),
        until=read_time(signed, "until"),
        types=_types(signed.object_or_none("issuer")),
        asking=_asking(signed.object_or_none("verifier")),
        anchor=certificate,
    )
    if certificate is None:
        check_foreign_did(found.did)
    if not found.types and found.asking is None:
        raise Malformed("an admission lets somebody issue or ask")
    if found.until <= logged_at:
        raise Malformed("an admission has not ended when it is logged")
    return found


def read_end(signed: JsonObject) -> EndOfAdmission:
    """The end of an admission in a statement. Raises Malformed."""
    signed.only("kind", "root", "subject", "since")
    return EndOfAdmission(did=signed.text("subject"), since=read_time(signed, "since"))


def read_time(members: JsonObject, name: str) -> datetime:
    """A time in a notice, in its one spelling. Raises Malformed."""
    text = members.text(name)
    moment = parse_timestamp(text)
    if format_timestamp(moment) != text:
        raise Malformed("a time in a notice is written as 2026-03-13T03:04:05Z")
    return moment


def _certificate(anchor: JsonObject) -> bytes:
    anchor.only("certificate", "sha256")
    data = decode_base64(anchor.text("certificate", max_chars=MAX_CERTIFICATE_CHARS))
    if len(data) > MAX_CERTIFICATE_BYTES:
        raise TooLarge(f"the certificate of an anchor has at most {MAX_CERTIFICATE_BYTES} bytes")
    if not data or hashlib.sha256(data).hexdigest() != anchor.text("sha256"):
        raise Malformed("the anchor's fingerprint is not the one of its certificate")
    return data


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
