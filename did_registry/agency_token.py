"""The token with which an agency's own software may offer new entries of the agency's DID.

It keeps strangers from making us verify what they send; that an entry counts is shown by its
signature alone. Only its digest is kept.
"""

import hashlib
import re
from datetime import timedelta
from typing import Final

from credentials.encoding import encode_base64url
from did_registry.errors import TokenRefused

SECRET_BYTES: Final = 32
LIFETIME: Final = timedelta(days=365)

_PREFIX: Final = "gwr_"  # so that a secret scanner knows one that was published by mistake
_BEARER: Final = re.compile(r"Bearer (gwr_[A-Za-z0-9_-]{43})")


def build_token(secret: bytes) -> str:
    """The text of a token. secret: 32 random bytes."""
    return _PREFIX + encode_base64url(secret)


def digest_of(token: str) -> bytes:
    """What is kept of a token."""
    return hashlib.sha256(token.encode()).digest()


def parse_authorization(header: str | None) -> str:
    """The token in an Authorization header. Raises TokenRefused. Spec: RFC 6750 §2.1."""
    found = _BEARER.fullmatch(header or "")
    if found is None:
        raise TokenRefused("the request needs `Authorization: Bearer` and an agency's token")
    return found[1]
