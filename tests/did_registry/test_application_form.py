"""What an applicant enters: read whole, or told everything that is wrong with it."""

from collections.abc import Mapping
from datetime import date
from types import MappingProxyType

import pytest
from hypothesis import given
from hypothesis import strategies as st

from did_registry.accreditation import ISSUER_TYPE, VERIFIER_TYPE
from did_registry.admission import Asking
from did_registry.application import Applicant, Application
from did_registry.application_form import MAX_CHOSEN, lines, offered, parse_application
from did_registry.errors import ApplicationInvalid
from did_registry.root_act import Enrol

DAY = date(2026, 3, 13)
RESIDENCY = "SeoulResidencyCredential"
AGENCY = {
    "code": "GU-11215",
    "nameKo": "광진구",
    "nameEn": "Gwangjin District",
    "legalBasis": "주민등록법 제29조",
    "contact": "민원여권과, 대표전화 02-0000-0000",
}
VERIFIER = {
    "code": "VER-MART",
    "nameKo": "표본마트",
    "nameEn": "Sample Mart",
    "purpose": "배달 지역 확인",
    "purposeEn": "To check the delivery area",
    "legalBasis": "개인정보 보호법 제15조 제1항 제1호(정보주체의 동의)",
    "retentionDays": "0",
    "contact": "고객지원팀 02-0000-0000",
}
TEXTS = {Applicant.AGENCY: AGENCY, Applicant.VERIFIER: VERIFIER}
CHOSEN = {Applicant.AGENCY: (RESIDENCY,), Applicant.VERIFIER: (f"{RESIDENCY}.residentOfSeoul",)}
LINES = [(who, name) for who in Applicant for name in lines(who)]
RESIDENT_NUMBER = "000101-3000001"


def read(
    who: Applicant,
    chosen: tuple[str, ...] | None = None,
    changed: Mapping[str, str] = MappingProxyType({}),
) -> Application:
    rights = CHOSEN[who] if chosen is None else chosen
    return parse_application(who, {**TEXTS[who], **changed}, rights, on=DAY)


def problems(
    who: Applicant,
    chosen: tuple[str, ...] | None = None,
    changed: Mapping[str, str] = MappingProxyType({}),
) -> set[str]:
    """What is told, as `where: code`."""
    with pytest.raises(ApplicationInvalid) as error:
        read(who, chosen, changed)
    return {f"{it.where}: {it.code}" for it in error.value.problems}


def test_a_form_has_the_lines_of_its_applicant() -> None:
    assert set(lines(Applicant.AGENCY)) == set(AGENCY)
    assert set(lines(Applicant.VERIFIER)) == set(VERIFIER)


def test_an_agency_applies_to_issue() -> None:
    assert read(Applicant.AGENCY) == Application(
        wish=Enrol(
            code="GU-11215",
            name_ko="광진구",
            name_en="Gwangjin District",
            types=(RESIDENCY,),
            asking=None,
        ),
        legal_basis=AGENCY["legalBasis"],
        contact=AGENCY["contact"],
    )


def test_a_verifier_applies_to_ask() -> None:
    wish = read(Applicant.VERIFIER).wish
    assert wish.types == ()
    assert wish.asking == Asking(
        attributes=(f"{RESIDENCY}.residentOfSeoul",),
        purpose_ko="배달 지역 확인",
        purpose_en="To check the delivery area",
        legal_basis=VERIFIER["legalBasis"],
        retention_days=0,
    )


@pytest.mark.parametrize(("who", "name"), LINES)
def test_every_line_is_needed(who: Applicant, name: str) -> None:
    assert problems(who, changed={name: ""}) == {f"{name}: missing"}


@pytest.mark.parametrize("who", Applicant)
def test_all_that_is_wrong_is_told_at_once(who: Applicant) -> None:
    right = {"agency": "allowedTypes", "verifier": "attributes"}[who]
    empty = dict.fromkeys(TEXTS[who], "")
    assert problems(who, (), empty) == {f"{name}: missing" for name in (*TEXTS[who], right)}


@pytest.mark.parametrize(("who", "name"), [(who, name) for who, name in LINES if name != "code"])
def test_a_resident_number_is_refused_in_every_line(who: Applicant, name: str) -> None:
    found = problems(who, changed={name: RESIDENT_NUMBER})
    assert found & {f"{name}: resident-number", f"{name}: wrong-kind", f"{name}: out-of-range"}


@pytest.mark.parametrize(("who", "name"), LINES)
@pytest.mark.parametrize("text", ["가\u200b나", "가\n나", "a\u202eb"], ids=["zero", "line", "bidi"])
def test_what_can_not_be_seen_is_refused(who: Applicant, name: str, text: str) -> None:
    assert any(line.startswith(f"{name}: ") for line in problems(who, changed={name: text}))


@pytest.mark.parametrize(("who", "name"), LINES)
def test_every_line_has_an_end(who: Applicant, name: str) -> None:
    for text in ("9" * 301, "가" * 7000):
        assert any(line.startswith(f"{name}: ") for line in problems(who, changed={name: text}))


@pytest.mark.parametrize(
    "number",
    [
        "010-1234-5678",
        "01012345678",
        "０１０－１２３４－５６７８",
        "+82 10 1234 5678",
        "011.123.4567",
    ],
)
def test_a_persons_number_is_no_contact(number: str) -> None:
    for who in Applicant:
        assert problems(who, changed={"contact": f"총무과 {number}"}) == {"contact: wrong-form"}


@pytest.mark.parametrize("number", ["02-2133-0000", "1577-1000", "문서 2010-1234-567"])
def test_an_offices_number_is_one(number: str) -> None:
    assert read(Applicant.AGENCY, changed={"contact": f"총무과 {number}"}).contact.endswith(number)


@pytest.mark.parametrize(
    ("who", "code"),
    [
        (Applicant.AGENCY, "VER-GU"),  # a verifier is told by it
        (Applicant.VERIFIER, "GU-11215"),
        (Applicant.AGENCY, "gu-11215"),
        (Applicant.AGENCY, "GU-11215-01"),
        (Applicant.AGENCY, "GU"),
        (Applicant.AGENCY, "GU-\u0661"),
        (Applicant.AGENCY, "../../GU-1"),
    ],
)
def test_a_code_has_one_form(who: Applicant, code: str) -> None:
    assert problems(who, changed={"code": code}) == {"code: wrong-form"}


def test_what_the_root_alone_signs_can_not_be_applied_for() -> None:
    for name in (ISSUER_TYPE, VERIFIER_TYPE, "NoSuchType", "SeoulResidencyCredential/x"):
        assert "allowedTypes: not-offered" in problems(Applicant.AGENCY, (name,))
    for name in (f"{ISSUER_TYPE}.nameKo", f"{RESIDENCY}.nothing", "x"):
        assert "attributes: not-offered" in problems(Applicant.VERIFIER, (name,))


def test_who_wants_everything_gets_nothing() -> None:
    every = tuple(name for one in offered(Applicant.VERIFIER) for name, _ in one.rights)
    assert len(every) > MAX_CHOSEN
    assert read(Applicant.VERIFIER, every[:MAX_CHOSEN])
    assert "attributes: too-long" in problems(Applicant.VERIFIER, every[: MAX_CHOSEN + 1])


def test_everything_that_is_offered_can_be_chosen() -> None:
    for who in Applicant:
        for one in offered(who):
            for name, label in one.rights:
                assert read(who, (name,))
                assert label.ko
                assert label.en


@given(
    texts=st.dictionaries(st.sampled_from([*VERIFIER, "x"]), st.text(max_size=30)),
    chosen=st.lists(st.text(max_size=20), max_size=3),
    who=st.sampled_from(Applicant),
)
def test_whatever_is_sent_is_read_or_refused_by_our_own_error(
    texts: dict[str, str], chosen: list[str], who: Applicant
) -> None:
    with pytest.raises(ApplicationInvalid):
        parse_application(who, texts, chosen, on=DAY)
