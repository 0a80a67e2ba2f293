"""Token request and response for the pre-authorized code grant, and the token in a header.

OpenID4VCI 1.0 §6, RFC 6749 §5.1, RFC 6750 §2.1.
"""

import re
from dataclasses import dataclass
from typing import Final

from credentials.claims import Claims
from credentials.errors import Malformed, Unsupported
from credentials.json_object import parse_object
from openid4vc.errors import InvalidRequest, InvalidToken, UnsupportedGrantType, refused_as
from openid4vc.form import encode_form, parse_form
from openid4vc.offer import MAX_CODE_CHARS, MAX_TX_CODE_CHARS, PRE_AUTHORIZED_CODE

MAX_TOKEN_REQUEST_BYTES: Final = 64 * 1024  # authorization_details may be long; they are not read
MAX_TOKEN_RESPONSE_BYTES: Final = 64 * 1024
MAX_TOKEN_CHARS: Final = 8 * 1024
MAX_CLIENT_ID_CHARS: Final = 512

# b64token of RFC 6750 §2.1: nothing that could end a header line.
_TOKEN: Final = re.compile(r"[A-Za-z0-9\-._~+/]+=*")


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenRequest:
    """A wallet redeems a pre-authorized code.

    client_id: None when the wallet stays anonymous; then its key proofs carry no `iss`.
    """

    code: str
    tx_code: str | None
    client_id: str | None

    def to_form(self) -> bytes:
        """The body of the request. Spec: OpenID4VCI 1.0 §6.1."""
        fields = {"grant_type": PRE_AUTHORIZED_CODE, "pre-authorized_code": self.code}
        if self.tx_code is not None:
            fields["tx_code"] = self.tx_code
        if self.client_id is not None:
            fields["client_id"] = self.client_id
        return encode_form(fields)


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenResponse:
    """A bearer token. expires_in: seconds from now, None if the server does not say."""

    access_token: str
    expires_in: int | None

    def to_json(self) -> Claims:
        """The body of the response, without `c_nonce`: the nonce endpoint gives that.

        `authorization_details` stay away as well, because wallets that get them go on to send
        `credential_configuration_id`, which a strict issuer then has to refuse.
        Spec: RFC 6749 §5.1, OpenID4VCI 1.0 §6.2.
        """
        body: Claims = {"access_token": self.access_token, "token_type": "Bearer"}
        if self.expires_in is not None:
            body["expires_in"] = self.expires_in
        return body


def parse_token_request(body: bytes) -> TokenRequest:
    """Read a token request. Raises InvalidRequest or UnsupportedGrantType.

    Unknown fields (`resource`, the drafts' `user_pin`, …) are ignored, repeated ones refused.
    Whether a `tx_code` had to come or had to stay away is for whoever knows the offer.
    Spec: OpenID4VCI 1.0 §6.1, RFC 6749 §3.2.
    """
    with refused_as(InvalidRequest):
        form = parse_form(body, max_bytes=MAX_TOKEN_REQUEST_BYTES)
        if form.text("grant_type") != PRE_AUTHORIZED_CODE:
            raise UnsupportedGrantType("only the pre-authorized code grant is offered here")
        return TokenRequest(
            code=form.text("pre-authorized_code", max_chars=MAX_CODE_CHARS),
            tx_code=form.text_or_none("tx_code", max_chars=MAX_TX_CODE_CHARS),
            client_id=form.text_or_none("client_id", max_chars=MAX_CLIENT_ID_CHARS),
        )


def parse_token_response(data: bytes) -> TokenResponse:
    """Read a token response. Raises Malformed, or Unsupported for a token that is not a bearer's.

    Spec: RFC 6749 §5.1, OpenID4VCI 1.0 §6.2.
    """
    body = parse_object(data, max_bytes=MAX_TOKEN_RESPONSE_BYTES)
    if body.text("token_type").lower() != "bearer":  # case does not count: RFC 6749 §5.1
        raise Unsupported("the access token is not a bearer token")
    expires_in = body.integer_or_none("expires_in")
    if expires_in is not None and expires_in <= 0:
        raise Malformed("expires_in must be a positive number of seconds")
    return TokenResponse(access_token=_token(body.text("access_token")), expires_in=expires_in)


def parse_authorization(header: str | None) -> str:
    """The bearer token of an `Authorization` header, None if there was none. Raises InvalidToken.

    Spec: RFC 6750 §2.1; a token in the body or the query (§2.2, §2.3) is not looked for.
    """
    scheme, _, token = (header or "").partition(" ")
    if scheme.lower() != "bearer":
        raise InvalidToken("this endpoint needs Authorization: Bearer")
    with refused_as(InvalidToken):
        return _token(token)


def _token(text: str) -> str:
    if len(text) > MAX_TOKEN_CHARS or not _TOKEN.fullmatch(text):
        raise Malformed("the access token is not a bearer token's text")
    return text
