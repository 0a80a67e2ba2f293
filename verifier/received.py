"""What somebody hands over to be checked: a credential in text or JSON, or a QR code's text."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from credentials.errors import TooLarge
from credentials.model import Serialized
from credentials.presentation_qr import parse_presentation_qr
from credentials.strict_json import parse_json
from verifier.answer import verify_document, verify_unasked_code
from verifier.checks import looks_like_one
from verifier.decision import Verdict
from verifier.errors import NotACredential
from verifier.evidence import Evidence
from verifier.policy import Policy

MAX_TEXT_BYTES: Final = 1024 * 1024

_CODE: Final = "GWN"  # no credential begins like this


@dataclass(frozen=True, slots=True, kw_only=True)
class Received:
    """One credential or presentation, unverified. is_code: whether it came as a citizen's QR."""

    presented: Serialized
    is_code: bool


def read_received(data: bytes) -> Received:
    """Read the text of a file, a form or a QR code.

    What does not even look like a credential is nobody's forgery, so it gets no verdict.
    Raises TooLarge beyond 1 MiB, Unsupported for a QR code of another version, NotACredential, or
    Malformed.
    """
    if len(data) > MAX_TEXT_BYTES:
        raise TooLarge("the text is longer than any credential")
    if data.lstrip()[:1] == b"{":
        document = parse_json(data, max_bytes=MAX_TEXT_BYTES)
        assert isinstance(document, dict)
        return _document(document)
    try:
        text = data.decode("ascii")
    except UnicodeDecodeError as error:
        raise NotACredential("neither a credential nor the text of a QR code") from error
    if text.startswith(_CODE):
        # A QR code's last characters may be spaces, so only the line's end is no part of it.
        return Received(presented=parse_presentation_qr(text.rstrip("\r\n")), is_code=True)
    return _document(text.strip())


def _document(presented: Serialized) -> Received:
    if not looks_like_one(presented):
        raise NotACredential("there is no credential or presentation in this")
    return Received(presented=presented, is_code=False)


def verify_received(
    received: Received, evidence: Evidence, policy: Policy, now: datetime
) -> Verdict:
    """Verify by itself what was handed over; a QR code must be in its window."""
    verify = verify_unasked_code if received.is_code else verify_document
    return verify(received.presented, evidence, policy, now)
