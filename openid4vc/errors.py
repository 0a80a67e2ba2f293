"""The protocols' own words for a refusal: one leaf for each that an endpoint of ours answers.

RFC 6749 §5.2, RFC 6750 §3.1, OpenID4VCI 1.0 §6.3 and §8.3.1, OpenID4VP 1.0 §8.5.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar, Final

from credentials.claims import Claims
from credentials.errors import Error, Malformed
from credentials.json_object import parse_object

MAX_ERROR_BYTES: Final = 16 * 1024
MAX_ERROR_CHARS: Final = 64
MAX_DESCRIPTION_CHARS: Final = 1000

_NOT_IN_ERROR: Final = re.compile(r"[^\x20\x21\x23-\x5B\x5D-\x7E]")


class OAuthCode(StrEnum):
    """The error codes that we send: the issuer to a wallet, the wallet to a verifier."""

    INVALID_REQUEST = "invalid_request"
    INVALID_CLIENT = "invalid_client"
    INVALID_GRANT = "invalid_grant"
    INVALID_SCOPE = "invalid_scope"
    UNAUTHORIZED_CLIENT = "unauthorized_client"
    UNSUPPORTED_GRANT_TYPE = "unsupported_grant_type"
    INVALID_TOKEN = "invalid_token"  # noqa: S105 - an error code
    INVALID_CREDENTIAL_REQUEST = "invalid_credential_request"
    UNKNOWN_CREDENTIAL_CONFIGURATION = "unknown_credential_configuration"
    UNKNOWN_CREDENTIAL_IDENTIFIER = "unknown_credential_identifier"
    INVALID_PROOF = "invalid_proof"
    INVALID_NONCE = "invalid_nonce"
    INVALID_ENCRYPTION_PARAMETERS = "invalid_encryption_parameters"
    CREDENTIAL_REQUEST_DENIED = "credential_request_denied"
    ACCESS_DENIED = "access_denied"
    VP_FORMATS_NOT_SUPPORTED = "vp_formats_not_supported"
    INVALID_REQUEST_URI_METHOD = "invalid_request_uri_method"
    INVALID_TRANSACTION_DATA = "invalid_transaction_data"
    WALLET_UNAVAILABLE = "wallet_unavailable"


class OAuthError(Error):
    """A refusal that the protocol has a word for: `error`, sent with the HTTP status `status`."""

    code = "oauth-error"
    error: ClassVar[OAuthCode]
    status: ClassVar[int] = 400

    @property
    def description(self) -> str:
        """The detail as `error_description` may carry it.

        The specification allows printable ASCII without quotes and backslashes; a detail may hold
        a member name that a stranger chose, so every other character becomes a question mark.
        """
        return _NOT_IN_ERROR.sub("?", self.detail)[:MAX_DESCRIPTION_CHARS]

    def to_json(self) -> Claims:
        """The body of the error response. Spec: RFC 6749 §5.2, OpenID4VCI 1.0 §8.3.1.2."""
        return {"error": self.error.value, "error_description": self.description}


class InvalidRequest(OAuthError):
    """A parameter is missing, repeated or malformed, or a tx_code is missing or unexpected."""

    code = "invalid-request"
    error = OAuthCode.INVALID_REQUEST


class InvalidGrant(OAuthError):
    """The code is wrong, used or expired, or the transaction code is wrong."""

    code = "invalid-grant"
    error = OAuthCode.INVALID_GRANT


class UnsupportedGrantType(OAuthError):
    """The token endpoint has no such grant type."""

    code = "unsupported-grant-type"
    error = OAuthCode.UNSUPPORTED_GRANT_TYPE


class InvalidToken(OAuthError):
    """The access token is missing, malformed, expired, or not for this credential."""

    code = "invalid-token"
    error = OAuthCode.INVALID_TOKEN
    status = 401


class InvalidCredentialRequest(OAuthError):
    """The credential request is malformed, or lacks or repeats what it must say once."""

    code = "invalid-credential-request"
    error = OAuthCode.INVALID_CREDENTIAL_REQUEST


class UnknownCredentialConfiguration(OAuthError):
    """The issuer has no such credential configuration."""

    code = "unknown-credential-configuration"
    error = OAuthCode.UNKNOWN_CREDENTIAL_CONFIGURATION


class UnknownCredentialIdentifier(OAuthError):
    """The access token allows no credential with this identifier."""

    code = "unknown-credential-identifier"
    error = OAuthCode.UNKNOWN_CREDENTIAL_IDENTIFIER


class InvalidProof(OAuthError):
    """A key proof is missing, malformed, unsigned, for another issuer, or has no nonce."""

    code = "invalid-proof"
    error = OAuthCode.INVALID_PROOF


class InvalidNonce(OAuthError):
    """A key proof is fine but for its nonce, which is not ours or is spent: fetch a new one."""

    code = "invalid-nonce"
    error = OAuthCode.INVALID_NONCE


class InvalidEncryptionParameters(OAuthError):
    """The encryption that the wallet asks for is malformed or not offered."""

    code = "invalid-encryption-parameters"
    error = OAuthCode.INVALID_ENCRYPTION_PARAMETERS


class CredentialRequestDenied(OAuthError):
    """This credential will not be issued; asking again does not help."""

    code = "credential-request-denied"
    error = OAuthCode.CREDENTIAL_REQUEST_DENIED


@contextmanager
def refused_as(leaf: type[OAuthError]) -> Iterator[None]:
    """Turn any refusal of the pure core inside the block into the one that the endpoint answers."""
    try:
        yield
    except OAuthError:
        raise
    except Error as refusal:
        raise leaf(refusal.detail) from refusal


@dataclass(frozen=True, slots=True, kw_only=True)
class ErrorResponse:
    """A refusal that somebody else's endpoint answered.

    error: their code, which may be one that we do not know; description: their text, for a log.
    """

    error: str
    description: str | None


def parse_error_response(data: bytes) -> ErrorResponse:
    """Read the error response of a token, nonce or credential endpoint. Raises Malformed.

    Spec: RFC 6749 §5.2, OpenID4VCI 1.0 §8.3.1.2.
    """
    body = parse_object(data, max_bytes=MAX_ERROR_BYTES)
    return ErrorResponse(
        error=parse_error_code(body.text("error")),
        description=body.text_or_none("error_description", max_chars=MAX_DESCRIPTION_CHARS),
    )


def parse_error_code(text: str) -> str:
    """Read an `error` value of any specification. Raises Malformed. Spec: RFC 6749 §5.2."""
    if not 0 < len(text) <= MAX_ERROR_CHARS or _NOT_IN_ERROR.search(text):
        raise Malformed("error must be 1 to 64 printable ASCII characters")
    return text
