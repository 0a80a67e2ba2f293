"""One credential configuration: a credential type in one format, as an issuer offers it.

OpenID4VCI 1.0 §12.2.4 (`credential_configurations_supported`), appendices A and B.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from credentials.claims import ClaimPath, Claims, PathElement, parse_claim_path
from credentials.errors import Malformed
from credentials.json_object import JsonObject
from openid4vc.display import Display, parse_displays

MAX_CLAIMS: Final = 256
MAX_ALGORITHMS: Final = 32
MAX_TYPES: Final = 32


class CredentialFormat(StrEnum):
    """The Credential Format Identifiers that are known here. Appendix A."""

    SD_JWT_VC = "dc+sd-jwt"
    JWT_VC = "jwt_vc_json"
    LDP_VC = "ldp_vc"


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimDescription:
    """What one claim is called, and whether the issuer always includes it. Appendix B.2."""

    path: ClaimPath
    mandatory: bool
    display: tuple[Display, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class CredentialConfiguration:
    """What a wallet needs to know to ask for one credential.

    vct: the type of a dc+sd-jwt; types, contexts: those of a W3C credential, contexts of ldp_vc.
    binding_methods: empty when the credential is bound to no key; proof_algorithms: those of key
    proofs of type `jwt`, empty when the issuer takes none.
    display, claims: in the order in which they are to be shown.
    """

    format: CredentialFormat
    vct: str | None
    types: tuple[str, ...]
    contexts: tuple[str, ...]
    scope: str | None
    signing_algorithms: tuple[str, ...]
    binding_methods: tuple[str, ...]
    proof_algorithms: tuple[str, ...]
    display: tuple[Display, ...]
    claims: tuple[ClaimDescription, ...]

    def to_json(self) -> Claims:
        """One value of `credential_configurations_supported`.

        `credential_metadata` is always there, even empty: without it, wallets take the issuer for
        one of an older draft and send requests of that draft.
        """
        document: Claims = {"format": self.format.value, **_type_to_json(self)}
        document["credential_metadata"] = _metadata_to_json(self)
        if self.scope is not None:
            document["scope"] = self.scope
        if self.signing_algorithms:
            document["credential_signing_alg_values_supported"] = list(self.signing_algorithms)
        if self.binding_methods:
            document["cryptographic_binding_methods_supported"] = list(self.binding_methods)
            document["proof_types_supported"] = _proof_types_to_json(self)
        return document


def parse_configuration(document: JsonObject) -> CredentialConfiguration | None:
    """Read one credential configuration; None if its format is not known here.

    Raises Malformed.
    """
    name = document.text("format")
    if name not in set(CredentialFormat):
        return None
    credential_format = CredentialFormat(name)
    vct, types, contexts = _type(document, credential_format)
    metadata = document.object_or_none("credential_metadata") or JsonObject({})
    bound = "cryptographic_binding_methods_supported" in document
    display = parse_displays(metadata)
    if any(words.name is None for words in display):
        raise Malformed("each display of a credential has a name")
    return CredentialConfiguration(
        format=credential_format,
        vct=vct,
        types=types,
        contexts=contexts,
        scope=document.text_or_none("scope"),
        signing_algorithms=_texts_if_present(document, "credential_signing_alg_values_supported"),
        binding_methods=_texts_if_present(document, "cryptographic_binding_methods_supported"),
        proof_algorithms=_proof_algorithms(document) if bound else (),
        display=display,
        claims=_claims(metadata),
    )


def _type(
    document: JsonObject, credential_format: CredentialFormat
) -> tuple[str | None, tuple[str, ...], tuple[str, ...]]:
    match credential_format:
        case CredentialFormat.SD_JWT_VC:
            return document.text("vct"), (), ()
        case CredentialFormat.JWT_VC:
            return None, _texts(document.object("credential_definition"), "type"), ()
        case CredentialFormat.LDP_VC:
            definition = document.object("credential_definition")
            return None, _texts(definition, "type"), _texts(definition, "@context")


def _type_to_json(configuration: CredentialConfiguration) -> Claims:
    if configuration.vct is not None:
        return {"vct": configuration.vct}
    definition: Claims = {"type": list(configuration.types)}
    if configuration.contexts:
        definition["@context"] = list(configuration.contexts)
    return {"credential_definition": definition}


def _proof_algorithms(document: JsonObject) -> tuple[str, ...]:
    proof_type = document.object("proof_types_supported").object_or_none("jwt")
    return _texts(proof_type, "proof_signing_alg_values_supported") if proof_type else ()


def _proof_types_to_json(configuration: CredentialConfiguration) -> Claims:
    if not configuration.proof_algorithms:
        return {}
    return {"jwt": {"proof_signing_alg_values_supported": list(configuration.proof_algorithms)}}


def _metadata_to_json(configuration: CredentialConfiguration) -> Claims:
    metadata: Claims = {}
    if configuration.display:
        metadata["display"] = [display.to_json() for display in configuration.display]
    if configuration.claims:
        metadata["claims"] = [_claim_to_json(claim) for claim in configuration.claims]
    return metadata


def _claim_to_json(claim: ClaimDescription) -> Claims:
    members: Claims = {"path": list(claim.path), "mandatory": claim.mandatory}
    if claim.display:
        members["display"] = [display.to_json() for display in claim.display]
    return members


def _claims(metadata: JsonObject) -> tuple[ClaimDescription, ...]:
    if "claims" not in metadata:
        return ()
    claims = tuple(_claim(item) for item in metadata.objects("claims", max_items=MAX_CLAIMS))
    if not claims:
        raise Malformed("claims must not be empty")
    _check_consistency([claim.path for claim in claims])
    return claims


def _claim(item: JsonObject) -> ClaimDescription:
    return ClaimDescription(
        path=parse_claim_path(item.members.get("path")),
        mandatory=item.boolean_or_none("mandatory") or False,
        display=parse_displays(item),
    )


def _check_consistency(paths: list[ClaimPath]) -> None:
    """Each claim once, and nothing is both an object and an array. Spec: appendix B.3."""
    if len(set(paths)) != len(paths):
        raise Malformed("claims describes one claim twice")
    kinds: dict[ClaimPath, type[PathElement]] = {}
    for path in paths:
        for length, element in enumerate(path):
            if kinds.setdefault(path[:length], type(element)) is not type(element):
                raise Malformed("claims describes one claim both as an object and as an array")


def _texts(owner: JsonObject, name: str) -> tuple[str, ...]:
    found = owner.texts(name, max_items=MAX_ALGORITHMS)
    if not found:
        raise Malformed(f"{name} must not be empty")
    return tuple(found)


def _texts_if_present(owner: JsonObject, name: str) -> tuple[str, ...]:
    return _texts(owner, name) if name in owner else ()
