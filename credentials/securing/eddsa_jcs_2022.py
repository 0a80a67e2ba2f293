"""W3C credentials and presentations (VCDM 2.0) under a Data Integrity proof of eddsa-jcs-2022.

The whole document is signed as canonical JSON, so nothing can be withheld and no context is ever
processed. VC Data Model 2.0, VC Data Integrity 1.0, VC DI EdDSA Cryptosuites 1.0 §3.3.
"""

import hashlib
from collections.abc import Collection
from dataclasses import dataclass
from typing import Final

from credentials.claim_coverage import check_covers
from credentials.claims import ClaimPath, Claims
from credentials.data_integrity import EDDSA_JCS_2022
from credentials.did_key import did_key_method, parse_self_describing
from credentials.errors import BindingInvalid, KeyMismatch, Malformed, Unsupported
from credentials.jcs import canonicalize
from credentials.json_object import JsonObject
from credentials.keys import KeyType, PublicKey, Signer
from credentials.model import (
    Content,
    HolderBinding,
    Serialized,
    StatusReference,
    Unverified,
    Verified,
)
from credentials.securing.mechanism import BindingRequest, Entropy
from credentials.strict_json import JsonValue
from credentials.vcdm import (
    BASE_CONTEXT,
    CREDENTIAL,
    PRESENTATION,
    VcdmCredential,
    is_presentation,
    parse_credential,
    parse_presentation,
)
from credentials.vcdm_envelope import (
    build_credential,
    read_integrity,
    read_statuses,
    read_type_url,
)
from credentials.vcdm_proof import (
    ASSERTION,
    AUTHENTICATION,
    Secured,
    did_of,
    parse_secured,
    proven_validity,
    sign_secured,
    verify_secured,
)

_KEY: Final = "did:key:"
_JWK: Final = "did:jwk:"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Parsed(Unverified):
    """A credential, and the presentation around it if there is one.

    subject_id: None when the credential names none; holder: the key that the subject's id is, if
    it is one.
    """

    credential: VcdmCredential
    secured: Secured
    statuses: tuple[StatusReference, ...]
    subject_id: str | None
    holder: PublicKey | None
    presentation: Secured | None


@dataclass(frozen=True, slots=True)
class EddsaJcs2022:
    """The mechanism; `Mechanism` says what each method promises."""

    name: str = EDDSA_JCS_2022
    format: str = "ldp_vc"
    key_types: tuple[KeyType, ...] = (KeyType.ED25519,)
    holder_key_types: tuple[KeyType, ...] = (KeyType.ED25519,)

    def secure(
        self,
        content: Content,
        *,
        signer: Signer,
        key_id: str,
        entropy: Entropy,  # noqa: ARG002 - Ed25519 needs no randomness, and nothing is salted
    ) -> Serialized:
        """Write content as a VCDM 2.0 credential and sign it; all its claims are visible."""
        if did_of(key_id) != content.issuer:
            raise KeyMismatch("the key does not belong to the credential's issuer")
        if content.holder is not None and content.holder.type not in self.holder_key_types:
            raise KeyMismatch("the holder of such a credential signs with Ed25519")
        credential = build_credential(content)
        parse_credential(JsonObject(credential))
        return sign_secured(
            credential, signer=signer, key_id=key_id, purpose=ASSERTION, created=content.issued_at
        )

    def recognises(self, serialized: Serialized) -> bool:
        """Whether the credential, bare or in a presentation, has a proof of eddsa-jcs-2022."""
        credential: JsonValue = serialized
        if isinstance(credential, dict) and "verifiableCredential" in credential:
            credential = _first(credential["verifiableCredential"])
        proof = _first(credential.get("proof")) if isinstance(credential, dict) else None
        return isinstance(proof, dict) and proof.get("cryptosuite") == self.name

    def parse(self, serialized: Serialized) -> Unverified:
        """Read a credential, or a presentation of exactly one, by the rules of VCDM 2.0."""
        return _parse(serialized)

    def verify(self, unverified: Unverified, key: PublicKey) -> Verified:
        """Prove the issuer's proof; the proof's own `expires` shortens the validity.

        Spec: VC Data Integrity 1.0 §4.4.
        """
        parsed = _ours(unverified)
        signed = verify_secured(parsed.secured, key)
        return Verified(
            mechanism=self.name,
            issuer=parsed.issuer,
            key_id=parsed.key_id,
            issued_at=parsed.issued_at,
            validity=proven_validity(parsed.credential.validity, parsed.secured),
            type_url=read_type_url(signed, parsed.credential),
            type_names=tuple(name for name in parsed.credential.types if name != CREDENTIAL),
            integrity=read_integrity(parsed.credential),
            claims=_claims(parsed),
            status=parsed.statuses,
            holder=parsed.holder,
        )

    def issued_digest(self, unverified: Unverified) -> bytes:
        """SHA-256 of the secured credential as canonical JSON, its proof included."""
        document = _ours(unverified).credential.document
        return hashlib.sha256(canonicalize(document.members)).digest()

    def verify_holder(self, unverified: Unverified, verified: Verified) -> HolderBinding | None:
        """Prove that the credential's subject signed the presentation around it."""
        parsed = _ours(unverified)
        if parsed.presentation is None:
            return None
        if parsed.subject_id is None or verified.holder is None:
            raise BindingInvalid("the credential is bound to nobody's key")
        if verified.holder != parsed.holder:
            raise BindingInvalid("the presentation is of another credential")
        if parsed.presentation.controller != parsed.subject_id:
            raise BindingInvalid("the presentation's holder is not the credential's subject")
        proof = parsed.presentation.proof
        if proof.verification_method != _method(parsed.subject_id):
            raise KeyMismatch("the presentation was not signed with its holder's key")
        verify_secured(parsed.presentation, verified.holder)
        return HolderBinding(
            audience=proof.domain[0] if proof.domain else None,
            nonce=proof.challenge,
            issued_at=parsed.presentation.created,
        )

    def present(
        self,
        credential: Serialized,
        *,
        disclose: Collection[ClaimPath],
        holder: Signer,
        request: BindingRequest,
    ) -> Serialized:
        """Put a credential into a presentation for one verifier, and sign that.

        disclose: paths in the claims as `Verified.claims` has them; together they must cover all.
        Raises KeyMismatch for another holder's credential.
        """
        parsed = _parse(credential)
        if parsed.presentation is not None or parsed.subject_id is None:
            raise Malformed("not a credential that is bound to a holder")
        if holder.public_key != parsed.holder:
            raise KeyMismatch("the credential is bound to another key")
        check_covers(_claims(parsed), disclose)
        presentation: Claims = {
            "@context": [BASE_CONTEXT],
            "type": [PRESENTATION],
            "holder": parsed.subject_id,
            "verifiableCredential": [parsed.credential.document.members],
        }
        return sign_secured(
            presentation,
            signer=holder,
            key_id=_method(parsed.subject_id),
            purpose=AUTHENTICATION,
            created=request.now,
            binding={"domain": request.audience, "challenge": request.nonce},
        )


MECHANISM: Final = EddsaJcs2022()


def _first(value: JsonValue) -> JsonValue:
    return value[0] if isinstance(value, list) and value else value


def _parse(serialized: Serialized) -> _Parsed:
    document = JsonObject(serialized)
    if not is_presentation(document):
        return _parse_credential(parse_credential(document), None)
    presentation = parse_presentation(document)
    if len(presentation.credentials) != 1 or presentation.enveloped:
        raise Unsupported("a presentation here holds exactly one credential with its own proof")
    if presentation.holder is None:
        raise Malformed("the presentation does not name its holder")
    secured = parse_secured(document, controller=presentation.holder, purpose=AUTHENTICATION)
    if len(secured.proof.domain) > 1:
        raise Unsupported("a presentation here is addressed to one verifier")
    if secured.proof.expires is not None:
        raise Unsupported("a presentation here expires by its age alone")
    return _parse_credential(presentation.credentials[0], secured)


def _parse_credential(credential: VcdmCredential, presentation: Secured | None) -> _Parsed:
    if len(credential.subjects) != 1:
        raise Unsupported("a credential here has one subject")
    secured = parse_secured(credential.document, controller=credential.issuer, purpose=ASSERTION)
    subject_id = credential.subjects[0].text_or_none("id")
    return _Parsed(
        mechanism=EDDSA_JCS_2022,
        issuer=credential.issuer,
        key_id=secured.proof.verification_method,
        issued_at=secured.created,
        credential=credential,
        secured=secured,
        statuses=read_statuses(credential),
        subject_id=subject_id,
        holder=_holder(subject_id),
        presentation=presentation,
    )


def _holder(subject_id: str | None) -> PublicKey | None:
    """A subject of another kind (a person's page, an agency's DID) has no key of its own here."""
    if subject_id is None or not subject_id.startswith((_KEY, _JWK)):
        return None
    return parse_self_describing(subject_id)


def _ours(unverified: Unverified) -> _Parsed:
    if not isinstance(unverified, _Parsed):
        raise Malformed("this was parsed by another mechanism")
    return unverified


def _claims(parsed: _Parsed) -> Claims:
    """What is stated about the subject; its id belongs to the envelope if it is the holder's."""
    members = parsed.credential.subjects[0].members
    if parsed.holder is None:
        return members
    return {name: value for name, value in members.items() if name != "id"}


def _method(did: str) -> str:
    """The one verification method of a DID that is a key."""
    return did_key_method(did) if did.startswith(_KEY) else f"{did}#0"
