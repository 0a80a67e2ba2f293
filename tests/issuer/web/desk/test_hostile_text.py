"""Whatever somebody writes into a claim, a reason, a search or a file's name stays a text."""

import re
from pathlib import Path

import pytest
from markupsafe import escape

import issuer.web
from tests.simulators.city import SimulatedCity
from tests.simulators.csv_file import RESIDENT, csv_file
from tests.simulators.desk import Clerk, draft_ids, entered
from tests.simulators.one_change import changed

ATTACKS = {
    "tag": "<script>alert(1)</script>",
    "attribute": "\"><img src=x onerror='alert(1)'>",
    "quotes": 'O\'SPECIMEN" onfocus=alert(1) autofocus x="',
    "template": "{{ config }}{% raw %}",
    "link": "javascript:alert(1)",
    "entity": "&lt;script&gt;&#39;",
}
TEMPLATES = Path(issuer.web.__file__).parent / "templates"
# A tag's name or attribute that an attack would have made.
MADE = re.compile(r"<script>alert|<img src=x|\sonerror=(?!&)|\" onfocus=|href=\"javascript")
TEXTS = ("nameKo", "dongName", "roadAddress", "addressDetail")


@pytest.mark.parametrize("attack", ATTACKS.values(), ids=ATTACKS)
def test_no_text_becomes_markup(
    town: SimulatedCity, drafter: Clerk, approver: Clerk, attack: str
) -> None:
    claims = town.claims("P01")
    for claim in TEXTS:
        longest = {"dongName": 20, "nameKo": 40}.get(claim, 100)
        claims = changed(claims, claim, to=attack[:longest].strip())
    pages = []
    fields = entered(claims)
    pages.append(drafter.send("/desk/drafts", {**fields, "c.birthDate": attack}).text)
    pages.append(drafter.send("/desk/drafts", {**fields, "person_ref": attack}).text)
    draft = drafter.drafts(claims)
    pages += [drafter.page(it) for it in ("/desk/drafts", f"/desk/drafts/{draft}", "/desk")]
    pages.append(drafter.page(f"/desk/drafts/{draft}/edit"))
    pages += [approver.page("/desk/approvals"), approver.page(f"/desk/approvals/{draft}")]
    approver.send(f"/desk/approvals/{draft}/refuse", {"revision": "1", "reason": attack})
    pages.append(drafter.page(f"/desk/drafts/{draft}"))
    name = attack[:40].strip()
    file_name = attack.replace('"', "%22") + ".csv"  # as browsers write it
    uploaded = drafter.upload(csv_file([{**RESIDENT, "nameKo": name}]), file_name)
    batch = uploaded.headers["Location"].rpartition("/")[2]
    pages += [drafter.page(uploaded.headers["Location"]), drafter.page("/desk/files")]
    drafter.send(f"/desk/files/{batch}/submit")
    pages += [approver.page("/desk/approvals"), approver.page(f"/desk/approvals/files/{batch}")]
    approver.send(f"/desk/approvals/files/{batch}/approve")
    pages += [approver.page("/desk/issued"), approver.send("/desk/issued", {"q": name}).text]
    issued = re.findall(r"/desk/issued/(e_[\w-]{22})", pages[-1])
    pages += [approver.page(f"/desk/issued/{it}") for it in issued]
    assert issued
    for page in pages:
        assert not MADE.search(page), page
    assert any(str(escape(name)) in page for page in pages)


def test_what_stands_in_an_address_is_text_too(drafter: Clerk, approver: Clerk) -> None:
    attack = "<script>alert(1)</script>"
    for path in (
        f"/desk/new-draft?type={attack}",
        f"/desk/drafts?page={attack}&done={attack}",
        f"/desk/drafts/{attack}",
        f"/desk/issued?page={attack}",
        f"/desk/revocations?page={attack}",
    ):
        assert attack not in drafter.get(path).text
    assert attack not in approver.get(f"/desk/approvals?done={attack}&page=-1").text


def test_a_column_that_a_stranger_named_is_text(drafter: Clerk) -> None:
    answer = drafter.upload(b'nameKo,"<script>alert(1)</script>"\r\nx,y\r\n')
    assert answer.status_code == 422
    assert "<script>alert" not in answer.text


def test_hidden_and_turning_characters_are_refused(town: SimulatedCity, drafter: Clerk) -> None:
    before = draft_ids(town)
    for text in ("김\u202e시범", "김\u200b시범", "김\x00시범"):
        fields = entered(changed(town.claims("P01"), "nameKo", to=text))
        assert drafter.send("/desk/drafts", fields).status_code == 422
    assert draft_ids(town) == before


def test_no_template_switches_escaping_off_or_speaks_inline() -> None:
    for path in sorted(TEMPLATES.rglob("*.html")):
        text = path.read_text("utf-8")
        assert not re.search(r"\|\s*safe|autoescape|Markup|tojson", text), path
        assert not re.search(r"\son[a-z]+=|\sstyle=|<script(?![^>]*nonce=)|accesskey", text), path
        assert not re.search("[\uac00-\ud7a3]", text), path


def test_every_form_carries_the_token() -> None:
    for path in sorted(TEMPLATES.rglob("*.html")):
        for form in re.findall(r"<form\b.*?</form>", path.read_text("utf-8"), re.DOTALL):
            assert "{{ token() }}" in form, path
