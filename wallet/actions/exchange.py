"""One message to an issuer or verifier and its answer, with refusals as our own error."""

from typing import Final

from credentials.errors import Error
from credentials.json_object import parse_object
from openid4vc.errors import MAX_ERROR_BYTES, parse_error_response
from wallet.errors import CounterpartRefused
from web.fetched import Fetched
from web.outbound import Outbound
from web.problem_rows import problems

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


def refusal(fetched: Fetched) -> CounterpartRefused:
    """What an answer other than a success says: its code, and no more of a stranger's prose."""
    named = _named_code(fetched.body)
    said = "" if named is None else f": {named}"
    return CounterpartRefused(
        f"the other side answered {fetched.status}{said}", reason=_reason(fetched.status, named)
    )


def _body(fetched: Fetched) -> bytes:
    if fetched.status == 200:
        return fetched.body
    raise refusal(fetched)


def _named_code(body: bytes) -> str | None:
    """The protocol's error code, or that of a problem document (RFC 9457)."""
    try:
        return parse_error_response(body).error
    except Error:
        pass
    try:
        code = parse_object(body, max_bytes=MAX_ERROR_BYTES).text("code")
    except Error:
        return None
    return code if code in problems() else None


def _reason(status: int, named: str | None) -> str | None:
    if status == 429 or status >= 500:
        return "unavailable"  # Whatever it was, it is theirs to mend, and may pass.
    row = problems().get((named or "").replace("_", "-"))
    return None if row is None or row.status >= 500 else row.code  # none about our own servers
