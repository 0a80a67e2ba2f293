"""Authorization Server Metadata, as far as the pre-authorized code grant needs it.

RFC 8414 §2 and §3, OpenID4VCI 1.0 §12.3.
"""

from dataclasses import dataclass
from typing import Final

from credentials.claims import Claims
from credentials.errors import Malformed
from credentials.json_object import JsonObject, parse_object
from openid4vc.https_url import parse_endpoint, parse_identifier, well_known_url

MAX_METADATA_BYTES: Final = 256 * 1024
MAX_METHODS: Final = 64

_ANONYMOUS: Final = "pre-authorized_grant_anonymous_access_supported"
# RFC 8414 §2, for a server that does not say.
_DEFAULT_GRANT_TYPES: Final = ("authorization_code", "implicit")
_DEFAULT_AUTH_METHODS: Final = ("client_secret_basic",)


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerMetadata:
    """What an authorization server publishes about its token endpoint.

    anonymous_pre_authorized: whether a wallet may redeem a pre-authorized code without `client_id`.
    """

    issuer: str
    token_endpoint: str
    grant_types: tuple[str, ...]
    token_endpoint_auth_methods: tuple[str, ...]
    anonymous_pre_authorized: bool

    def to_json(self) -> Claims:
        """The metadata document.

        `response_types_supported` is left out, which §12.3 allows a server without authorization
        endpoint. The authentication methods are always told: wallets take silence for a demand of
        a client secret.
        """
        return {
            "issuer": self.issuer,
            "token_endpoint": self.token_endpoint,
            "grant_types_supported": list(self.grant_types),
            "token_endpoint_auth_methods_supported": list(self.token_endpoint_auth_methods),
            _ANONYMOUS: self.anonymous_pre_authorized,
        }


def server_metadata_url(issuer: str) -> str:
    """Where a server's metadata stands; a final `/` of the issuer is dropped first.

    Raises Malformed. Spec: RFC 8414 §3.1.
    """
    return well_known_url(issuer.removesuffix("/"), "oauth-authorization-server")


def parse_server_metadata(data: bytes, *, issuer: str) -> ServerMetadata:
    """Read the metadata of exactly this server; unknown members are ignored.

    Raises Malformed if the document says it is another's, or is not what RFC 8414 says.
    """
    document = parse_object(data, max_bytes=MAX_METADATA_BYTES)
    if document.text("issuer") != issuer:
        raise Malformed("the metadata is another authorization server's")
    return ServerMetadata(
        issuer=parse_identifier(issuer),
        token_endpoint=parse_endpoint(document.text("token_endpoint")),
        grant_types=_texts_or(document, "grant_types_supported", _DEFAULT_GRANT_TYPES),
        token_endpoint_auth_methods=_texts_or(
            document, "token_endpoint_auth_methods_supported", _DEFAULT_AUTH_METHODS
        ),
        anonymous_pre_authorized=document.boolean_or_none(_ANONYMOUS) or False,
    )


def _texts_or(document: JsonObject, name: str, default: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(document.texts(name, max_items=MAX_METHODS)) if name in document else default
