"""The signed request object: a verifier asks a wallet for presentations.

Only requests that the owner of a DID signs, and that are answered in the clear by POST, are
understood so far. OpenID4VP 1.0 §5, RFC 9101.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from credentials.claims import Claims
from credentials.errors import KeyMismatch, Malformed, Unsupported
from credentials.json_object import JsonObject
from credentials.jws import peek_header, sign_claims, verify_compact
from credentials.keys import PublicKey, Signer
from credentials.validity import LEEWAY, Validity
from openid4vc.dcql import Query, parse_query
from openid4vc.https_url import parse_endpoint

TYP: Final = "oauth-authz-req+jwt"
RESPONSE_TYPE: Final = "vp_token"
RESPONSE_MODE: Final = "direct_post"
AUDIENCE: Final = "https://self-issued.me/v2"  # §5.8: a wallet that was not discovered
DID_PREFIX: Final = "decentralized_identifier:"

MAX_NONCE_CHARS: Final = 512
MAX_FORMATS: Final = 32
# 128 bits in base64url: §5.3 demands it of `state`, §14.1 leaves the nonce to the verifier.
MIN_RANDOM_CHARS: Final = 22

_URL_SAFE: Final = re.compile(r"[A-Za-z0-9\-._~]+")  # §5.2
_DID: Final = re.compile(r"did:[a-z0-9]+:[A-Za-z0-9._:%-]{1,1000}")
# What a request may not hold besides: each would let somebody else decide what is asked, or where
# the answer goes. §8.2, §5.1, RFC 9101 §4.
_REFUSED: Final = ("redirect_uri", "request", "request_uri", "scope")


@dataclass(frozen=True, slots=True, kw_only=True)
class AuthorizationRequest:
    """What a verifier asks for.

    client_id: with its prefix, for that is what presentations are addressed to. state: always there
    in our requests. vp_formats: `vp_formats_supported`, by Credential Format Identifier.
    wallet_nonce: what the wallet sent when it fetched the request by POST.
    """

    client_id: str
    response_uri: str
    nonce: str
    state: str | None
    query: Query
    vp_formats: Mapping[str, Claims]
    wallet_nonce: str | None
    issued_at: datetime | None
    expires_at: datetime | None


def client_id_of_did(did: str) -> str:
    """The client identifier of a verifier that signs with its DID. Spec: OpenID4VP 1.0 §5.9.3."""
    return DID_PREFIX + did


def verifier_did(client_id: str) -> str:
    """The DID in a client identifier.

    Raises Unsupported for any other prefix, or none; Malformed if no DID follows it.
    """
    if not client_id.startswith(DID_PREFIX):
        raise Unsupported("the verifier does not identify itself by a DID")
    did = client_id.removeprefix(DID_PREFIX)
    if not _DID.fullmatch(did):
        raise Malformed("the client identifier holds no DID")
    return did


def build_request_object(request: AuthorizationRequest) -> Claims:
    """Write the claims of a request object.

    Raises Malformed if `nonce` or `state` is shorter than 128 random bits are.
    Spec: OpenID4VP 1.0 §5.
    """
    if min(len(request.nonce), len(request.state or "")) < MIN_RANDOM_CHARS:
        raise Malformed(f"nonce and state have at least {MIN_RANDOM_CHARS} characters")
    claims: Claims = {
        "iss": request.client_id,
        "aud": AUDIENCE,
        "client_id": request.client_id,
        "response_type": RESPONSE_TYPE,
        "response_mode": RESPONSE_MODE,
        "response_uri": request.response_uri,
        "nonce": request.nonce,
        "state": request.state,
        "dcql_query": request.query.to_json(),
        "client_metadata": {"vp_formats_supported": dict(request.vp_formats)},
    }
    optional = {
        "wallet_nonce": request.wallet_nonce,
        "iat": _numeric_date(request.issued_at),
        "exp": _numeric_date(request.expires_at),
    }
    return claims | {name: value for name, value in optional.items() if value is not None}


def sign_request_object(request: AuthorizationRequest, *, signer: Signer, key_id: str) -> str:
    """Sign a request object as the owner of `key_id`, a DID URL of the client identifier's DID.

    Raises KeyMismatch if the key is another DID's. Served as `application/oauth-authz-req+jwt`.
    """
    _check_owner(key_id, request.client_id)
    return sign_claims({"typ": TYP, "kid": key_id}, build_request_object(request), signer)


def peek_key_id(request_object: str, *, client_id: str) -> str:
    """The DID URL of the key to fetch before the request object can be verified.

    Raises KeyMismatch if it is no key of the client identifier's DID, else as `verifier_did`.
    """
    key_id = peek_header(request_object).text("kid")
    _check_owner(key_id, client_id)
    return key_id


def verify_request_object(
    request_object: str, key: PublicKey, *, client_id: str, wallet_nonce: str | None, now: datetime
) -> AuthorizationRequest:
    """Prove that a verifier asks this, now, and as the one that the link named.

    key: what the DID document gives for `peek_key_id`. client_id: from the link. wallet_nonce: what
    we sent along when fetching, None if nothing.
    Raises KeyMismatch, SignatureInvalid, Malformed, Unsupported, Expired or NotYetValid.
    Spec: OpenID4VP 1.0 §5.10.1, RFC 9101 §6.
    """
    peek_key_id(request_object, client_id=client_id)
    claims = verify_compact(request_object, key, typ=TYP).claims()
    request = parse_request_object(claims)
    if request.client_id != client_id:
        raise KeyMismatch("the request is signed by another verifier than the link names")
    if wallet_nonce is not None and request.wallet_nonce != wallet_nonce:
        raise Malformed("the request does not answer the wallet's nonce")
    not_before = claims.numeric_date_or_none("nbf") or request.issued_at
    Validity(not_before, request.expires_at).check(now, LEEWAY)
    return request


def parse_request_object(claims: JsonObject) -> AuthorizationRequest:
    """Read the claims of a request object; unknown ones are ignored, as §5 demands.

    Raises Malformed, or Unsupported for another response type or mode and for transaction data.
    """
    _check_kind(claims)
    verifier_did(claims.text("client_id"))
    query = parse_query(claims.object("dcql_query").members)
    state = None if "state" not in claims else _url_safe(claims, "state")
    if state is None and not all(item.require_holder_binding for item in query.credentials):
        raise Malformed("a request for presentations without holder binding needs a state")  # §5.3
    return AuthorizationRequest(
        client_id=claims.text("client_id"),
        response_uri=parse_endpoint(claims.text("response_uri")),
        nonce=_url_safe(claims, "nonce"),
        state=state,
        query=query,
        vp_formats=_vp_formats(claims),
        wallet_nonce=claims.text_or_none("wallet_nonce", max_chars=MAX_NONCE_CHARS),
        issued_at=claims.numeric_date_or_none("iat"),
        expires_at=claims.numeric_date_or_none("exp"),
    )


def _check_kind(claims: JsonObject) -> None:
    if claims.text("aud") != AUDIENCE:
        raise Malformed(f"the request's aud must be {AUDIENCE}")
    if claims.text("response_type") != RESPONSE_TYPE:
        raise Unsupported("the request is not for a vp_token alone")
    if claims.text("response_mode") != RESPONSE_MODE:
        raise Unsupported("the request wants its answer in another way than by direct_post")
    if "transaction_data" in claims:  # §5.1: the one unknown member that must not be ignored
        raise Unsupported("the request wants transaction data to be authorized")
    if any(name in claims for name in _REFUSED):
        raise Malformed(f"the request must not hold any of {', '.join(_REFUSED)}")


def _check_owner(key_id: str, client_id: str) -> None:
    did, _, fragment = key_id.partition("#")
    if did != verifier_did(client_id) or not fragment:
        raise KeyMismatch("the request's kid is no key of the DID in the client identifier")


def _url_safe(claims: JsonObject, name: str) -> str:
    value = claims.text(name, max_chars=MAX_NONCE_CHARS)
    if not _URL_SAFE.fullmatch(value):
        raise Malformed(f"{name} holds letters, digits, hyphens, periods, underscores and tildes")
    return value


def _vp_formats(claims: JsonObject) -> dict[str, Claims]:
    formats = claims.object("client_metadata").object("vp_formats_supported")
    if not 0 < len(formats.members) <= MAX_FORMATS:
        raise Malformed(f"vp_formats_supported names 1 to {MAX_FORMATS} formats")
    return {name: formats.object(name).members for name in formats}


def _numeric_date(moment: datetime | None) -> int | None:
    return None if moment is None else int(moment.timestamp())
