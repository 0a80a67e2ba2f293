"""The nonce endpoint's answer; its request is an empty POST. OpenID4VCI 1.0 §7."""

from dataclasses import dataclass
from typing import Final

from credentials.claims import Claims
from credentials.json_object import parse_object

MAX_NONCE_RESPONSE_BYTES: Final = 4 * 1024
MAX_NONCE_CHARS: Final = 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class NonceResponse:
    """A fresh challenge for key proofs; sent with `Cache-Control: no-store`."""

    c_nonce: str

    def to_json(self) -> Claims:
        """The body of the response. Spec: OpenID4VCI 1.0 §7.2."""
        return {"c_nonce": self.c_nonce}


def parse_nonce_response(data: bytes) -> NonceResponse:
    """Read a nonce response. Raises Malformed or TooLarge. Spec: OpenID4VCI 1.0 §7.2."""
    body = parse_object(data, max_bytes=MAX_NONCE_RESPONSE_BYTES)
    return NonceResponse(c_nonce=body.text("c_nonce", max_chars=MAX_NONCE_CHARS))
