"""The Bitstring Status List: one credential for each purpose, one bit for each credential.

W3C Bitstring Status List 1.0, secured with eddsa-jcs-2022.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Final

from credentials.claims import Claims
from credentials.data_integrity import format_timestamp
from credentials.encoding import decode_base64url, encode_base64url
from credentials.errors import Malformed, Unsupported
from credentials.json_object import JsonObject
from credentials.keys import PublicKey, Signer
from credentials.model import StatusPurpose
from credentials.status.bits import (
    GZIP,
    MAX_LIST_CHARS,
    MIN_ENTRIES,
    State,
    StatusBits,
    StatusListMismatch,
    StatusListTooShort,
    VerifiedStatusList,
    compress,
    inflate,
)
from credentials.validity import Validity
from credentials.vcdm import BASE_CONTEXT, CREDENTIAL, VcdmCredential, parse_credential
from credentials.vcdm_proof import (
    ASSERTION,
    Secured,
    did_of,
    parse_secured,
    proven_validity,
    sign_secured,
    verify_secured,
)
from credentials.vcdm_values import holds

CREDENTIAL_TYPE: Final = "BitstringStatusListCredential"
LIST_TYPE: Final = "BitstringStatusList"

_MARKS: Final = MappingProxyType(
    {StatusPurpose.REVOCATION: State.REVOKED, StatusPurpose.SUSPENSION: State.SUSPENDED}
)
_MILLISECOND: Final = timedelta(milliseconds=1)
_MAX_TTL: Final = timedelta(days=366)
# The W3C counts from the left-most bit, our store from the right-most.
_MIRRORED: Final = bytes(int(f"{byte:08b}"[::-1], 2) for byte in range(256))


@dataclass(frozen=True, slots=True, kw_only=True)
class UnverifiedBitstringList:
    """A parsed status list credential; its fields tell which key to fetch, and decide nothing."""

    issuer: str
    key_id: str
    issued_at: datetime
    credential: VcdmCredential
    secured: Secured


def encode_bitstring(states: StatusBits, purpose: StatusPurpose) -> str:
    """Write an `encodedList`: a bit is set where the state is the one that the purpose names.

    Spec: Bitstring Status List 1.0 §3.3, §2.2.
    """
    packed = states.pack(bits=1, values={_marked(purpose): 1})
    return "u" + encode_base64url(compress(packed.translate(_MIRRORED), GZIP))


def sign_bitstring_list(
    states: StatusBits,
    *,
    uri: str,
    purpose: StatusPurpose,
    issued_at: datetime,
    expires: datetime,
    ttl: timedelta,
    signer: Signer,
    key_id: str,
) -> Claims:
    """Sign the list that stands at `uri` as a credential of the DID that `key_id` is a URL of.

    purpose: revocation or suspension; times: aware UTC, whole seconds; ttl: at most a year. Raises
    KeyMismatch, Malformed, or Unsupported for another purpose.
    Spec: Bitstring Status List 1.0 §2.2, §3.1.
    """
    subject: Claims = {
        "id": f"{uri}#list",
        "type": LIST_TYPE,
        "statusPurpose": purpose.value,
        "encodedList": encode_bitstring(states, purpose),
        "ttl": ttl // _MILLISECOND,
    }
    _ttl(JsonObject(subject))
    credential: Claims = {
        "@context": [BASE_CONTEXT],
        "id": uri,
        "type": [CREDENTIAL, CREDENTIAL_TYPE],
        "issuer": did_of(key_id),
        "validFrom": format_timestamp(issued_at),
        "validUntil": format_timestamp(expires),
        "credentialSubject": subject,
    }
    parse_credential(JsonObject(credential))
    return sign_secured(
        credential, signer=signer, key_id=key_id, purpose=ASSERTION, created=issued_at
    )


def parse_bitstring_list(document: JsonObject) -> UnverifiedBitstringList:
    """Read a status list credential by the rules of VCDM 2.0, to find whose key to fetch.

    Raises Malformed, TooLarge, or Unsupported for another proof than eddsa-jcs-2022.
    """
    credential = parse_credential(document)
    if CREDENTIAL_TYPE not in credential.types or len(credential.subjects) != 1:
        raise Malformed("not the credential of one bitstring status list")
    secured = parse_secured(document, controller=credential.issuer, purpose=ASSERTION)
    return UnverifiedBitstringList(
        issuer=credential.issuer,
        key_id=secured.proof.verification_method,
        issued_at=secured.created,
        credential=credential,
        secured=secured,
    )


def verify_bitstring_list(
    unverified: UnverifiedBitstringList,
    key: PublicKey,
    *,
    uri: str,
    purpose: StatusPurpose,
    now: datetime,
    leeway: timedelta,
) -> VerifiedStatusList:
    """Prove that the list at `uri` is its issuer's, serves this purpose, and that this is its time.

    Raises SignatureInvalid, KeyMismatch, StatusListMismatch, StatusListTooShort, NotYetValid,
    Expired, Malformed or TooLarge. Spec: Bitstring Status List 1.0 §3.2.
    """
    signed = verify_secured(unverified.secured, key)
    subject = unverified.credential.subjects[0]
    # The specification lets a list leave its id out; then one list could stand in for another.
    if signed.text_or_none("id") != uri:
        raise StatusListMismatch("the status list belongs to another address")
    if not holds(subject, "type", LIST_TYPE):
        raise Malformed(f"the subject must be a {LIST_TYPE}")
    if not holds(subject, "statusPurpose", purpose.value):
        raise StatusListMismatch("the status list serves another purpose")
    validity = _validity(unverified)
    validity.check(now, leeway)
    return VerifiedStatusList(
        uri=uri,
        purpose=purpose,
        issuer=unverified.issuer,
        key_id=unverified.key_id,
        issued_at=unverified.issued_at,
        expires=validity.not_after,
        ttl=_ttl(subject),
        bits=1,
        packed=_packed(subject),
        meanings={0: State.VALID, 1: _marked(purpose)},
    )


def _marked(purpose: StatusPurpose) -> State:
    if purpose not in _MARKS:
        raise Unsupported("a bitstring status list serves revocation or suspension")
    return _MARKS[purpose]


def _validity(unverified: UnverifiedBitstringList) -> Validity:
    """The credential's own span, not before its proof was made nor after the proof expires."""
    span = proven_validity(unverified.credential.validity, unverified.secured)
    begins = max(unverified.issued_at, span.not_before or unverified.issued_at)
    return Validity(begins, span.not_after)


def _ttl(subject: JsonObject) -> timedelta | None:
    milliseconds = subject.integer_or_none("ttl")
    if milliseconds is None:
        return None
    if not 0 < milliseconds <= _MAX_TTL // _MILLISECOND:
        raise Malformed("ttl must be a positive number of milliseconds, at most a year")
    return timedelta(milliseconds=milliseconds)


def _packed(subject: JsonObject) -> bytes:
    text = subject.text("encodedList", max_chars=MAX_LIST_CHARS)
    if not text.startswith("u"):
        raise Malformed("encodedList must be multibase base64url: it must start with u")
    bitstring = inflate(decode_base64url(text[1:]), GZIP)
    if len(bitstring) * 8 < MIN_ENTRIES:
        raise StatusListTooShort(f"a status list has at least {MIN_ENTRIES} entries")
    return bitstring.translate(_MIRRORED)
