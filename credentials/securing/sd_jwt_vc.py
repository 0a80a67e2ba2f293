"""SD-JWT VC: credentials as RFC 9901 SD-JWTs of type `dc+sd-jwt`.

The profile follows draft-ietf-oauth-sd-jwt-vc-19. It is narrower where a choice is left: the issuer
is a DID and `kid` names its key, or `x5c` names it without a `kid`; `iat` is always visible, the
holder's key is `cnf.jwk`, and the status is a status list. Where `kid` is a DID URL, the key comes
from the registry and an `x5c` beside it is not looked at. What is issued here has a `kid`.
"""

import hashlib
import re
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Final

from credentials.certificates import read_x5c
from credentials.claims import ClaimPath, Claims
from credentials.disclosures import conceal
from credentials.errors import BindingInvalid, KeyMismatch, Malformed, Unsupported
from credentials.json_object import JsonObject
from credentials.jwk import encode_jwk, parse_jwk
from credentials.keys import KeyType, PublicKey, Signer
from credentials.model import (
    Content,
    HolderBinding,
    Serialized,
    StatusPurpose,
    StatusReference,
    Unverified,
    Verified,
)
from credentials.sd_jwt import (
    SdJwt,
    bind,
    mint_sd_jwt,
    parse_sd_jwt,
    verify_key_binding,
    verify_sd_jwt,
    withhold,
)
from credentials.securing.mechanism import BindingRequest, Entropy, Mechanism
from credentials.validity import Validity

TYP: Final = "dc+sd-jwt"

# What SD-JWT VC §2.2.2.3 forbids to disclose selectively, in whole or in part; and `iat`, without
# which nobody could tell which key was the issuer's at the time.
_ENVELOPE: Final = frozenset(
    {"iss", "iat", "nbf", "exp", "cnf", "vct", "vct#integrity", "aka_vcts", "status"}
)
# `aud` would say who may accept the credential (RFC 7519 §4.1.3), which nothing here could check.
_NO_CLAIMS: Final = _ENVELOPE | {"aud"}

_MAX_OTHER_TYPES: Final = 16  # more would only make a reader compare
_DID_URL: Final = re.compile(r"(did:[a-z0-9]+:[A-Za-z0-9._:%-]+)#[A-Za-z0-9._:%-]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class UnverifiedSdJwtVc(Unverified):
    """A parsed SD-JWT VC, with or without a holder's signature."""

    sd_jwt: SdJwt


class SdJwtVc:
    """The securing mechanism `sd-jwt-vc`; `Mechanism` tells what its methods promise."""

    name: Final = "sd-jwt-vc"
    format: Final = "dc+sd-jwt"
    key_types: Final = (KeyType.P256, KeyType.ED25519)
    holder_key_types: Final = (KeyType.P256, KeyType.ED25519)

    def secure(
        self, content: Content, *, signer: Signer, key_id: str, entropy: Entropy
    ) -> Serialized:
        """Write content as an SD-JWT VC whose listed claims the holder may withhold.

        Also raises Malformed for claims with names of the envelope, and TooLarge beyond 64 kB.
        """
        _check_owner(key_id, content.issuer)
        _check_names(content)
        concealed, disclosures = conceal(
            content.claims,
            paths=content.disclosure.paths,
            digests=content.disclosure.digests,
            entropy=entropy,
        )
        payload = {**_envelope(content), **concealed}
        return mint_sd_jwt({"typ": TYP, "kid": key_id}, payload, disclosures, signer)

    def recognises(self, serialized: Serialized) -> bool:
        """Whether this is a text that begins with three parts of a JWT and has a `~`."""
        if not isinstance(serialized, str):
            return False
        issuer_jwt, tilde, _ = serialized.partition("~")
        return bool(tilde) and issuer_jwt.count(".") == 2

    def parse(self, serialized: Serialized) -> UnverifiedSdJwtVc:
        """Read an SD-JWT VC as it is issued or presented. Spec: SD-JWT VC §2.2, RFC 9901 §4."""
        if not isinstance(serialized, str):
            raise Malformed("an SD-JWT VC is a text")
        sd_jwt = parse_sd_jwt(serialized)
        header, payload = sd_jwt.jws.header, sd_jwt.payload
        if header.text("typ") != TYP:
            raise Unsupported(f"the header's typ is not {TYP}")
        certificates = () if _names_a_did(header) else read_x5c(header)
        if certificates:
            key_id, issuer = "", payload.text_or_none("iss") or ""
        else:
            key_id, issuer = header.text("kid"), payload.text("iss")
            _did_of(key_id)
        return UnverifiedSdJwtVc(
            mechanism=self.name,
            issuer=issuer,
            key_id=key_id,
            issued_at=payload.numeric_date("iat"),
            certificates=certificates,
            sd_jwt=sd_jwt,
        )

    def verify(self, unverified: Unverified, key: PublicKey) -> Verified:
        """Prove the issuer's signature and put the disclosures in place.

        Also raises Unsupported for a holder's key or a status of another kind, and TooLarge for
        claims nested deeper than 16. Spec: SD-JWT VC §2.4, RFC 9901 §7.1.
        """
        parsed = _ours(unverified)
        if not parsed.certificates:
            _check_owner(parsed.key_id, parsed.issuer)
        payload = parsed.sd_jwt.payload
        processed = verify_sd_jwt(parsed.sd_jwt, key, typ=TYP)
        if _of_envelope(processed) != _of_envelope(payload.members):
            raise Malformed("a claim that must always be visible was selectively disclosed")
        if "aud" in processed:
            raise Unsupported("a credential for one audience only is not understood here")
        type_url, integrity = payload.text("vct"), payload.text_or_none("vct#integrity")
        _check_other_types(payload, type_url)
        return Verified(
            mechanism=self.name,
            issuer=parsed.issuer,
            key_id=parsed.key_id,
            issued_at=parsed.issued_at,
            validity=Validity(
                payload.numeric_date_or_none("nbf"), payload.numeric_date_or_none("exp")
            ),
            type_url=type_url,
            type_names=(),
            integrity={} if integrity is None else {type_url: integrity},
            claims={n: value for n, value in processed.items() if n not in _ENVELOPE},
            status=_parse_status(payload),
            holder=_parse_holder(payload),
        )

    def issued_digest(self, unverified: Unverified) -> bytes:
        """SHA-256 of the issuer-signed JWT, which no presentation changes."""
        issuer_jwt = _ours(unverified).sd_jwt.presented.partition("~")[0]
        return hashlib.sha256(issuer_jwt.encode("ascii")).digest()

    def verify_holder(self, unverified: Unverified, verified: Verified) -> HolderBinding | None:
        """Prove that `cnf.jwk` signed this very presentation. Spec: RFC 9901 §7.3.

        Also raises Unsupported for a binding with times of its own.
        """
        sd_jwt = _ours(unverified).sd_jwt
        if sd_jwt.key_binding is None:
            return None
        if verified.holder is None:
            raise BindingInvalid("a holder signed, but the credential is bound to nobody")
        return verify_key_binding(sd_jwt, verified.holder)

    def present(
        self,
        credential: Serialized,
        *,
        disclose: Collection[ClaimPath],
        holder: Signer,
        request: BindingRequest,
    ) -> Serialized:
        """Show the claims at these paths; a credential of nobody is shown without a signature.

        Also raises KeyMismatch for another holder's key, TooLarge beyond 64 kB.
        Spec: RFC 9901 §7.2.
        """
        sd_jwt = self.parse(credential).sd_jwt
        if sd_jwt.key_binding is not None:
            raise Malformed("this is a presentation; the credential itself ends with ~")
        presented = withhold(sd_jwt, disclose)
        key = _parse_holder(sd_jwt.payload)
        if key is None:
            return presented
        if key != holder.public_key:
            raise KeyMismatch("the credential is bound to another holder's key")
        return bind(
            presented,
            holder=holder,
            audience=request.audience,
            nonce=request.nonce,
            now=request.now,
        )


MECHANISM: Final[Mechanism] = SdJwtVc()


def _names_a_did(header: JsonObject) -> bool:
    return (header.text_or_none("kid") or "").startswith("did:")


def _check_owner(key_id: str, issuer: str) -> None:
    if _did_of(key_id) != issuer:
        raise KeyMismatch("the key that kid names is not the issuer's")


@lru_cache(maxsize=512)  # All credentials of one agency name the same few keys.
def _did_of(key_id: str) -> str:
    url = _DID_URL.fullmatch(key_id)
    if url is None:
        raise Malformed("kid must be an absolute DID URL that names a key")
    return url[1]


def _check_names(content: Content) -> None:
    paths = content.disclosure.paths
    if not _NO_CLAIMS.isdisjoint(content.claims) or any(
        not path or path[0] in _NO_CLAIMS for path in paths
    ):
        raise Malformed("a claim has a name that belongs to the envelope")


def _envelope(content: Content) -> Claims:
    envelope: Claims = {
        "iss": content.issuer,
        "iat": _seconds(content.issued_at),
        "vct": content.type_url,
    }
    if content.validity.not_before is not None:
        envelope["nbf"] = _seconds(content.validity.not_before)
    if content.validity.not_after is not None:
        envelope["exp"] = _seconds(content.validity.not_after)
    if content.type_url in content.integrity:
        envelope["vct#integrity"] = content.integrity[content.type_url]
    if content.holder is not None:
        envelope["cnf"] = {"jwk": encode_jwk(content.holder)}
    if content.status_uri is not None or content.status_index is not None:
        envelope["status"] = {"status_list": _status_list(content)}
    return envelope


def _status_list(content: Content) -> Claims:
    if content.status_uri is None or content.status_index is None or content.status_index < 0:
        raise Malformed("a status is the address of a list and a place in it, from zero on")
    return {"idx": content.status_index, "uri": content.status_uri}


def _seconds(moment: datetime) -> int:
    if moment.microsecond:
        raise Malformed("the times of a credential are whole seconds")
    return int(moment.timestamp())


def _ours(unverified: Unverified) -> UnverifiedSdJwtVc:
    if not isinstance(unverified, UnverifiedSdJwtVc):
        raise Malformed("this was parsed by another mechanism")
    return unverified


def _of_envelope(claims: Claims) -> Claims:
    return {name: claims[name] for name in _ENVELOPE if name in claims}


def _check_other_types(payload: JsonObject, type_url: str) -> None:
    """§2.2.2.2. Only `vct` decides here, but a malformed credential is refused all the same."""
    if "aka_vcts" in payload:
        others = payload.texts("aka_vcts", max_items=_MAX_OTHER_TYPES)
        if not others or type_url in others:
            raise Malformed("aka_vcts must name other types than vct, at least one")


def _parse_status(payload: JsonObject) -> tuple[StatusReference, ...]:
    status = payload.object_or_none("status")
    if status is None:
        return ()
    if list(status) != ["status_list"]:
        raise Unsupported("the status is not a status list, or not only one")
    reference = status.object("status_list")
    index = reference.integer("idx")
    if index < 0:
        raise Malformed("status.status_list.idx must not be negative")
    return (StatusReference(uri=reference.text("uri"), index=index, purpose=StatusPurpose.ANY),)


def _parse_holder(payload: JsonObject) -> PublicKey | None:
    confirmation = payload.object_or_none("cnf")
    if confirmation is None:
        return None
    if list(confirmation) != ["jwk"]:
        raise Unsupported("the holder's key is not given as cnf.jwk alone")
    return parse_jwk(confirmation.object("jwk"))
