"""The citizen's QR code: a presentation for whoever scans it in the next two minutes.

    text          = "GWN1:" base45(zlib(presentation))
    presentation  = an SD-JWT+KB in compact form, ASCII (RFC 9901 §4)
    zlib(…)       = one zlib stream (RFC 1950) and nothing behind it, at most 64 KiB inflated
    base45(…)     = RFC 9285
    text          ≤ 4,296 characters, what the largest QR code holds in alphanumeric mode

The KB-JWT has `aud` "urn:gwanin:qr"; its `nonce` is the window's start, the minute in which it was
made, written as `2026-03-13T03:04:00Z`. The window lasts 120 seconds from there, and one minute's
leeway for clocks on either side. Nobody asked, so nothing proves freshness but time, and that a
verifier takes a code once. The browser's twin is `web/static/js/presentation_qr.js`.
"""

import re
import zlib
from datetime import datetime, timedelta
from typing import Final

from credentials.base45 import decode_base45, encode_base45
from credentials.data_integrity import format_timestamp, parse_timestamp
from credentials.errors import BindingInvalid, Malformed, TooLarge, Unsupported
from credentials.model import HolderBinding
from credentials.sd_jwt import MAX_SD_JWT_BYTES
from credentials.securing.mechanism import BindingRequest
from credentials.validity import LEEWAY

AUDIENCE: Final = "urn:gwanin:qr"
MAX_QR_CHARS: Final = 4296  # version 40, error correction L, alphanumeric. Spec: ISO/IEC 18004
WINDOW: Final = timedelta(seconds=120)

_PREFIX: Final = "GWN1:"
_OTHER_VERSION: Final = re.compile(r"GWN[0-9]+:")


def window_request(now: datetime) -> BindingRequest:
    """What a holder signs for in the window that begins now. now: the moment it is made."""
    return BindingRequest(
        audience=AUDIENCE, nonce=format_timestamp(now.replace(second=0, microsecond=0)), now=now
    )


def encode_presentation_qr(presentation: str) -> str:
    """Write a presentation as the text of a QR code.

    Raises TooLarge if no QR code can hold it, Malformed for one without a holder's signature,
    which anybody could repeat for ever.
    """
    if presentation.endswith("~"):
        raise Malformed("the presentation bears no holder's signature")
    compressed = zlib.compress(presentation.encode("ascii"), zlib.Z_BEST_COMPRESSION)
    return _check_length(_PREFIX + encode_base45(compressed))


def parse_presentation_qr(text: str) -> str:
    """Read the text of a QR code: the presentation, unverified.

    Raises TooLarge beyond 4,296 characters or 64 KiB inflated; Unsupported for another version;
    Malformed for anything else. The presentation is then verified as any other, and its binding
    with `check_window`.
    """
    _check_length(text)
    if not text.startswith(_PREFIX):
        if _OTHER_VERSION.match(text):
            raise Unsupported("a QR code of another version")
        raise Malformed("not the QR code of a presentation")
    try:
        return _inflate(decode_base45(text.removeprefix(_PREFIX))).decode("ascii")
    except UnicodeDecodeError as error:
        raise Malformed("the QR code holds no presentation") from error


def check_window(binding: HolderBinding, now: datetime) -> None:
    """Refuse a holder's signature that is not for a QR code, or outside of its window.

    Raises BindingInvalid, or Malformed if its nonce is no moment at all.
    """
    start = parse_timestamp(binding.nonce or "").replace(second=0, microsecond=0)
    binding.check(audience=AUDIENCE, nonce=format_timestamp(start), now=now, leeway=LEEWAY)
    # Spans are compared, because a moment near the year 9999 has no moment two minutes later.
    if not timedelta(0) <= binding.issued_at - start < WINDOW:
        raise BindingInvalid("the presentation was signed outside of its window")
    if not -LEEWAY <= now - start < WINDOW + LEEWAY:
        raise BindingInvalid("the window of the QR code is over, or has not begun")


def _inflate(data: bytes) -> bytes:
    decompressor = zlib.decompressobj()
    try:
        inflated = decompressor.decompress(data, MAX_SD_JWT_BYTES + 1)
    except zlib.error as error:
        raise Malformed("not one whole zlib stream") from error
    if len(inflated) > MAX_SD_JWT_BYTES:
        raise TooLarge(f"the stream inflates to more than {MAX_SD_JWT_BYTES} bytes")
    if not decompressor.eof or decompressor.unused_data:
        raise Malformed("the zlib stream is cut off, or followed by something else")
    return inflated


def _check_length(text: str) -> str:
    if len(text) > MAX_QR_CHARS:
        raise TooLarge(f"a QR code holds at most {MAX_QR_CHARS} characters")
    return text
