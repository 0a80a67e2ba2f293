"""Standard base64 with padding, one spelling per value: the text form of hashes in C2SP formats."""

import base64
import binascii

from credentials.errors import Malformed
from did_registry.tlog.merkle import DIGEST_BYTES


def encode_base64(data: bytes) -> str:
    """Write bytes in standard base64, padded. RFC 4648 §4."""
    return base64.b64encode(data).decode("ascii")


def decode_base64(text: str) -> bytes:
    """Read standard base64, padded and canonical. Raises Malformed for every other spelling."""
    try:
        data = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError) as error:
        raise Malformed("not standard base64") from error
    if encode_base64(data) != text:
        raise Malformed("base64 in a spelling that is not the canonical one")
    return data


def decode_digest(text: str) -> bytes:
    """Read a SHA-256 value in standard base64: 32 bytes. Raises Malformed."""
    digest = decode_base64(text)
    if len(digest) != DIGEST_BYTES:
        raise Malformed("a SHA-256 value has 32 bytes")
    return digest
