"""The JSON-LD 1.1 context of a type: every claim gets an address, so that none is dropped silently.

Spec: JSON-LD 1.1 §4.1, VC Data Model 2.0 §4.3 and §5.2. All terms are protected: another context
in the same credential can't give them another meaning.
"""

from collections.abc import Iterable
from typing import Final

from credentials.strict_json import JsonValue
from schemas.catalogue import type_url
from schemas.claim import Claim, ClaimKind
from schemas.credential_type import CredentialType

_XSD: Final = "http://www.w3.org/2001/XMLSchema#"


def context_path(credential_type: CredentialType) -> str:
    """The path of a type's context below the registry's address."""
    return f"contexts/{credential_type.name}/v{credential_type.version}"


def jsonld_context(credential_type: CredentialType, base_url: str) -> dict[str, JsonValue]:
    """The context document. A claim's address is that of its type, `#` and its name."""
    vocabulary = type_url(credential_type, base_url)
    return {
        "@context": {
            "@version": 1.1,
            "@protected": True,
            credential_type.name: vocabulary,
            **_terms(credential_type, credential_type.members(()), vocabulary),
        }
    }


def _terms(
    credential_type: CredentialType, claims: Iterable[Claim], vocabulary: str
) -> dict[str, JsonValue]:
    return {claim.path[-1]: _term(credential_type, claim, vocabulary) for claim in claims}


def _term(credential_type: CredentialType, claim: Claim, vocabulary: str) -> dict[str, JsonValue]:
    identified: dict[str, JsonValue] = {"@id": f"{vocabulary}#{claim.name}"}
    match claim.kind:
        case ClaimKind.TEXT | ClaimKind.ENUM | ClaimKind.DIGEST:
            return identified
        case ClaimKind.TEXTS:
            return {**identified, "@container": "@set"}
        case ClaimKind.DATE:
            return {**identified, "@type": f"{_XSD}date"}
        case ClaimKind.DATETIME:
            return {**identified, "@type": f"{_XSD}dateTime"}
        case ClaimKind.INTEGER:
            return {**identified, "@type": f"{_XSD}integer"}
        case ClaimKind.BOOLEAN:
            return {**identified, "@type": f"{_XSD}boolean"}
        case ClaimKind.OBJECT:
            members = _terms(credential_type, credential_type.members(claim.path), vocabulary)
            return {**identified, "@context": {"@protected": True, **members}}
