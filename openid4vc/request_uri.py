"""Where a wallet gets a request object: the link that names its URL, and the POST that fetches it.

OpenID4VP 1.0 §5.1 (`request_uri_method`), §5.7, §5.10, RFC 9101 §5.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from credentials.errors import Malformed
from openid4vc.authorization_request import MAX_NONCE_CHARS
from openid4vc.errors import InvalidRequest, refused_as
from openid4vc.form import parse_form
from openid4vc.https_url import parse_endpoint
from openid4vc.wallet_link import build_wallet_link, parse_wallet_link

REQUEST_SCHEME: Final = "openid4vp"
HAIP_REQUEST_SCHEME: Final = "haip-vp"

MAX_CLIENT_ID_CHARS: Final = 2048
MAX_POST_BYTES: Final = 64 * 1024  # wallets put their metadata there

_SCHEMES: Final = frozenset({REQUEST_SCHEME, HAIP_REQUEST_SCHEME})


class RequestUriMethod(StrEnum):
    """How the wallet may fetch the request object; both values are case-sensitive. §5.1."""

    GET = "get"
    POST = "post"


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestLink:
    """What a QR code says: who asks, and where the signed request is.

    client_id: only a claim, until a request object with the same one has been verified.
    """

    client_id: str
    request_uri: str
    method: RequestUriMethod


def parse_request_link(link: str) -> RequestLink:
    """Read a link by `openid4vp:`, `haip-vp:` or to a web wallet, `https://wallet#…`.

    Everything in it but these three fields is ignored: a wallet must use only what is signed
    (§5.10.1). Raises Malformed or TooLarge.
    """
    fields = parse_wallet_link(link, schemes=_SCHEMES)
    method = fields.text_or_none("request_uri_method") or RequestUriMethod.GET  # RFC 9101 §5.2
    if method not in set(RequestUriMethod):
        raise Malformed("request_uri_method must be get or post")
    return RequestLink(
        client_id=fields.text("client_id", max_chars=MAX_CLIENT_ID_CHARS),
        request_uri=parse_endpoint(fields.text("request_uri")),
        method=RequestUriMethod(method),
    )


def build_request_link(link: RequestLink, wallet: str) -> str:
    """Write the link for a QR code: `wallet` is a scheme, or the address of a web wallet."""
    fields = {"client_id": link.client_id, "request_uri": link.request_uri}
    if link.method is RequestUriMethod.POST:
        fields["request_uri_method"] = link.method.value
    return build_wallet_link(wallet, fields)


def parse_request_uri_post(body: bytes) -> str | None:
    """The `wallet_nonce` of a wallet that fetches the request by POST; None if it sent none.

    An empty body will do, and wallet metadata in whatever shape is not read. Raises InvalidRequest.
    Spec: OpenID4VP 1.0 §5.10.
    """
    with refused_as(InvalidRequest):
        form = parse_form(body, max_bytes=MAX_POST_BYTES)
        return form.text_or_none("wallet_nonce", max_chars=MAX_NONCE_CHARS)
