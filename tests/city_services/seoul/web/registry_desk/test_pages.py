"""The registry's desk: from an application to a member, and every act of the root by two people."""

import re
from html import unescape
from pathlib import Path

import pytest

import city_services.seoul.web
from city_services.seoul.root_office import Noted
from did_registry.application import Applicant
from did_registry.root_act import ActKind, ActState
from issuer.web.desk.room import Noted as DeskNoted
from tests.city_services.seoul.web.registry_desk.conftest import (
    FIRST,
    SECOND,
    applies,
    proposed,
)
from tests.did_registry.test_application_form import RESIDENT_NUMBER
from tests.simulators.city import SimulatedCity
from tests.simulators.desk import OURS, Clerk, acts_of, seeded_password
from tests.simulators.pki import Pki
from web.words import read_words

DESK = "/registry/desk"
FOLDER = Path(city_services.seoul.web.__file__).parent / "templates/registry_desk"
WORDS = read_words("city_services.seoul.web", "templates/registry_desk/words.toml")
HANGUL = re.compile("[\uac00-\ud7a3]")
NEIGHBOUR = "did:key:z6MkpTHR8VNsBxYAAWHut2Geadd9jSwuBV8xRoAnwWsdvktH"


def public(town: SimulatedCity, receipt: str) -> str:
    """What the applicant sees."""
    answer = town.http().get(f"/registry/applications/{receipt}", headers=OURS)
    assert answer.status_code == 200
    return answer.text


def approve(clerk: Clerk, act: str) -> str:
    """Be the second person; the act's page afterwards."""
    clerk.city.clock.advance(seconds=10)
    answer = clerk.send(f"{DESK}/acts/{act}/approve")
    assert answer.status_code == 303, answer.text
    clerk.city.clock.advance(seconds=10)
    return clerk.page(f"{DESK}/acts/{act}")


# Applications


def test_two_people_make_an_applicant_a_member(
    town: SimulatedCity, first: Clerk, second: Clerk
) -> None:
    receipt = applies(town, Applicant.AGENCY)
    assert "광진구" in first.page(f"{DESK}/applications")
    shown = first.page(f"{DESK}/applications/{receipt}")
    assert "주민등록법 제29조" in shown
    assert "등록하자고 올리기" in shown
    act = proposed(first, f"/applications/{receipt}/propose")
    assert "두 번째 확인을 기다림" in public(town, receipt)
    assert "다른 사람이 승인해야 합니다" in first.page(f"{DESK}/acts/{act}")
    refused = first.send(f"{DESK}/acts/{act}/approve")
    assert (refused.status_code, "same-person" in refused.text) == (403, True)
    done = approve(second, act)
    assert "gwanin staff open GU-11215-01 --role draft" in done
    assert "--role approve --role revoke" in done
    seen = public(town, receipt)
    did = re.search(r"did:webvh:[^<]+:dids:GU-11215", seen)
    assert did
    assert did[0] in done
    leaf = re.search(r'href="(/log/proof/[0-9]+\.tlog-proof)"', seen)
    assert leaf
    assert town.http().get(leaf[1]).status_code == 200
    assert town.http().get("/registry/agencies/GU-11215", headers=OURS).status_code == 200
    again = first.send(f"{DESK}/applications/{receipt}/propose")
    assert (again.status_code, "act-refused" in again.text) == (409, True)


def test_a_withdrawn_act_leaves_the_application_waiting(
    town: SimulatedCity, first: Clerk, second: Clerk
) -> None:
    receipt = applies(town, Applicant.VERIFIER)
    act = proposed(first, f"/applications/{receipt}/propose")
    twice = second.send(f"{DESK}/applications/{receipt}/propose")
    assert (twice.status_code, "act-is-open" in twice.text) == (409, True)
    assert second.send(f"{DESK}/acts/{act}/withdraw").status_code == 303
    assert "접수됨" in public(town, receipt)
    assert second.send(f"{DESK}/acts/{act}/approve").status_code == 409
    proposed(second, f"/applications/{receipt}/propose")


def test_a_refusal_tells_the_applicant_why_and_ends_the_act(
    town: SimulatedCity, first: Clerk, second: Clerk
) -> None:
    receipt = applies(town, Applicant.VERIFIER, code="VER-PARK")
    act = proposed(first, f"/applications/{receipt}/propose")
    path = f"{DESK}/applications/{receipt}/refuse"
    for reason in ("", "x" * 301, RESIDENT_NUMBER, "가\u200b"):
        answer = second.send(path, {"reason": reason})
        assert (answer.status_code, "refusal-reason-needed" in answer.text) == (422, True)
        assert RESIDENT_NUMBER not in answer.text
    reason = "목적에 <b>맞지</b> 않습니다."
    assert second.send(path, {"reason": reason}).status_code == 303
    seen = public(town, receipt)
    assert reason in unescape(seen)
    assert "<b>" not in seen
    assert "거둠" in first.page(f"{DESK}/acts/{act}")
    for again in (path, f"{DESK}/applications/{receipt}/propose"):
        answer = first.send(again, {"reason": "x"})
        assert (answer.status_code, "application-not-open" in answer.text) == (409, True)


def test_every_step_is_in_the_record_of_acts(
    town: SimulatedCity, first: Clerk, second: Clerk
) -> None:
    receipt = applies(town, Applicant.VERIFIER, code="VER-REC")
    before = len(acts_of(town, "SEL-DIG"))
    first.page(f"{DESK}/applications/{receipt}")
    act = proposed(first, f"/applications/{receipt}/propose")
    approve(second, act)
    second.send(f"{DESK}/applications/{applies(town, Applicant.AGENCY)}/refuse", {"reason": "why"})
    lines = acts_of(town, "SEL-DIG")[before:]
    assert [(who, did) for who, did, _ in lines] == [
        (FIRST, "application-opened"),
        (FIRST, "root-act-proposed"),
        (SECOND, "root-act-approved"),
        (SECOND, "root-act-opened"),
        (SECOND, "application-refused"),
    ]
    assert [subject for _, _, subject in lines[:4]] == [receipt, act, act, act]


def test_every_act_of_the_record_has_words() -> None:
    assert {one.value for one in Noted} <= {one.value for one in DeskNoted}


# The other acts


@pytest.mark.parametrize(
    ("code", "act", "said"),
    [
        ("SEL-CIVIL", "rotate", "eddsa-2, es256-2"),
        ("SEL-CIVIL", "accredit", "번 줄의 증명 파일"),
        ("VER-LIB", "register", "번 줄의 증명 파일"),
        ("VER-EMP", "deactivate", "이력의 마지막 줄"),
    ],
)
def test_an_act_is_explained_proposed_and_approved(
    first: Clerk, second: Clerk, code: str, act: str, said: str
) -> None:
    page = first.page(f"{DESK}/members/{code}/{act}")
    assert unescape(WORDS[f"root-then.{act}"]["ko"]) in unescape(page)
    made = proposed(first, f"/members/{code}/{act}")
    assert made in second.page(DESK)
    assert said in approve(second, made)
    assert f"{DESK}/acts/{made}" in first.page(f"{DESK}/acts")


def test_a_renewal_may_change_the_terms(town: SimulatedCity, first: Clerk, second: Clerk) -> None:
    kept = "SeoulResidencyCredential.ageOver19"
    page = first.page(f"{DESK}/members/VER-LIB/register")
    assert f'name="pick.{kept}"' in page
    made = proposed(first, "/members/VER-LIB/register", {f"pick.{kept}": "1"})
    assert kept in second.page(f"{DESK}/acts/{made}")
    approve(second, made)
    view = town.city.replay()
    did = next(did for did in view.registrations if did.endswith(":VER-LIB"))
    registered = view.find_registration(did, town.clock())
    assert registered is not None
    assert registered.attributes == {kept}
    wrong = first.send(f"{DESK}/members/GU-11620/accredit", {"pick.NoSuchType": "1"})
    assert (wrong.status_code, "act-refused" in wrong.text) == (409, True)


def test_what_can_not_be_done_is_told_where_it_was_tried(first: Clerk) -> None:
    for path in ("/members/SEL-DIG/deactivate", "/members/VER-LIB/accredit"):
        answer = first.send(DESK + path)
        assert (answer.status_code, "act-refused" in answer.text) == (409, True)
    assert "사용 끝내기" not in first.page(f"{DESK}/members/SEL-DIG")


def test_a_compromise_is_previewed_said_to_be_read_and_takes_effect_at_once(
    town: SimulatedCity, first: Clerk, second: Clerk
) -> None:
    path = f"{DESK}/members/GU-11620/compromise"
    fields = {"key": "es256-1", "since": "2026-03-13T08:00"}
    size = town.city.replay().checkpoint.size
    preview = first.page(f"{path}?key=es256-1&since=2026-03-13T08:00")
    for end in ("", "/revocation", "/suspension"):
        assert f"/status/GU-11620-1{end}<" in preview
    unread = first.send(path, fields)
    assert (unread.status_code, "지금 알리기" in unread.text) == (200, True)
    assert town.city.replay().checkpoint.size == size
    act = proposed(first, "/members/GU-11620/compromise", {**fields, "confirmed": "1"})
    assert town.city.replay().checkpoint.size > size
    page = second.page(f"{DESK}/acts/{act}")
    assert "효력 있음" in page
    assert "올린 것 거두기" not in page
    assert "이루어짐" in approve(second, act)
    late = first.get(f"{path}?key=es256-1&since=2099-01-01T00:00")
    assert (late.status_code, "act-refused" in late.text) == (409, True)
    for wrong in ("", "yesterday", "2026-02-30T10:00", "0001-01-01T00:00", "2026-03-13"):
        answer = first.get(f"{path}?key=es256-1&since={wrong}")
        assert (answer.status_code, "malformed" in answer.text) == (400, True)


def test_somebody_from_elsewhere_is_admitted_and_its_key_declared(
    town: SimulatedCity, first: Clerk, second: Clerk
) -> None:
    fields = {"did": NEIGHBOUR, "nameKo": "이웃 도시", "nameEn": "A neighbour city"}
    for wrong, told in (
        ({}, "allowedTypes"),
        ({"did": "x", "type.SeoulResidencyCredential": "1"}, "did"),
        ({"attribute.SeoulResidencyCredential.residentOfSeoul": "1"}, "purpose"),
        ({"type.SeoulResidencyCredential": "1", "purpose": "왜"}, "attributes"),
        ({"type.NoSuchType": "1"}, "allowedTypes"),
        ({"type.SeoulResidencyCredential": "1", "nameKo": RESIDENT_NUMBER}, "nameKo"),
    ):
        answer = first.send(f"{DESK}/admit", {**fields, **wrong})
        assert (answer.status_code, f'href="#field-{told}"' in answer.text) == (422, True), wrong
        assert RESIDENT_NUMBER not in answer.text
    act = proposed(first, "/admit", {**fields, "type.SeoulResidencyCredential": "1"})
    approve(second, act)
    code = NEIGHBOUR.rpartition(":")[2]
    assert (
        "A neighbour city"
        in first.client.get(
            f"{DESK}/members/{code}", headers={**OURS, "Accept-Language": "en"}
        ).text
    )
    member = f"{DESK}/members/{code}"
    answer = first.get(f"{member}/compromise?key={code}&since=2026-03-13T08:00")
    assert answer.status_code == 200
    assert f"{member}/end-admission" in first.page(member)
    for since in ("", "yesterday"):
        answer = first.send(f"{member}/end-admission", {"since": since})
        assert (answer.status_code, "malformed" in answer.text) == (400, True)
    assert first.send(f"{DESK}/members/GU-11620/end-admission").status_code == 404
    end = proposed(first, f"/members/{code}/end-admission", {"since": "2026-03-13T08:00"})
    approve(second, end)
    assert town.city.replay().accreditations_at(NEIGHBOUR, town.clock()) == ()


def test_a_trust_anchor_is_admitted_by_its_certificate(
    town: SimulatedCity, first: Clerk, second: Clerk
) -> None:
    # As a browser sends a text of several lines.
    pem = Pki().root.pem.decode().replace("\n", "\r\n")
    fields = {"nameKo": "이웃 인증기관", "nameEn": "A neighbour CA", "anchor": pem}
    right = {"type.SeoulResidencyCredential": "1"}
    for wrong, told in (
        ({**right, "anchor": "x"}, "anchor"),
        ({**right, "did": NEIGHBOUR}, "anchor"),
        ({"attribute.SeoulResidencyCredential.residentOfSeoul": "1"}, "attributes"),
    ):
        answer = first.send(f"{DESK}/admit", {**fields, **wrong})
        assert (answer.status_code, f'href="#field-{told}"' in answer.text) == (422, True), wrong
    act = proposed(first, "/admit", {**fields, **right})
    assert "x509-sha256:" in second.page(f"{DESK}/acts/{act}")
    assert "이루어짐" in approve(second, act)
    view = town.city.replay()
    (name,) = [did for did in view.admitted if did.startswith("x509-sha256:")]
    page = first.page(f"{DESK}/members/{view.code_of(name)}")
    assert "이웃 인증기관" in page


def test_signing_in_leads_to_the_desk(town: SimulatedCity) -> None:
    clerk = Clerk(town, town.http(), FIRST)
    assert clerk.sign_in(seeded_password(town, FIRST)).headers["Location"] == DESK


def test_rights_that_end_soon_are_on_todays_page(city: SimulatedCity) -> None:
    heading = "60일 안에 권한이 끝나는 기관"
    assert heading not in Clerk.signed_in(city, FIRST).page(DESK)
    city.clock.advance(days=320)  # a registration lasts 365, an accreditation 730
    clerk = Clerk.signed_in(city, FIRST)
    page = clerk.page(DESK)
    assert heading in page
    assert "/registry/desk/members/VER-LIB" in page
    assert "/registry/desk/members/GU-11620" not in page
    act = proposed(clerk, "/members/VER-LIB/register")
    approve(Clerk.signed_in(city, SECOND), act)
    assert "/registry/desk/members/VER-LIB" not in clerk.page(DESK)


# Words


@pytest.mark.parametrize("key", WORDS)
def test_says_it_in_both_languages(key: str) -> None:
    row = WORDS[key]
    assert set(row) == {"ko", "en"}
    assert HANGUL.search(row["ko"])
    assert not HANGUL.search(row["en"])
    texts = [sorted(re.findall(r"\{[a-z]+\}", text)) for text in row.values()]
    assert texts[0] == texts[1]


def test_every_word_is_said_somewhere_and_nothing_else_is_said() -> None:
    text = "\n".join(path.read_text("utf-8") for path in sorted(FOLDER.glob("*.html")))
    said = set(re.findall(r"""\bt\(["'](root-[a-z]+\.[a-z-]+)["'][,)]""", text))
    said |= {f"root-menu.{one}" for one in ("today", "applications", "members", "acts")}
    said |= {f"root-desk.{word}-{one}" for word in ("applicant", "agree") for one in Applicant}
    said |= {f"root-state.{one}" for one in ActState}
    said |= {f"{section}.{one}" for section in ("root-act", "root-why") for one in ActKind}
    said |= {f"root-then.{one}" for one in ("rotate", "deactivate", "accredit", "register")}
    said |= {f"root-leaf.{one}" for one in ("status", "batch")}
    assert said == WORDS.keys()
