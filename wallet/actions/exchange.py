"""One message to an issuer or verifier and its answer, with refusals as our own error."""

from typing import Final

from credentials.errors import Error
from openid4vc.errors import parse_error_response
from wallet.errors import CounterpartRefused
from web.fetched import Fetched
from web.outbound import Outbound

JSON: Final = "application/json"


def get_json(outbound: Outbound, url: str) -> bytes:
    """GET a JSON document. Raises CounterpartRefused, FetchRefused or FetchFailed."""
    return _body(outbound.get(url, accept=(JSON,)))


def post_form(outbound: Outbound, url: str, form: bytes) -> bytes:
    """POST form fields and return the JSON that is answered. Raises as `get_json`."""
    return _body(
        outbound.post(url, form, content_type="application/x-www-form-urlencoded", accept=(JSON,))
    )


def post_json(outbound: Outbound, url: str, body: bytes, *, bearer: str) -> bytes:
    """POST a JSON document with an access token. Raises as `get_json`."""
    return _body(outbound.post(url, body, content_type=JSON, accept=(JSON,), bearer=bearer))


def _body(fetched: Fetched) -> bytes:
    if fetched.status == 200:
        return fetched.body
    raise CounterpartRefused(f"the other side answered {fetched.status}{_reason(fetched.body)}")


def _reason(body: bytes) -> str:
    """The protocol's error code if there is one; a stranger's prose is not repeated."""
    try:
        return f": {parse_error_response(body).error}"
    except Error:
        return ""
