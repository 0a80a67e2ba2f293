"""The pages: the clerk's way from draft to revocation, what is said, what is recorded."""

import csv
import re
from codecs import BOM_UTF8
from html import unescape

import pytest

from issuer.web.desk.room import Noted
from openid4vc.offer import parse_offer_link
from schemas.catalogue import get
from schemas.csv_header import parse_header
from staff.account import Role
from tests.simulators.city import SimulatedCity
from tests.simulators.csv_file import RESIDENT, csv_file, numbered
from tests.simulators.desk import OURS, Clerk, acts_of, draft_ids, entered, issued_ids
from tests.simulators.one_change import changed
from web.words import read_words

CODE = re.compile(r'<p class="big-code number">([0-9]{6})</p>')
LINK = re.compile(r'id="link" readonly value="([^"]+)"')


def named(city: SimulatedCity, name: str) -> dict[str, str]:
    """The form of a residency, for somebody of this name."""
    return entered(changed(city.claims("P01"), "nameKo", to=name))


# ---- Drafts ----


def test_a_form_follows_from_the_type(drafter: Clerk) -> None:
    page = drafter.page("/desk/new-draft?type=SeoulResidencyCredential")
    for name in ("nameKo", "birthDate", "guCode", "registeredSince", "visaClass"):
        assert f'name="c.{name}"' in page
    assert "residentOfSeoul" not in page  # derived
    assert '<option value="11620" >관악구</option>' in page
    assert (
        drafter.get("/desk/new-draft?type=YouthAllowanceEligibilityCredential").status_code == 422
    )


def test_what_is_wrong_is_told_at_its_field_and_nothing_is_saved(
    town: SimulatedCity, drafter: Clerk
) -> None:
    before = draft_ids(town)
    answer = drafter.send("/desk/drafts", named(town, "김견본") | {"c.birthDate": "17.5.1999"})
    assert answer.status_code == 422
    assert 'id="problem-birthDate-1"' in answer.text
    assert 'aria-describedby="hint-birthDate problem-birthDate-1"' in answer.text
    assert 'value="김견본"' in answer.text  # what was entered is still there
    assert "wrong-form" in answer.text
    assert draft_ids(town) == before


@pytest.mark.parametrize("field", ["c.nameKo", "c.addressDetail", "c.visaClass", "person_ref"])
def test_a_resident_number_is_refused_in_any_field_and_not_shown_again(
    town: SimulatedCity, drafter: Clerk, field: str, caplog: pytest.LogCaptureFixture
) -> None:
    before, known = draft_ids(town), acts_of(town, "GU-11620")
    for number in ("000101-0000001", "０００１０１－００００００１"):
        answer = drafter.send("/desk/drafts", named(town, "김견본") | {field: number})
        assert answer.status_code == 422
        assert number not in answer.text
        assert number not in caplog.text
    assert draft_ids(town) == before
    assert acts_of(town, "GU-11620") == known


def test_a_draft_is_corrected_withdrawn_and_discarded(town: SimulatedCity, drafter: Clerk) -> None:
    draft = drafter.drafts(town.claims("P01"), then="save")
    assert 'value="김시범"' in drafter.page(f"/desk/drafts/{draft}/edit")
    fields = {**named(town, "김고침"), "revision": "1"}
    del fields["type"]
    assert drafter.send(f"/desk/drafts/{draft}", fields).status_code == 303
    assert "김고침" in drafter.page(f"/desk/drafts/{draft}")
    assert drafter.send(f"/desk/drafts/{draft}", fields).status_code == 409  # an old revision
    for move, said in (("submit", "올렸"), ("withdraw", "거두었"), ("discard", "버렸")):
        moved = drafter.send(f"/desk/drafts/{draft}/{move}")
        assert moved.status_code == 303
        assert f"{said}습니다" in drafter.page(moved.headers["Location"])
    assert drafter.send(f"/desk/drafts/{draft}/submit").status_code == 409
    done = [act for _, act, subject in acts_of(town, "GU-11620") if subject == draft]
    assert done == [
        "draft-saved",
        "draft-opened",
        "draft-saved",
        "draft-opened",
        "draft-submitted",
        "draft-withdrawn",
        "draft-discarded",
    ]


def test_a_list_hides_the_middle_of_a_name(town: SimulatedCity, drafter: Clerk) -> None:
    drafter.drafts(changed(town.claims("P01"), "nameKo", to="박하늘별구름"), then="save")
    page = drafter.page("/desk/drafts")
    assert "박****름" in page
    assert "박하늘별구름" not in page


# ---- Approval ----


def test_many_are_approved_with_one_form(
    town: SimulatedCity, drafter: Clerk, approver: Clerk
) -> None:
    drafts = [drafter.drafts(town.claims("P01")) for _ in range(3)]
    page = approver.page("/desk/approvals")
    assert all(f'name="pick.{draft}" value="1"' in page for draft in drafts)
    assert "1999-05-17" in page  # who ticks has read it
    assert "autofocus" not in page.partition("<main")[2]
    before = issued_ids(town)
    answer = approver.send("/desk/approvals", {f"pick.{draft}": "1" for draft in drafts[:2]})
    assert answer.headers["Location"] == "/desk/approvals?done=2"
    assert len(issued_ids(town) - before) == 2
    after = approver.page(answer.headers["Location"])
    assert re.search(rf'name="pick.{drafts[2]}" value="1" autofocus', after)
    approved = [it for it in acts_of(town, "GU-11620") if it[1] == "draft-approved"]
    assert approved[-2:] == [("GU-11620-02", "draft-approved", it) for it in sorted(drafts[:2])]


def test_what_could_not_be_approved_is_told_and_the_rest_is_done(
    town: SimulatedCity, drafter: Clerk, approver: Clerk
) -> None:
    good, stale = (drafter.drafts(town.claims("P01")) for _ in range(2))
    answer = approver.send("/desk/approvals", {f"pick.{good}": "1", f"pick.{stale}": "7"})
    assert answer.status_code == 200
    assert "draft-not-open" in answer.text
    assert f'name="pick.{stale}"' in answer.text
    assert f'name="pick.{good}"' not in answer.text
    nothing = approver.send("/desk/approvals")
    assert nothing.status_code == 422
    assert "하나 이상 고르고" in nothing.text
    assert f'name="pick.{stale}"' in nothing.text  # the same page, with its rows


def test_one_after_the_other(town: SimulatedCity, drafter: Clerk, approver: Clerk) -> None:
    first, second = (drafter.drafts(town.claims("P01")) for _ in range(2))
    answer = approver.send(f"/desk/approvals/{first}/refuse", {"revision": "1", "reason": "주소"})
    following = answer.headers["Location"]
    assert following.startswith("/desk/approvals/d_")
    page = approver.page(following)
    assert '<h1 tabindex="-1" autofocus>' in page
    assert "주소" in drafter.page(f"/desk/drafts/{first}")
    assert approver.send(f"/desk/approvals/{second}/refuse", {"revision": "1"}).status_code == 422
    assert approver.send(f"/desk/approvals/{second}/approve", {"revision": "1"}).status_code == 303


def test_nobody_approves_their_own_and_the_page_says_why(
    town: SimulatedCity, everything: Clerk
) -> None:
    draft = everything.drafts(town.claims("P01"))
    listed = everything.page("/desk/approvals")
    assert f"pick.{draft}" not in listed
    assert "본인 작성" in listed
    page = everything.page(f"/desk/approvals/{draft}")
    assert f"/desk/approvals/{draft}/approve" not in page
    assert "본인이 작성한 건이라 결재할 수 없습니다" in page
    answer = everything.send(f"/desk/approvals/{draft}/approve", {"revision": "1"})
    assert (answer.status_code, "own-draft" in answer.text) == (403, True)
    assert "own-draft" in everything.send("/desk/approvals", {f"pick.{draft}": "1"}).text
    refusal = {"revision": "1", "reason": "x"}
    assert everything.send(f"/desk/approvals/{draft}/refuse", refusal).status_code == 403


def test_nobody_else_sees_what_was_not_handed_in(
    town: SimulatedCity, drafter: Clerk, approver: Clerk
) -> None:
    draft = drafter.drafts(town.claims("P01"), then="save")
    hidden = approver.get(f"/desk/approvals/{draft}")
    assert (hidden.status_code, "김시범" in hidden.text) == (404, False)
    uploaded = drafter.upload(csv_file(numbered(RESIDENT, 2, start=7700)), "a.csv")
    batch = uploaded.headers["Location"].rpartition("/")[2]
    hidden = approver.get(f"/desk/approvals/files/{batch}")
    assert (hidden.status_code, "김시범" in hidden.text) == (404, False)
    drafter.send(f"/desk/drafts/{draft}/submit", {"revision": "1"})
    drafter.send(f"/desk/files/{batch}/submit")
    assert approver.get(f"/desk/approvals/{draft}").status_code == 200
    assert approver.get(f"/desk/approvals/files/{batch}").status_code == 200


# ---- Files ----


def test_a_file_from_the_refused_rows_to_the_approved_set(
    town: SimulatedCity, drafter: Clerk, approver: Clerk
) -> None:
    rows = numbered(RESIDENT, 3, start=7000)
    bad = [{**rows[0], "guCode": "99999"}, {**rows[0], "nameKo": "000101-0000001"}]
    answer = drafter.upload(csv_file([*rows, *bad]), "3월 거주.csv")
    assert answer.status_code == 303
    where = answer.headers["Location"]
    report = drafter.page(where)
    assert "3월 거주.csv" in report
    for told in ("not-offered", "resident-number", "고를 수 있는", "자치구"):
        assert told in report, told
    assert "000101" not in report
    assert re.search(
        r'data-label="줄">5</th><td data-label="열">[^<]+ <small class="code">guCode<', report
    )
    assert "This is not" not in report
    batch = where.rpartition("/")[2]
    assert batch not in approver.page("/desk/approvals")  # nothing was submitted yet
    assert drafter.send(f"{where}/submit").status_code == 303
    assert f"/desk/approvals/files/{batch}" in approver.page("/desk/approvals")
    assert "김시범7001" in approver.page(f"/desk/approvals/files/{batch}")
    before = issued_ids(town)
    assert approver.send(f"/desk/approvals/files/{batch}/approve").status_code == 303
    assert len(issued_ids(town) - before) == 3
    after = approver.page(f"/desk/approvals/files/{batch}")
    assert '<progress id="progress" value="3" max="3">' in after
    assert approver.send(f"/desk/approvals/files/{batch}/approve").status_code == 409


def test_a_file_in_the_encoding_of_an_old_spreadsheet(drafter: Clerk) -> None:
    text = csv_file(numbered(RESIDENT, 1, start=7100)).decode()
    page = drafter.page(drafter.upload(text.encode("cp949"), "옛.csv").headers["Location"])
    assert "김*****0" in page


@pytest.mark.parametrize(
    ("data", "name", "status", "code"),
    [
        (b"\xff\xfe\x00", "a.csv", 422, "csv-unreadable"),
        (b"a,b\r\n1,2\r\n", "a.csv", 422, "csv-unreadable"),
        (csv_file([RESIDENT]), "000101-0000001.csv", 422, "invalid-claims"),
        (csv_file([RESIDENT]), "a" * 256, 400, "malformed"),
        (b"x" * (20 * 1024 * 1024 + 1), "a.csv", 413, "too-large"),
        (b"x" * (21 * 1024 * 1024), "a.csv", 413, "body-too-large"),
    ],
    ids=["bytes", "columns", "number-as-name", "long-name", "file", "form"],
)
def test_a_file_that_is_not_taken_is_told_why(
    drafter: Clerk, data: bytes, name: str, status: int, code: str
) -> None:
    answer = drafter.upload(data, name)
    assert (answer.status_code, code in answer.text) == (status, True), answer.text
    assert "000101" not in answer.text
    assert 'href="/desk"' in answer.text  # a way back


def test_an_empty_file_to_fill_in_is_one_that_is_taken(drafter: Clerk) -> None:
    page = drafter.page("/desk/files")
    assert '<span class="code">11620</span> 관악구' in page  # what a column may say
    answer = drafter.get("/desk/files/columns/SeoulResidencyCredential")
    assert answer.mimetype == "text/csv"
    assert answer.data.startswith(BOM_UTF8)
    (heading,) = csv.reader([answer.data.decode("utf-8-sig")])
    assert parse_header(get("SeoulResidencyCredential"), heading)[:2] == ("nameKo", "nameRoman")
    bare = drafter.upload(answer.data, "columns.csv")
    assert (bare.status_code, "nothing-chosen" in bare.text) == (422, True)
    assert '<option value="SeoulResidencyCredential" selected>' in bare.text  # the same page


def test_no_file_chosen(drafter: Clerk) -> None:
    answer = drafter.upload(b"", "")
    assert (answer.status_code, "nothing-chosen" in answer.text) == (422, True)


# ---- Offer ----


def test_the_link_and_the_code_are_shown_apart(
    town: SimulatedCity, drafter: Clerk, approver: Clerk
) -> None:
    issued = approver.approves(drafter.drafts(town.claims("P01")))
    assert drafter.get(f"/desk/issued/{issued}/offer").status_code == 404  # none was made
    answer = drafter.send(f"/desk/issued/{issued}/offer", {"way": "letter"})
    page = drafter.page(answer.headers["Location"])
    found = LINK.search(page)
    assert found
    link = unescape(found.group(1))
    parse_offer_link(link)
    assert LINK.search(drafter.page(answer.headers["Location"])) is not None  # as often as wanted
    code_page = drafter.page(f"/desk/issued/{issued}/offer/code")
    code = CODE.search(code_page)
    assert code
    assert code.group(1) not in page
    assert link not in unescape(code_page)
    assert "2026. 3. 27. 12:00" in page
    town.wallet().receive(link, code.group(1))
    assert "이미 받았습니다" in drafter.page(f"/desk/issued/{issued}/offer")
    opened = [act for _, act, subject in acts_of(town, "GU-11620") if subject == issued]
    assert {"offer-made", "offer-opened", "tx-code-opened"} <= set(opened)


def test_a_new_offer_stops_the_earlier_one(
    town: SimulatedCity, drafter: Clerk, approver: Clerk
) -> None:
    issued = approver.approves(drafter.drafts(town.claims("P01")))
    links = []
    for way in ("letter", "counter"):
        answer = drafter.send(f"/desk/issued/{issued}/offer", {"way": way})
        found = LINK.search(drafter.page(answer.headers["Location"]))
        assert found
        links.append(found.group(1))
    assert links[0] != links[1]
    assert "확인번호가 없습니다" in drafter.page(f"/desk/issued/{issued}/offer")
    assert "2026. 3. 13. 12:10" in drafter.page(f"/desk/issued/{issued}/offer")


# ---- Issued, suspended, revoked ----


def test_found_by_name_without_a_name_in_any_address(
    town: SimulatedCity, drafter: Clerk, approver: Clerk
) -> None:
    name = "노찾기모의"
    issued = approver.approves(drafter.drafts(changed(town.claims("P01"), "nameKo", to=name)))
    answer = approver.send("/desk/issued", {"q": name})
    assert issued in answer.text
    assert "노***의" in answer.text
    assert "그대로 일치하는" in approver.send("/desk/issued", {"q": name[:2]}).text
    refused = approver.send("/desk/issued", {"q": "000101-0000001"})
    assert (refused.status_code, "search-refused" in refused.text) == (422, True)
    assert "000101" not in refused.text
    assert ("GU-11620-02", "searched", "issued") in acts_of(town, "GU-11620")


def test_suspend_reinstate_revoke_each_with_its_reason(
    town: SimulatedCity, drafter: Clerk, approver: Clerk
) -> None:
    issued = approver.approves(drafter.drafts(town.claims("P01")))
    drafter.send(f"/desk/issued/{issued}/offer", {"way": "counter"})
    found = LINK.search(drafter.page(f"/desk/issued/{issued}/offer"))
    assert found
    town.wallet().receive(unescape(found.group(1)), None)
    where = f"/desk/issued/{issued}"
    assert 'value="revoke"' not in drafter.page(where)  # without the right, no button
    for change, reason, word in (
        ("suspend", "S01", "중지"),
        ("reinstate", "", "발급됨"),
        ("revoke", "R02", "폐기"),
    ):
        answer = approver.send(
            f"{where}/status", {"change": change, "reason": reason, "confirmed": "1"}
        )
        assert answer.status_code == 303, answer.text
        assert word in approver.page(answer.headers["Location"])
    assert "R02 자격 상실" in approver.page(where)
    assert 'value="revoke"' not in approver.page(where)
    assert issued in approver.page("/desk/revocations")
    for change, reason, status in (
        ("suspend", "S01", 409),
        ("revoke", "S01", 422),
        ("burn", "", 422),
    ):
        answer = approver.send(
            f"{where}/status", {"change": change, "reason": reason, "confirmed": "1"}
        )
        assert answer.status_code == status, change


def test_nothing_is_revoked_by_one_press(
    town: SimulatedCity, drafter: Clerk, approver: Clerk
) -> None:
    issued = approver.approves(drafter.drafts(town.claims("P01")))
    where = f"/desk/issued/{issued}"
    page = approver.page(where)
    assert '<select id="revoke-reason" name="reason" required><option value="">' in page
    assert '<input type="checkbox" name="confirmed" value="1" required>' in page
    answer = approver.send(f"{where}/status", {"change": "revoke", "reason": "R01"})
    assert (answer.status_code, "revocation-unconfirmed" in answer.text) == (422, True)
    assert 'name="confirmed"' in answer.text  # the same page, to be mended
    assert "수령 대기" in approver.page(where)


def test_a_set_without_rows_or_reason_is_told_on_the_list(
    town: SimulatedCity, drafter: Clerk, approver: Clerk
) -> None:
    issued = approver.approves(drafter.drafts(town.claims("P01")))
    nothing = approver.send("/desk/revocations", {"reason": "R01"})
    assert (nothing.status_code, "nothing-chosen" in nothing.text) == (422, True)
    bare = approver.send("/desk/revocations", {f"pick.{issued}": "1"})
    assert (bare.status_code, "reason-unknown" in bare.text) == (422, True)
    assert f'name="pick.{issued}" value="1" checked' in bare.text
    assert re.search(rf'class="code" data-label="번호">{issued[2:8]}<', bare.text)


def test_several_are_revoked_by_two(town: SimulatedCity, drafter: Clerk, approver: Clerk) -> None:
    issued = [approver.approves(drafter.drafts(town.claims("P01"))) for _ in range(2)]
    picked = {f"pick.{it}": "1" for it in issued} | {"reason": "R03"}
    own = approver.send("/desk/revocations", picked).headers["Location"]
    assert "본인이 올린 것이라" in approver.page(own)
    assert approver.send(f"{own}/confirm").status_code == 403
    assert drafter.send(f"{own}/decline").status_code == 403  # neither theirs nor their right
    assert approver.send(f"{own}/decline").status_code == 303
    theirs = drafter.send("/desk/revocations", picked).headers["Location"]
    assert "/confirm" not in drafter.page(theirs)
    assert approver.send(f"{theirs}/confirm").status_code == 303
    assert approver.send(f"{theirs}/confirm").status_code == 409
    for it in issued:
        assert "발급 전 폐기" in approver.page(f"/desk/issued/{it}")


# ---- Today, the record, the frame ----


def test_today_says_what_waits_and_leads_there(
    town: SimulatedCity, foreigner: Clerk, drafter: Clerk, approver: Clerk
) -> None:
    assert "지금 할 일이 없습니다" in foreigner.page("/desk")
    drafter.drafts(town.claims("P01"))
    assert re.search(r'href="/desk/approvals">결재할 초안 \d+건', approver.page("/desk"))


def test_the_menu_shows_rooms_one_may_enter(
    drafter: Clerk, approver: Clerk, everything: Clerk
) -> None:
    assert "결재함" not in drafter.page("/desk")
    assert "발급 초안" not in approver.page("/desk")
    assert "접근 기록" in everything.page("/desk")


def test_an_agency_without_anything_is_shown_empty_rooms(foreigner: Clerk) -> None:
    for room in ("drafts", "files", "approvals", "issued", "revocations"):
        assert 'class="empty"' in foreigner.page(f"/desk/{room}"), room


def test_the_record_is_its_own_agencys_and_tells_of_itself(
    town: SimulatedCity, drafter: Clerk, everything: Clerk, foreigner: Clerk
) -> None:
    draft = drafter.drafts(town.claims("P01"), then="save")
    everything.page("/desk/access-log")
    page = everything.page("/desk/access-log")
    assert draft in page
    assert "접근 기록 열람" in page
    assert "김시범" not in page
    assert draft not in foreigner.page("/desk/access-log")


def test_an_auditor_of_an_agency_that_issues_nothing(town: SimulatedCity) -> None:
    auditor = Clerk.signed_in(town, "SEL-AUD-01")
    assert "지금 할 일이 없습니다" in auditor.page("/desk")
    assert "GU-11620" not in auditor.page("/desk/access-log")


def test_a_clerk_of_an_agency_that_may_issue_nothing_is_told(town: SimulatedCity) -> None:
    clerk = Clerk.hired(town, "SEL-AUD-02", Role.DRAFT)
    answer = clerk.get("/desk/new-draft")
    assert (answer.status_code, "unknown-agency" in answer.text) == (404, True)
    assert 'href="/desk"' in answer.text


def test_every_page_in_english(everything: Clerk) -> None:
    headers = {**OURS, "Accept-Language": "en"}
    for path in ("", "/drafts", "/files", "/approvals", "/issued", "/revocations", "/access-log"):
        page = everything.client.get(f"/desk{path}", headers=headers).text
        assert '<html lang="en"' in page
        assert "Today" in page


def test_every_act_has_words() -> None:
    words = read_words("issuer.web", "templates/desk/words.toml")
    assert {key.partition(".")[2] for key in words if key.startswith("desk-act.")} == set(Noted)


def test_long_lists_go_page_by_page(town: SimulatedCity, drafter: Clerk, approver: Clerk) -> None:
    rows = numbered({**RESIDENT, "birthDate": "1988-08-08"}, 45, start=8000)
    where = drafter.upload(csv_file(rows)).headers["Location"]
    batch = where.rpartition("/")[2]
    drafter.send(f"{where}/submit")
    pages = [approver.page(f"/desk/approvals/files/{batch}?page={page}") for page in (1, 2)]
    assert [page.count("1988-08-08") for page in pages] == [40, 5]
    approver.send(f"/desk/approvals/files/{batch}/approve")
    first = approver.send("/desk/issued", {"q": "1988-08-08"}).text
    second = approver.send("/desk/issued", {"q": "1988-08-08", "page": "2"}).text
    found = [set(re.findall(r'name="pick\.(e_[\w-]{22})"', page)) for page in (first, second)]
    assert [len(ids) for ids in found] == [40, 5]
    assert not found[0] & found[1]
    assert "1988-08-08" not in re.sub(r'value="1988-08-08"', "", first + second)
    assert '/desk/issued?page=2"' in approver.page("/desk/issued")
    for page in ("2", "999999", "0", "-1", "x", "٣"):
        approver.page(f"/desk/issued?page={page}")
