"""SD-JWT and SD-JWT+KB in compact form: an issuer's JWT, disclosures, a holder's JWT. RFC 9901.

    issuer      payload + disclosures ── mint_sd_jwt ──> <JWT>~<disclosure>~<disclosure>~
    holder      SdJwt ── withhold ──> <JWT>~<disclosure>~ ── bind ──> <JWT>~<disclosure>~<KB-JWT>
    anyone      text ── parse_sd_jwt ──> SdJwt ── verify_sd_jwt ──> claims
    verifier    SdJwt ── verify_key_binding ──> for whom and when the holder signed

Which claims must be there, whose key it is and what the times mean is the profile's concern
(`securing/sd_jwt_vc.py`). The JSON serialization of RFC 9901 §8 is optional and not read.
"""

import hashlib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from credentials.claims import ClaimPath, Claims
from credentials.disclosures import (
    SHA_256,
    Disclosures,
    choose,
    parse_disclosures,
    parse_signed_json,
    reveal,
)
from credentials.encoding import encode_base64url
from credentials.errors import BindingInvalid, Malformed, TooLarge, Unsupported
from credentials.json_object import JsonObject
from credentials.jws import (
    UnverifiedJws,
    VerifiedJws,
    parse_compact,
    sign_claims,
    verify_parsed,
)
from credentials.keys import PublicKey, Signer
from credentials.model import HolderBinding
from credentials.strict_json import JsonValue

MAX_SD_JWT_BYTES: Final = 64 * 1024  # ten times the longest credential of a city

_KEY_BINDING_TYP: Final = "kb+jwt"


@dataclass(frozen=True, slots=True, kw_only=True)
class SdJwt:
    """A parsed, unverified SD-JWT or SD-JWT+KB.

    payload: the issuer's, with digests; disclosures: in the order of the text.
    presented: the text up to the last `~`, which the holder signs; key_binding: the KB-JWT.
    """

    jws: UnverifiedJws
    payload: JsonObject
    disclosures: Disclosures
    presented: str
    key_binding: UnverifiedJws | None


def parse_sd_jwt(text: str) -> SdJwt:
    """Read the compact form, strictly.

    Raises TooLarge beyond 64 kB or 256 disclosures; Malformed, among others when the last part is
    neither empty nor a JWT; Unsupported for header extensions. Spec: RFC 9901 §4, §7.1 step 1.
    """
    _check_size(text)
    presented, _, last = text.rpartition("~")  # Without any ~ there is no issuer's JWT before it.
    issuer_jwt, *disclosures = presented.split("~")
    jws = parse_compact(issuer_jwt)
    [payload] = parse_signed_json([jws.payload])
    return SdJwt(
        jws=jws,
        payload=JsonObject(payload),
        disclosures=parse_disclosures(disclosures),
        presented=presented + "~",
        key_binding=parse_compact(last) if last else None,
    )


def verify_sd_jwt(sd_jwt: SdJwt, key: PublicKey, *, typ: str) -> Claims:
    """Prove the issuer's signature and put the disclosures in place: the processed payload.

    typ: the `typ` that the issuer's header must have, exactly.
    Raises SignatureInvalid, KeyMismatch, Unsupported for an `_sd_alg` other than SHA-256, TooLarge
    beyond depth 16, or Malformed. Says nothing about times. Spec: RFC 9901 §7.1.
    """
    _verify_jws(sd_jwt.jws, key, typ)
    return reveal(sd_jwt.payload.members, sd_jwt.disclosures)


def verify_key_binding(sd_jwt: SdJwt, key: PublicKey) -> HolderBinding | None:
    """Prove that the key's owner signed this presentation; None when it has no KB-JWT.

    key: from the verified payload. The caller compares audience, nonce and time.
    Raises SignatureInvalid, KeyMismatch, BindingInvalid for another SD-JWT's binding, Unsupported
    for a binding with times of its own, or Malformed. Spec: RFC 9901 §4.3, §7.3 step 5.
    """
    if sd_jwt.key_binding is None:
        return None
    claims = _verify_jws(sd_jwt.key_binding, key, _KEY_BINDING_TYP).claims()
    if claims.text("sd_hash") != _sd_hash(sd_jwt.presented):
        raise BindingInvalid("the holder signed another presentation than this one")
    if "exp" in claims or "nbf" in claims:
        # RFC 9901 gives a binding its `iat` only. Times that nobody checks must not look checked.
        raise Unsupported("a key binding with exp or nbf is not understood here")
    return HolderBinding(
        audience=claims.text("aud"),
        nonce=claims.text("nonce"),
        issued_at=claims.numeric_date("iat"),
    )


def mint_sd_jwt(
    header: Mapping[str, JsonValue], payload: Claims, disclosures: Sequence[str], signer: Signer
) -> str:
    """Sign a payload as an issuer and put its disclosures behind it.

    header: with the profile's `typ`; `alg` follows from the key. payload, disclosures: from
    `conceal`. Raises TooLarge beyond 64 kB, Malformed for values outside JSON. RFC 9901 §4.
    """
    signed = sign_claims(header, {**payload, "_sd_alg": SHA_256}, signer)
    return _check_size("~".join((signed, *disclosures, "")))


def withhold(sd_jwt: SdJwt, paths: Collection[ClaimPath]) -> str:
    """The same SD-JWT with only those disclosures that these paths need; it ends with `~`.

    Raises Malformed if a path leads nowhere, and what `verify_sd_jwt` raises for bad disclosures.
    """
    chosen = choose(sd_jwt.payload.members, sd_jwt.disclosures, paths)
    issuer_jwt, *texts, _ = sd_jwt.presented.split("~")
    shown = [
        text for digest, text in zip(sd_jwt.disclosures, texts, strict=True) if digest in chosen
    ]
    return "~".join((issuer_jwt, *shown, ""))


def bind(presented: str, *, holder: Signer, audience: str, nonce: str, now: datetime) -> str:
    """Put a KB-JWT behind an SD-JWT that ends with `~`. Raises TooLarge. Spec: RFC 9901 §4.3."""
    claims: Claims = {
        "iat": int(now.timestamp()),
        "aud": audience,
        "nonce": nonce,
        "sd_hash": _sd_hash(presented),
    }
    return _check_size(presented + sign_claims({"typ": _KEY_BINDING_TYP}, claims, holder))


def _check_size(text: str) -> str:
    if len(text) > MAX_SD_JWT_BYTES:
        raise TooLarge(f"an SD-JWT has at most {MAX_SD_JWT_BYTES} bytes here")
    return text


def _verify_jws(jws: UnverifiedJws, key: PublicKey, typ: str) -> VerifiedJws:
    # RFC 9901 §4.3 and its profiles give `typ` one spelling, without `application/`.
    if jws.header.text("typ") != typ:
        raise Malformed(f"the header's typ must be {typ}")
    return verify_parsed(jws, key, typ=typ)


def _sd_hash(presented: str) -> str:
    return encode_base64url(hashlib.sha256(presented.encode("ascii")).digest())
