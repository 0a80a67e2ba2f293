"""`POST /wallet/relay`: passes one message of a wallet page on, and stores and logs nothing of it.

    {"method": "POST", "url": "https://…/token", "accept": ["application/json"],
     "content_type": "application/x-www-form-urlencoded", "body": "…", "bearer": "…"}

The answer's body is what the other side said; its status and media type stand in two headers. Only
pages of ours are served, and only to the registry and to whom the registry knows.
"""

from typing import Final

from flask import Blueprint, Response

from credentials.errors import Malformed, Unsupported
from credentials.json_object import JsonObject
from wallet.errors import RelayRefused
from wallet.relay_targets import check_target, origin_of
from wallet.web.service import WalletService, wallet_service
from web.bodies import read_json
from web.fetched import Fetched
from web.flood import limited
from web.outbound import FORM, JSON
from web.same_origin import same_origin_only

MAX_MESSAGE_BYTES: Final = 1536 * 1024  # a presentation of 1 MiB, escaped as JSON escapes it
MAX_BODY_CHARS: Final = 1024 * 1024
MAX_ANSWER_BYTES: Final = 4 * 1024 * 1024  # a full bundle of 256 leaves of the log
MAX_BEARER_CHARS: Final = 8 * 1024
MAX_ACCEPTED_TYPES: Final = 4
MAX_TYPE_CHARS: Final = 100
CONTENT_TYPES: Final = frozenset({FORM, JSON})

STATUS_HEADER: Final = "X-Relayed-Status"
TYPE_HEADER: Final = "X-Relayed-Type"

bp = Blueprint("wallet_relay", __name__)
same_origin_only(bp)


@bp.post("/wallet/relay")
@limited("wallet-relay", per_minute=600)
def relay() -> Response:
    """Send what a page of the wallet wants sent, and give back what was answered."""
    service = wallet_service()
    message = read_json(MAX_MESSAGE_BYTES)
    message.only("method", "url", "accept", "content_type", "body", "bearer")
    _check_reach(message.text("url"), service)
    fetched = _send(message, service)
    return Response(
        fetched.body,
        mimetype="application/octet-stream",
        headers={STATUS_HEADER: str(fetched.status), TYPE_HEADER: fetched.content_type},
    )


def _check_reach(url: str, service: WalletService) -> None:
    origin = origin_of(url)
    if origin == str(service.own_origin):
        raise RelayRefused("a page of ours asks our own addresses itself")
    if origin != origin_of(service.anchor.registry_url):
        now = service.clock()
        check_target(url, service.registry.view(now), now)


def _send(message: JsonObject, service: WalletService) -> Fetched:
    url = message.text("url")
    accept = message.texts("accept", max_items=MAX_ACCEPTED_TYPES)
    if not accept or any(len(one) > MAX_TYPE_CHARS for one in accept):
        raise Malformed("accept names one to four media types")
    bearer = message.text_or_none("bearer", max_chars=MAX_BEARER_CHARS)
    match message.text("method"):
        case "GET":
            return service.outbound.get(
                url, accept=accept, bearer=bearer, max_bytes=MAX_ANSWER_BYTES
            )
        case "POST":
            content_type = message.text("content_type")
            if content_type not in CONTENT_TYPES:
                raise Unsupported("a wallet sends forms and JSON, and nothing else")
            body = message.text_or_none("body", max_chars=MAX_BODY_CHARS) or ""
            return service.outbound.post(
                url,
                body.encode("utf-8"),
                content_type=content_type,
                accept=accept,
                bearer=bearer,
                max_bytes=MAX_ANSWER_BYTES,
            )
        case _:
            raise Unsupported("only GET and POST are passed on")
