"""Credential Issuer Metadata: what an issuer issues, and where. OpenID4VCI 1.0 §12.2."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from credentials.claims import Claims
from credentials.errors import Malformed, Unsupported
from credentials.json_object import JsonObject, parse_object
from openid4vc.credential_configuration import CredentialConfiguration, parse_configuration
from openid4vc.display import Display, parse_displays
from openid4vc.https_url import parse_endpoint, parse_identifier, well_known_url
from openid4vc.offer import MAX_CONFIGURATION_ID_CHARS

MAX_METADATA_BYTES: Final = 1024 * 1024  # what the outbound client fetches at most
MAX_CONFIGURATIONS: Final = 256
MAX_AUTHORIZATION_SERVERS: Final = 16


@dataclass(frozen=True, slots=True, kw_only=True)
class IssuerMetadata:
    """What an issuer publishes about itself.

    authorization_servers: empty when the issuer is its own; nonce_endpoint: None when key proofs
    need no nonce; batch_size: how many key proofs one request may hold, 1 without batches.
    configurations: by configuration id. other_formats: the ids of those whose format is not known
    here, so that nothing is left out in silence.
    """

    credential_issuer: str
    authorization_servers: tuple[str, ...]
    credential_endpoint: str
    nonce_endpoint: str | None
    batch_size: int
    display: tuple[Display, ...]
    configurations: Mapping[str, CredentialConfiguration]
    other_formats: frozenset[str] = frozenset()

    def get_configuration(self, configuration_id: str) -> CredentialConfiguration:
        """The configuration that an offer names. Raises Unsupported for a format not known here,
        Malformed if the issuer has none of that name."""
        if configuration_id in self.other_formats:
            raise Unsupported("the offered credential is in a format that is not known here")
        if configuration_id not in self.configurations:
            raise Malformed("the offer names a credential that the issuer's metadata does not have")
        return self.configurations[configuration_id]

    def authorization_server(self, offered: str | None) -> str:
        """Where the token comes from; `offered` is `authorization_server` of an offer's grant.

        Raises Malformed if the offer names one that the metadata does not list, or has to name one
        of several and does not. Spec: OpenID4VCI 1.0 §4.1.1, §12.2.4.
        """
        if offered is not None and offered not in self.authorization_servers:
            raise Malformed("the offer's authorization_server is not in the issuer's metadata")
        candidates = (offered,) if offered else self.authorization_servers
        if len(candidates) > 1:
            raise Malformed("the offer does not say which authorization server to use")
        return candidates[0] if candidates else self.credential_issuer

    def to_json(self) -> Claims:
        """The metadata document. Spec: OpenID4VCI 1.0 §12.2.4."""
        document: Claims = {
            "credential_issuer": self.credential_issuer,
            "credential_endpoint": self.credential_endpoint,
            "credential_configurations_supported": {
                name: configuration.to_json() for name, configuration in self.configurations.items()
            },
        }
        if self.authorization_servers:
            document["authorization_servers"] = list(self.authorization_servers)
        if self.nonce_endpoint is not None:
            document["nonce_endpoint"] = self.nonce_endpoint
        if self.batch_size > 1:
            document["batch_credential_issuance"] = {"batch_size": self.batch_size}
        if self.display:
            document["display"] = [display.to_json() for display in self.display]
        return document


def issuer_metadata_url(credential_issuer: str) -> str:
    """Where an issuer's metadata stands. Raises Malformed. Spec: OpenID4VCI 1.0 §12.2.2."""
    return well_known_url(credential_issuer, "openid-credential-issuer")


def parse_issuer_metadata(data: bytes, *, credential_issuer: str) -> IssuerMetadata:
    """Read the metadata of exactly this issuer; unknown members are ignored, as §12.2.4 demands.

    Raises Malformed if the document says it is another's (a character is enough), or is not what
    the specification says; TooLarge beyond 1 MiB.
    """
    document = parse_object(data, max_bytes=MAX_METADATA_BYTES)
    if document.text("credential_issuer") != credential_issuer:
        raise Malformed("the metadata is another issuer's")
    nonce_endpoint = document.text_or_none("nonce_endpoint")
    known, other = _configurations(document.object("credential_configurations_supported"))
    return IssuerMetadata(
        credential_issuer=parse_identifier(credential_issuer),
        authorization_servers=_authorization_servers(document),
        credential_endpoint=parse_endpoint(document.text("credential_endpoint")),
        nonce_endpoint=None if nonce_endpoint is None else parse_endpoint(nonce_endpoint),
        batch_size=_batch_size(document),
        display=parse_displays(document),
        configurations=known,
        other_formats=other,
    )


def _configurations(
    members: JsonObject,
) -> tuple[dict[str, CredentialConfiguration], frozenset[str]]:
    names = list(members)
    if len(names) > MAX_CONFIGURATIONS:
        raise Malformed(f"an issuer has at most {MAX_CONFIGURATIONS} credential configurations")
    if any(not 0 < len(name) <= MAX_CONFIGURATION_ID_CHARS for name in names):
        raise Malformed("a credential configuration id has 1 to 256 characters")
    parsed = {name: parse_configuration(members.object(name)) for name in names}
    known = {name: configuration for name, configuration in parsed.items() if configuration}
    return known, frozenset(parsed.keys() - known.keys())


def _authorization_servers(document: JsonObject) -> tuple[str, ...]:
    if "authorization_servers" not in document:
        return ()
    servers = document.texts("authorization_servers", max_items=MAX_AUTHORIZATION_SERVERS)
    if not servers:
        raise Malformed("authorization_servers must not be empty")
    return tuple(parse_identifier(server) for server in servers)


def _batch_size(document: JsonObject) -> int:
    batch = document.object_or_none("batch_credential_issuance")
    size = 1 if batch is None else batch.integer("batch_size")
    if batch is not None and size < 2:
        raise Malformed("batch_size must be 2 or more")
    return size
