"""Checks a citizen's QR code at the desk: once, within the registration, and nothing is kept."""

import hashlib
from collections.abc import Sequence
from datetime import datetime
from typing import Final

from credentials.presentation_qr import WINDOW, parse_presentation_qr
from credentials.validity import LEEWAY
from schemas.seoul_calendar import day_in_seoul
from verifier import store
from verifier.actions.registration import current_registration
from verifier.actions.service import VerifierService
from verifier.answer import conclude_shown, verify_shown
from verifier.asking import build_question
from verifier.decision import Verdict
from verifier.decision_count import Way

# A window that begins as far ahead of our clock as is forgiven is open for as long as this.
REMEMBERED: Final = WINDOW + 2 * LEEWAY


def check_scan(
    service: VerifierService, code: str, attributes: Sequence[str], text: str, *, now: datetime
) -> Verdict:
    """Judge what a code shows, for those attributes that the verifier asks; it counts once.

    The code is used up last and whatever the verdict is. The claims of the verdict are those that
    were asked for, and nothing of it is stored but one count and a digest that is soon forgotten.
    Raises what `current_registration`, `build_question` and `parse_presentation_qr` raise.
    """
    registration = current_registration(service, code, now=now)
    query = build_question(registration, attributes, service.settings.registry_url)
    presentation = parse_presentation_qr(text)
    page = verify_shown(presentation, query, service.evidence, service.policy, now)
    with service.database.writing() as session:
        store.forget_codes(session, now)
        is_first = store.take_code(session, code, _digest(presentation), forget_at=now + REMEMBERED)
        verdict = conclude_shown(page, query, is_first=is_first)
        store.count(session, code, day_in_seoul(now), Way.SCAN, verdict.code)
    return verdict


def _digest(presentation: str) -> bytes:
    """What makes two showings the same one.

    A KB-JWT's signature is left out: an ECDSA signature has a second form that is as good, so
    whoever photographs a code could make it look new. All else is in what the holder signed.
    """
    unbound = presentation.endswith("~")
    shown = presentation if unbound else presentation.rpartition(".")[0]
    return hashlib.sha256(shown.encode()).digest()
