"""The Token Status List: every state of every credential in one signed JWT.

OAuth Token Status List (draft-ietf-oauth-status-list).
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Final

from credentials.certificates import read_x5c
from credentials.claims import Claims
from credentials.encoding import decode_base64url, encode_base64url
from credentials.errors import Malformed, Unsupported
from credentials.json_object import JsonObject
from credentials.jws import peek_claims, peek_header, sign_claims, verify_compact
from credentials.keys import PublicKey, Signer
from credentials.model import StatusPurpose
from credentials.status.bits import (
    MAX_LIST_CHARS,
    ZLIB,
    State,
    StatusBits,
    StatusListMismatch,
    VerifiedStatusList,
    compress,
    inflate,
)
from credentials.validity import Validity

TYPE: Final = "statuslist+jwt"
BITS: Final = 2  # suspension needs the second one; more would say more about a person

_VALUES: Final = MappingProxyType({State.REVOKED: 1, State.SUSPENDED: 2})
_MEANINGS: Final = MappingProxyType({0: State.VALID, 1: State.REVOKED, 2: State.SUSPENDED})
_MAX_TTL: Final = timedelta(days=366)


@dataclass(frozen=True, slots=True, kw_only=True)
class UnverifiedTokenList:
    """A parsed status list token; its fields tell which key to fetch, and never decide anything.

    certificates: where the header names its key by a chain, DER; then issuer and key_id are empty
    until the caller has found out whose it is.
    """

    token: str
    issuer: str
    key_id: str
    issued_at: datetime
    certificates: tuple[bytes, ...] = ()


def encode_status_list(states: StatusBits) -> Claims:
    """Write the `status_list` claim: two bits an entry, 0 valid, 1 revoked, 2 suspended.

    Spec: Token Status List §4.1, §4.2, §7.1.
    """
    packed = states.pack(bits=BITS, values=_VALUES)
    return {"bits": BITS, "lst": encode_base64url(compress(packed, ZLIB))}


def sign_token_list(
    states: StatusBits,
    *,
    uri: str,
    issued_at: datetime,
    expires: datetime,
    ttl: timedelta,
    signer: Signer,
    key_id: str,
) -> str:
    """Sign the list that stands at `uri`, as a JWT for its readers to keep for `ttl`.

    key_id: a DID URL; times: aware UTC, whole seconds; ttl: at most a year. Raises Malformed,
    Unsupported, or TooLarge for a list that no reader here would take.
    Spec: Token Status List §5.1.
    """
    header: Claims = {"typ": TYPE, "kid": key_id}
    claims: Claims = {
        "sub": uri,
        "iat": int(issued_at.timestamp()),
        "exp": int(expires.timestamp()),
        "ttl": int(ttl.total_seconds()),
        "status_list": encode_status_list(states),
    }
    _ttl(JsonObject(claims))
    token = sign_claims(header, claims, signer)
    parse_token_list(token)  # Nothing is published that its readers would refuse.
    return token


def parse_token_list(token: str) -> UnverifiedTokenList:
    """Look at a status list token, to find whose key to fetch.

    Raises Malformed, TooLarge, or Unsupported for a token that names its key neither by DID URL nor
    by certificates.
    """
    header, claims = peek_header(token), peek_claims(token)
    key_id, issuer = header.text_or_none("kid"), claims.text_or_none("iss")
    certificates = () if key_id is not None and "did:" in key_id else read_x5c(header)
    if certificates:
        return UnverifiedTokenList(
            token=token,
            issuer="",
            key_id="",
            issued_at=claims.numeric_date("iat"),
            certificates=certificates,
        )
    if key_id is not None and key_id.startswith("#") and issuer is not None:
        key_id = issuer + key_id
    if key_id is None or not key_id.startswith("did:"):
        raise Unsupported("the status list token names its key neither by a DID URL nor by x5c")
    if issuer not in (None, key_id.partition("#")[0]):
        raise Malformed("the status list token was signed with somebody else's key")
    return UnverifiedTokenList(
        token=token,
        issuer=key_id.partition("#")[0],
        key_id=key_id,
        issued_at=claims.numeric_date("iat"),
    )


def verify_token_list(
    unverified: UnverifiedTokenList,
    key: PublicKey,
    *,
    uri: str,
    now: datetime,
    leeway: timedelta,
) -> VerifiedStatusList:
    """Prove that the list at `uri` is its issuer's, and that this is its time.

    Raises SignatureInvalid, KeyMismatch, StatusListMismatch, NotYetValid, Expired, Unsupported,
    Malformed or TooLarge. Spec: Token Status List §8.3.
    """
    claims = verify_compact(unverified.token, key, typ=TYPE).claims()
    if claims.text("sub") != uri:
        raise StatusListMismatch("the status list belongs to another address")
    expires = claims.numeric_date_or_none("exp")
    begins = max(unverified.issued_at, claims.numeric_date_or_none("nbf") or unverified.issued_at)
    Validity(begins, expires).check(now, leeway)
    status_list = claims.object("status_list")
    return VerifiedStatusList(
        uri=uri,
        purpose=StatusPurpose.ANY,
        issuer=unverified.issuer,
        key_id=unverified.key_id,
        issued_at=unverified.issued_at,
        expires=expires,
        ttl=_ttl(claims),
        bits=_bits(status_list),
        packed=_packed(status_list),
        meanings=_MEANINGS,
    )


def _ttl(claims: JsonObject) -> timedelta | None:
    seconds = claims.integer_or_none("ttl")
    if seconds is None:
        return None
    if not 0 < seconds <= _MAX_TTL.total_seconds():
        raise Malformed("ttl must be a positive number of seconds, at most a year")
    return timedelta(seconds=seconds)


def _bits(status_list: JsonObject) -> int:
    bits = status_list.integer("bits")
    if bits not in (1, 2, 4, 8):
        raise Malformed("bits must be 1, 2, 4 or 8")
    return bits


def _packed(status_list: JsonObject) -> bytes:
    return inflate(decode_base64url(status_list.text("lst", max_chars=MAX_LIST_CHARS)), ZLIB)
