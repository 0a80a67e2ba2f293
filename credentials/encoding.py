"""Text forms of bytes: base64url, base58btc, multibase. Every decoder accepts one spelling only.

Two spellings of one value would give two hashes, two cache keys and two verdicts, so padding,
white space and non-canonical trailing bits are refused rather than tolerated.
"""

import base64
import binascii
from typing import Final

from credentials.errors import Malformed, TooLarge

MAX_BASE58_CHARS: Final = (
    256  # decoding is quadratic; the longest value in use is a 64-byte signature
)

_BASE58: Final = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
_BASE58_PAIRS: Final = [left + right for left in _BASE58 for right in _BASE58]
_BASE58_VALUE: Final = {character: value for value, character in enumerate(_BASE58)}


def encode_base64url(data: bytes) -> str:
    """Write bytes in base64url without padding. RFC 7515 appendix C."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode("ascii")


def decode_base64url(text: str) -> bytes:
    """Read unpadded base64url.

    Raises Malformed for padding, any other character, an impossible length or non-zero unused
    bits. Spec: RFC 4648 §3.5 and §5, RFC 7515 §2.
    """
    rest = len(text) % 4
    if rest and text[-1] not in _LAST_CHARACTERS[rest]:
        raise Malformed("base64url of an impossible length or with unused bits set")
    try:
        data = text.encode("ascii").translate(_TO_STANDARD) + _PADDING[rest]
        return binascii.a2b_base64(data, strict_mode=True)
    except ValueError as error:
        raise Malformed("not base64url without padding") from error


# The characters of the standard alphabet that are foreign to base64url, and padding, become a byte
# that no alphabet has.
_TO_STANDARD: Final = bytes.maketrans(b"-_+/=", b"+/\0\0\0")
# By how far the length is beyond a multiple of four: what is missing, and what may stand last, so
# that the unused bits are zero.
_PADDING: Final = (b"", b"", b"==", b"=")
_LAST_CHARACTERS: Final = ("", "", "AQgw", "AEIMQUYcgkosw048")


def encode_base58(data: bytes) -> str:
    """Write bytes in base58btc, keeping each leading zero byte as a leading `1`."""
    number = int.from_bytes(data)
    pairs = []
    while number:  # Two digits at a time: dividing a long number is what costs.
        number, pair = divmod(number, 58 * 58)
        pairs.append(_BASE58_PAIRS[pair])
    zeros = len(data) - len(data.lstrip(b"\0"))
    return "1" * zeros + "".join(reversed(pairs)).removeprefix("1")


def decode_base58(text: str) -> bytes:
    """Read base58btc of at most 256 characters.

    Raises TooLarge beyond that, Malformed for a character outside the alphabet.
    """
    if len(text) > MAX_BASE58_CHARS:
        raise TooLarge("base58 text is too long")
    number = 0
    try:
        for character in text:
            number = number * 58 + _BASE58_VALUE[character]
    except KeyError as error:
        raise Malformed("not base58btc") from error
    zeros = len(text) - len(text.lstrip("1"))
    return bytes(zeros) + number.to_bytes((number.bit_length() + 7) // 8)


def encode_multibase(data: bytes) -> str:
    """Write bytes as multibase base58btc: `z` and base58. Spec: Controlled Identifiers 1.0 §2.4."""
    return "z" + encode_base58(data)


def decode_multibase(text: str) -> bytes:
    """Read multibase base58btc (`z`); every other base is Malformed, as no suite here uses one."""
    if not text.startswith("z"):
        raise Malformed("not multibase base58btc: it must start with z")
    return decode_base58(text[1:])
