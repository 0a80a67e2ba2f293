"""What an agency issues, in the words of OpenID4VCI: configurations and metadata."""

from collections.abc import Collection
from typing import Final

from credentials.claims import Claims
from credentials.errors import Malformed
from credentials.json_object import JsonObject
from credentials.securing import mechanisms
from credentials.securing.mechanism import Mechanism
from credentials.vcdm import BASE_CONTEXT, CREDENTIAL
from issuer.agency import Agency
from issuer.errors import TypeNotIssued
from openid4vc.credential_configuration import (
    CredentialConfiguration,
    CredentialFormat,
    parse_configuration,
)
from openid4vc.display import Display
from openid4vc.key_proof import BindingMethod
from openid4vc.metadata import IssuerMetadata
from openid4vc.offer import PRE_AUTHORIZED_CODE
from openid4vc.server_metadata import ServerMetadata
from schemas.catalogue import get, type_url
from schemas.credential_metadata import credential_metadata
from schemas.credential_type import Audience, Binding, CredentialType
from schemas.jsonld_context import context_path

MAX_PROOFS: Final = 10  # copies of one credential that a wallet may fetch at once, unlinkable


def configuration_id(credential_type: CredentialType, mechanism: Mechanism) -> str:
    """The credential configuration id: `SeoulResidencyCredential.dc+sd-jwt`."""
    return f"{credential_type.name}.{mechanism.format}"


def binding_methods(mechanism: Mechanism) -> tuple[BindingMethod, ...]:
    """How a wallet may name its key: a dc+sd-jwt is bound to a bare key, a W3C credential to a
    subject that has an identifier."""
    if mechanism.format == CredentialFormat.SD_JWT_VC:
        return (BindingMethod.JWK,)
    return (BindingMethod.DID_KEY, BindingMethod.DID_JWK)


def issued_types(permissions: Collection[str]) -> tuple[CredentialType, ...]:
    """The types that an accreditation lets its agency put into wallets, by name."""
    names = sorted({permission.partition("/")[0] for permission in permissions})
    types = (get(name) for name in names)
    return tuple(found for found in types if found.audience is Audience.HOLDER)


def issuer_metadata(
    agency: Agency, permissions: Collection[str], *, display: tuple[Display, ...], registry_url: str
) -> IssuerMetadata:
    """The Credential Issuer Metadata of an agency.

    permissions: the `allowedTypes` of its accreditation. Spec: OpenID4VCI 1.0 §12.2.4.
    """
    return IssuerMetadata(
        credential_issuer=agency.credential_issuer,
        authorization_servers=(),
        credential_endpoint=agency.endpoint("credential"),
        nonce_endpoint=agency.endpoint("nonce"),
        batch_size=MAX_PROOFS,
        display=display,
        configurations={
            configuration_id(found, mechanisms()[name]): _configuration(
                found, mechanisms()[name], registry_url
            )
            for found in issued_types(permissions)
            for name in found.mechanisms
        },
    )


def server_metadata(agency: Agency) -> ServerMetadata:
    """The Authorization Server Metadata of an agency. Spec: RFC 8414 §2."""
    return ServerMetadata(
        issuer=agency.credential_issuer,
        token_endpoint=agency.endpoint("token"),
        grant_types=(PRE_AUTHORIZED_CODE,),
        token_endpoint_auth_methods=("none",),
        anonymous_pre_authorized=True,
    )


def get_mechanism(credential_type: CredentialType, credential_format: str | None) -> Mechanism:
    """The mechanism for a format, the type's first one if none is wished. Raises TypeNotIssued."""
    for name in credential_type.mechanisms:
        if credential_format in {None, mechanisms()[name].format}:
            return mechanisms()[name]
    raise TypeNotIssued("the type is not issued in this format")


def _configuration(
    credential_type: CredentialType, mechanism: Mechanism, registry_url: str
) -> CredentialConfiguration:
    document: Claims = {
        "format": mechanism.format,
        "credential_metadata": credential_metadata(credential_type, mechanism.format),
        "scope": configuration_id(credential_type, mechanism),
        "credential_signing_alg_values_supported": [_signing_algorithm(mechanism)],
        **_type_members(credential_type, mechanism, registry_url),
    }
    if credential_type.binding is Binding.HOLDER_KEY:
        algorithms = [key_type.value for key_type in mechanism.holder_key_types]
        document["cryptographic_binding_methods_supported"] = [
            method.value for method in binding_methods(mechanism)
        ]
        document["proof_types_supported"] = {
            "jwt": {"proof_signing_alg_values_supported": list(algorithms)}
        }
    configuration = parse_configuration(JsonObject(document))
    if configuration is None:
        raise Malformed("a type names a format that OpenID4VCI messages do not know here")
    return configuration


def _signing_algorithm(mechanism: Mechanism) -> str:
    """JOSE formats name the algorithm, Data Integrity the suite. OpenID4VCI 1.0 appendix A."""
    if mechanism.format == CredentialFormat.LDP_VC:
        return mechanism.name
    return mechanism.key_types[0].value


def _type_members(
    credential_type: CredentialType, mechanism: Mechanism, registry_url: str
) -> Claims:
    if mechanism.format == CredentialFormat.SD_JWT_VC:
        return {"vct": type_url(credential_type, registry_url)}
    context = f"{registry_url}/{context_path(credential_type)}"
    return {
        "credential_definition": {
            "@context": [BASE_CONTEXT, context],
            "type": [CREDENTIAL, credential_type.name],
        }
    }
