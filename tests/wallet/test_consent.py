"""The five items of article 17(2), word for word, and nothing in them that the verifier wrote."""

from dataclasses import replace
from typing import Any

import pytest

from credentials.claims import ClaimPath
from did_registry.accreditation import VerifierRegistration
from tests.simulators.cards import make_card
from tests.simulators.city import SimulatedCity
from tests.simulators.forger import APPOINTMENT_PATHS, CERTIFICATE, LDP, Forger
from wallet.consent import Consent, build_consent, consent_words, shown
from wallet.matching import Selection
from wallet.words import Language


@pytest.fixture(scope="module")
def library(still_city: SimulatedCity) -> VerifierRegistration:
    view = still_city.city.follower.view(still_city.clock())
    did = next(did for did in view.registrations if did.endswith(":VER-LIB"))
    found = view.find_registration(did, still_city.clock())
    assert found is not None
    return found


def selection(forger: Forger, *claims: str, credential: Any = None) -> Selection:
    paths: tuple[ClaimPath, ...] = tuple(tuple(claim.split(".")) for claim in claims)
    card = make_card(forger, credential or forger.issue())
    return Selection(query_id="asked", card=card, disclose=paths)


def consent(
    library: VerifierRegistration, *selections: Selection, language: Language = Language.KOREAN
) -> Consent:
    return build_consent(library, selections, language)


def test_korean_word_for_word(forger: Forger, library: VerifierRegistration) -> None:
    found = consent(library, selection(forger, "residentOfSeoul", "nameKo"))
    assert found.heading == "다음 정보를 보내려고 합니다."
    assert found.items == (
        "1. 받는 곳: 견본구립도서관",
        "2. 쓰는 목적: 대출 회원 확인",
        "3. 보내는 정보:\n"
        "   - 서울시 거주확인증: 서울시 거주 (값 없이 해당 여부만)\n"
        "   - 서울시 거주확인증: 이름 = 김시범",
        "4. 보관 기간: 30일 뒤 삭제",
        "5. 거부할 수 있습니다. 거부하면 이 방법으로는 확인받을 수 없으며, "
        "종이 서류로 신청할 수 있습니다.",
    )


def test_english_word_for_word(forger: Forger, library: VerifierRegistration) -> None:
    found = consent(
        library, selection(forger, "residentOfSeoul", "nameKo"), language=Language.ENGLISH
    )
    assert found.heading == "You are about to send the following."
    assert found.items == (
        "1. Recipient: Specimen District Library",
        "2. Purpose: To check the membership of a borrower",
        "3. What is sent:\n"
        "   - Seoul Residency: Resident of Seoul (only that it is so, without a value)\n"
        "   - Seoul Residency: Name = 김시범",
        "4. Kept for: deleted after 30 days",
        "5. You may refuse. Then you can't be checked in this way, "
        "and may use paper documents instead.",
    )


@pytest.mark.parametrize(
    ("language", "text"), [(Language.KOREAN, "보관하지 않음"), (Language.ENGLISH, "not kept")]
)
def test_says_that_nothing_is_kept(
    forger: Forger, library: VerifierRegistration, language: Language, text: str
) -> None:
    nothing = replace(library, retention_days=0)
    found = consent(nothing, selection(forger, "residentOfSeoul"), language=language)
    assert found.items[3].endswith(text)


def test_a_value_of_a_closed_list_is_told_by_its_name(
    forger: Forger, library: VerifierRegistration
) -> None:
    chosen = selection(forger, "residentType", "guCode")
    korean, english = (consent(library, chosen, language=lang).items[2] for lang in Language)
    assert korean.endswith("거주자 구분 = 내국인\n   - 서울시 거주확인증: 자치구 = 관악구")
    assert "Kind of resident = Citizen" in english


def test_a_number_is_told_with_its_value_even_if_it_is_one(
    still_city: SimulatedCity, library: VerifierRegistration
) -> None:
    """To Python, 1 is true; a round of a programme is no yes-or-no claim."""
    youth = Forger(still_city, "SEL-YOUTH", "P01", "YouthAllowanceEligibilityCredential")
    assert youth.content().claims["round"] == 1
    found = consent(library, selection(youth, "round"))
    assert " = 1" in found.items[2]
    assert "값 없이" not in found.items[2].split("\n")[1]


def test_a_list_is_told_in_words(still_city: SimulatedCity, library: VerifierRegistration) -> None:
    civil = Forger(still_city, "SEL-CIVIL", "P01", "SeoulCitizenCardCredential")
    text = consent(library, selection(civil, "facilityScopes"), language=Language.ENGLISH).items[2]
    assert "[" not in text
    assert "'" not in text


def test_lists_what_the_credential_never_hides(
    still_city: SimulatedCity, library: VerifierRegistration
) -> None:
    hr = Forger(still_city, "SEL-HR", "P12", CERTIFICATE)
    chosen = selection(hr, "title")
    assert shown(chosen) == (("title",), ("subtype",))
    assert "증명서 종류 = 위촉장" in consent(library, chosen).items[2]


def test_does_not_list_an_object_whose_members_can_be_withheld(forger: Forger) -> None:
    assert shown(selection(forger, "residentOfSeoul")) == (("residentOfSeoul",),)
    chosen = selection(forger, "residentOfGu.11620")
    assert shown(chosen) == (("residentOfGu", "11620"),)


def test_lists_no_claim_twice(still_city: SimulatedCity) -> None:
    hr = Forger(still_city, "SEL-HR", "P12", CERTIFICATE)
    assert shown(selection(hr, "subtype", "title")) == (("subtype",), ("title",))


def test_lists_every_claim_of_a_card_that_is_shown_whole(
    still_city: SimulatedCity, library: VerifierRegistration
) -> None:
    hr = Forger(still_city, "SEL-HR", "P12", CERTIFICATE)
    chosen = selection(hr, *APPOINTMENT_PATHS, credential=hr.issue(LDP))
    lines = consent(library, chosen).items[2].split("\n")
    assert len(lines) == 1 + len(APPOINTMENT_PATHS)


def test_every_credential_of_an_answer_is_told(
    forger: Forger, still_city: SimulatedCity, library: VerifierRegistration
) -> None:
    hr = Forger(still_city, "SEL-HR", "P12", CERTIFICATE)
    text = consent(library, selection(forger, "residentOfSeoul"), selection(hr, "title")).items[2]
    assert "서울시 거주확인증: 서울시 거주" in text
    assert "서울시 전자증명서: 제목 = 위촉장" in text


def test_a_brace_in_a_value_stays_a_brace(forger: Forger, library: VerifierRegistration) -> None:
    claims = {**forger.content().claims, "nameKo": "{recipient}"}
    chosen = selection(forger, "nameKo", credential=forger.issue(claims=claims))
    odd = replace(library, name_ko="{claims}")
    items = consent(odd, chosen).items
    assert items[0] == "1. 받는 곳: {claims}"
    assert items[2].endswith("이름 = {recipient}")


def test_spells_out_what_a_terminal_would_obey(
    forger: Forger, library: VerifierRegistration
) -> None:
    claims = {**forger.content().claims, "nameKo": "x\x1b[8m\n5. 동의함"}
    chosen = selection(forger, "nameKo", credential=forger.issue(claims=claims))
    (line,) = consent(library, chosen).items[2].split("\n")[1:]
    assert line.isprintable()


def test_every_fixed_sentence_is_there_in_both_languages() -> None:
    assert set(consent_words()) == {
        *("heading", "recipient", "purpose", "claims", "retention", "refusal"),
        *("kept", "not-kept", "holds", "question", "keep-question", "empty"),
        *("no-vault", "unchecked", "sent"),
    }
    for row in consent_words().values():
        assert set(row) == {"ko", "en"}
        assert row["en"].isascii()
        assert any("가" <= letter <= "힣" for letter in row["ko"])
