"""Base45: bytes in the characters that a QR code holds densest. RFC 9285."""

from typing import Final

from credentials.errors import Malformed

_CHARACTERS: Final = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:"
_VALUES: Final = {character: value for value, character in enumerate(_CHARACTERS)}


def encode_base45(data: bytes) -> str:
    """Write bytes: three characters for two of them, two for a last one. RFC 9285 §4."""
    text = []
    for at in range(0, len(data), 2):
        pair = data[at : at + 2]
        value = int.from_bytes(pair)
        for _ in range(len(pair) + 1):
            value, digit = divmod(value, 45)
            text.append(_CHARACTERS[digit])
    return "".join(text)


def decode_base45(text: str) -> bytes:
    """Read base45; the caller bounds its length.

    Raises Malformed for another character, length or value. RFC 9285 §4.2, §6.
    """
    return b"".join(_decode(text[at : at + 3]) for at in range(0, len(text), 3))


def _decode(digits: str) -> bytes:
    if len(digits) == 1:
        raise Malformed("base45 of an impossible length")
    value = 0
    for character in reversed(digits):
        if character not in _VALUES:
            raise Malformed("not base45")
        value = value * 45 + _VALUES[character]
    size = len(digits) - 1
    if value >= 256**size:
        raise Malformed("a group of base45 is too large for its bytes")
    return value.to_bytes(size)
