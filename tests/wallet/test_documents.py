from typing import Any

import pytest

from credentials.keys import KeyType
from credentials.model import Verified
from tests.simulators.cards import make_card
from tests.simulators.city import SimulatedCity
from tests.simulators.clock import START
from tests.simulators.forger import CERTIFICATE, Forger
from wallet.acceptance import Accepted
from wallet.documents import (
    card_document,
    card_line,
    card_lines,
    export_document,
    received_document,
    received_line,
)
from wallet.held_credential import Shown, VaultContent
from wallet.matching import Card
from wallet.words import Language


@pytest.fixture(scope="module")
def card(forger: Forger) -> Card:
    return make_card(forger, forger.issue(), number=3)


def accepted(forger: Forger, card: Card) -> Accepted:
    view = forger.city.city.follower.view(forger.city.clock())
    verified: Verified = card.verified
    (issuer,) = view.accreditations_at(verified.issuer, forger.city.clock())
    return Accepted(
        serialized=card.held.serialized,
        verified=verified,
        type=card.type,
        mechanism=card.mechanism,
        issuer=issuer,
    )


def test_tells_a_program_what_was_received(forger: Forger, card: Card) -> None:
    assert received_document(accepted(forger, card)) == {
        "type": "SeoulResidencyCredential",
        "format": "dc+sd-jwt",
        "issuer": forger.did,
        "issuer_name_ko": "관악구청",
        "issuer_name_en": "Gwanak District Office",
        "claims": forger.content().claims,
    }


def test_tells_a_person_what_it_is_from_whom_and_whose(
    forger: Forger, card: Card, still_city: SimulatedCity
) -> None:
    found = accepted(forger, card)
    assert received_line(found, Language.KOREAN) == "서울시 거주확인증 · 관악구청 · 김시범"
    english = "Seoul Residency · Gwanak District Office · 김시범"
    assert received_line(found, Language.ENGLISH) == english
    hr = Forger(still_city, "SEL-HR", "P12", CERTIFICATE)
    line = received_line(accepted(hr, make_card(hr, hr.issue())), Language.KOREAN)
    assert line.endswith(" · 사공견본")


def test_a_card_without_a_name_has_none(still_city: SimulatedCity) -> None:
    civil = Forger(still_city, "SEL-CIVIL", "P01", "SeoulCitizenCardCredential")
    line = received_line(accepted(civil, make_card(civil, civil.issue())), Language.KOREAN)
    assert line.count("·") == 1


def test_lists_a_card(forger: Forger, card: Card, still_city: SimulatedCity) -> None:
    assert card_document(card) == {
        "id": 3,
        "type": "SeoulResidencyCredential",
        "format": "dc+sd-jwt",
        "issuer": forger.did,
        "valid_until": "2026-06-11T03:00:00Z",
        "issuance_proof": False,
    }
    assert card_line(card, Language.KOREAN) == "#3 서울시 거주확인증"
    hr = Forger(still_city, "SEL-HR", "P12", CERTIFICATE)
    assert card_document(make_card(hr, hr.issue()))["valid_until"] is None


def test_shows_every_claim_on_its_line(card: Card) -> None:
    lines = card_lines(card, Language.KOREAN)
    assert lines[0] == "#3 서울시 거주확인증"
    assert "  이름: 김시범" in lines
    assert "  거주자 구분: 내국인" in lines
    assert "  ✓ 서울시 거주" in lines
    assert "  ✓ 관악구 거주" in lines
    assert len(lines) == 1 + len(card.verified.claims)  # residentOfGu has one member


def test_exports_everything_but_the_keys(card: Card) -> None:
    secret = bytes(range(32))
    content = VaultContent().keep(
        card.held.serialized, key_type=KeyType.P256, key_secret=secret, now=START
    )
    line = Shown(at=START, verifier="도서관", purpose="확인", claims=("T.a",))
    document: Any = export_document(content.record(line))
    assert document == {
        "credentials": [
            {"id": 1, "credential": card.held.serialized, "received_at": "2026-03-13T03:00:00Z"}
        ],
        "shown": [
            {
                "at": "2026-03-13T03:00:00Z",
                "verifier": "도서관",
                "purpose": "확인",
                "claims": ["T.a"],
            }
        ],
    }
