"""Whether a question stays within what its asker is registered for.

The verifier's own desk checks it before asking, and every wallet again before answering.
"""

from typing import Final

from credentials.claims import ClaimPath
from did_registry.accreditation import VerifierRegistration
from did_registry.errors import OverAsking
from openid4vc.credential_configuration import CredentialFormat
from openid4vc.dcql import CredentialQuery, Query
from schemas.catalogue import identify
from schemas.credential_type import CredentialType, attribute_name
from schemas.errors import UnknownType

# Where the claims of a W3C credential stand; those of an SD-JWT stand at its top.
SUBJECT: Final = "credentialSubject"

_GENERIC_TYPES: Final = (
    "VerifiableCredential",
    "https://www.w3.org/2018/credentials#VerifiableCredential",
)


def check_scope(query: Query, registration: VerifierRegistration, registry_url: str) -> None:
    """Refuse a query that asks for any claim outside the registration.

    registry_url: where types are published. Raises OverAsking, which names the first such claim.
    """
    beyond = asked_attributes(query, registry_url) - registration.attributes
    if beyond:
        raise OverAsking(f"{min(beyond)} is not in the verifier's registration")


def asked_attributes(query: Query, registry_url: str) -> frozenset[str]:
    """Every claim that a query could be answered with, in the words of a registration.

    Raises OverAsking for a credential query that names no claims, which asks for all of them, or
    none of our types.
    """
    return frozenset(
        attribute_name(credential_type, path_in_type(item, claim.path))
        for item in query.credentials
        for credential_type in _types(item, registry_url)
        for claim in item.claims
    )


def asked_types(item: CredentialQuery, registry_url: str) -> tuple[CredentialType, ...]:
    """The types that would answer one credential query; at least one. Raises OverAsking for one
    that is unknown, and for a format that is: nobody could be registered for it."""
    try:
        if item.format == CredentialFormat.SD_JWT_VC:
            types = tuple(identify(vct, (), registry_url) for vct in item.vct_values)
        else:
            types = tuple(_w3c_type(names, registry_url) for names in item.type_values)
    except UnknownType as error:
        raise OverAsking("the question is for a type that is not in the catalogue") from error
    if not types:
        raise OverAsking("the question is for a format that is not issued here")
    return types


def path_in_type(item: CredentialQuery, path: ClaimPath) -> ClaimPath:
    """A claim's path as its type names it, whatever the format. Raises OverAsking."""
    if item.format == CredentialFormat.SD_JWT_VC:
        return path
    if len(path) < 2 or path[0] != SUBJECT:
        raise OverAsking("the question is for a part of the credential that is not a claim")
    return path[1:]


def _types(item: CredentialQuery, registry_url: str) -> tuple[CredentialType, ...]:
    if not item.claims:
        raise OverAsking("a question that names no claims asks for all of them")
    return asked_types(item, registry_url)


def _w3c_type(names: tuple[str, ...], registry_url: str) -> CredentialType:
    """A set of expanded type names; ours expands to the type's own address."""
    own = [name for name in names if name not in _GENERIC_TYPES]
    if len(own) != 1:
        raise UnknownType("a credential here has one type of its own")
    return identify(own[0], (), registry_url)
