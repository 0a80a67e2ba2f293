"""The clerks' desk in a real browser: by keyboard alone from a draft to a revocation; every room in
both languages, on a phone and on a desk."""

import re
from pathlib import Path

from playwright.sync_api import Page

from demo.city import Place
from tests.simulators.browser import LANGUAGES, WIDTHS, Visitor, assert_accessible, picture
from tests.simulators.csv_file import RESIDENT, csv_file, numbered
from web.qr import read_qr

DRAFTER, APPROVER, AUDITOR = "GU-11620-01", "GU-11620-02", "GU-11620-03"
NAME = "박하늘별구름"
MAX_TABS = 80


def tab_to(page: Page, selector: str) -> None:
    """Press Tab until the focus is there, as somebody without a mouse does."""
    for _ in range(MAX_TABS):
        if page.evaluate("s => document.activeElement?.matches(s) ?? false", selector):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"{selector} can't be reached by Tab")


def press(page: Page, selector: str, key: str = "Enter") -> None:
    """Go there by Tab, press a key, and wait for what comes of it."""
    tab_to(page, selector)
    if key == "Enter":
        with page.expect_navigation():
            page.keyboard.press(key)
    else:
        page.keyboard.press(key)


def type_into(page: Page, field: str, text: str) -> None:
    tab_to(page, f"[id='field-{field}']")
    if page.locator(f"[id='field-{field}']").get_attribute("type") == "date":
        year, month, day = text.split("-")
        page.keyboard.type(month + day + year)  # in the order of the browser's own language
    else:
        page.keyboard.insert_text(text)


def clerk(visitor: Visitor, reference: str, **how: str) -> Page:
    page = visitor.profile(language=how.get("language", "ko"), width=1280).new_page()
    visitor.sign_in(page, reference)
    page.wait_for_url("**/desk")
    return page


def test_by_keyboard_alone_from_a_draft_to_a_revocation(
    visitor: Visitor, served_city: Place, tmp_path: Path
) -> None:
    drafts, approves = clerk(visitor, DRAFTER), clerk(visitor, APPROVER)
    enter_draft(drafts)
    approve(approves)
    link, code = offer(approves)
    receive(served_city, tmp_path, link, code)
    suspend_reinstate_revoke(approves)


def enter_draft(page: Page) -> None:
    press(page, "a[href='/desk/new-draft']")
    press(page, "a[href*='SeoulResidencyCredential']")
    # Sent too early: what is missing is told, and the focus stands where it is told.
    press(page, "button[value='submit']")
    assert page.evaluate("document.activeElement.getAttribute('role')") == "alert"
    assert "missing" in page.get_by_role("alert").inner_text()
    assert_accessible(page)
    picture(page, "desk-draft-refused")
    for field, text in (("nameKo", NAME), ("birthDate", "1999-05-17")):
        type_into(page, field, text)
    tab_to(page, "#field-guCode")
    page.keyboard.press("ArrowDown")
    tab_to(page, "#field-residentType")
    page.keyboard.press("ArrowDown")
    type_into(page, "registeredSince", "2019-03-02")
    press(page, "button[value='submit']")
    assert "박****름" in page.locator("main").inner_text()


def approve(page: Page) -> None:
    press(page, "a[href='/desk/approvals']")
    assert NAME in page.locator("main").inner_text()
    press(page, "input[name^='pick.']", "Space")
    press(page, "main form button.button")
    assert "1건" in page.get_by_role("status").inner_text()


def offer(page: Page) -> tuple[str, str]:
    press(page, "a[href='/desk/issued']")
    press(page, "a[href^='/desk/issued/e_']")
    press(page, "button[value='letter']")
    drawn = page.locator(".qr img")
    assert drawn.get_attribute("alt")
    (read,) = read_qr(drawn.screenshot())
    link = page.locator("#link").input_value()
    assert read == link
    tab_to(page, "#link")  # a field that can be copied from without a mouse
    press(page, "button[data-copies='link']", "Space")
    picture(page, "desk-offer")
    press(page, "a[href$='/offer/code']")
    code = page.locator(".big-code").inner_text()
    assert re.fullmatch("[0-9]{6}", code)
    picture(page, "desk-tx-code")
    press(page, "main a[href$='/offer']")
    press(page, "main > p > a[href^='/desk/issued/e_']")
    return link, code


def receive(city: Place, folder: Path, link: str, code: str) -> None:
    passphrase = folder / "pass"
    passphrase.write_text("a passphrase of mine\n", "utf-8")
    passphrase.chmod(0o600)
    wallet = ["gwanin-wallet", "--vault", str(folder / "vault"), "--passphrase-file"]
    city.run([*wallet, str(passphrase), "receive", "--yes", link, "--tx-code", code])


def suspend_reinstate_revoke(page: Page) -> None:
    page.reload()
    for change, word in (("suspend", "중지"), ("reinstate", "발급됨"), ("revoke", "폐기")):
        if change != "reinstate":
            tab_to(page, f"#{change}-reason")
            page.keyboard.press("ArrowDown")
        if change == "revoke":
            press(page, "input[name='confirmed']", "Space")
        press(page, f"button[value='{change}']")
        assert page.locator("main .word").first.inner_text().strip() == word
    picture(page, "desk-revoked")


def test_a_file_of_many_rows_shows_how_far_it_is(visitor: Visitor, tmp_path: Path) -> None:
    rows = [*numbered(RESIDENT, 260), {**RESIDENT, "guCode": "99999"}]
    file = tmp_path / "rows.csv"
    file.write_bytes(csv_file(rows))
    drafts, approves = clerk(visitor, DRAFTER), clerk(visitor, APPROVER)
    drafts.goto(f"{visitor.city.url}/desk/files")
    drafts.set_input_files("#file", file)
    drafts.locator("main form button").click()
    assert "not-offered" in drafts.locator("main").inner_text()
    assert_accessible(drafts)
    picture(drafts, "desk-file")
    drafts.locator("form[action$='/submit'] button").click()
    approves.goto(f"{visitor.city.url}/desk/approvals")
    approves.locator("a[href^='/desk/approvals/files/']").click()
    approves.locator("form[action$='/approve'] button").click()
    # The second step is taken without another press.
    approves.locator("progress[value='260']").wait_for()
    assert "승인" in approves.locator("main .word").first.inner_text()
    picture(approves, "desk-file-approved")


ROOMS = (
    ("desk-today", "/desk", APPROVER),
    ("desk-drafts", "/desk/drafts", DRAFTER),
    ("desk-form", "/desk/new-draft?type=SeoulResidencyCredential", DRAFTER),
    ("desk-files", "/desk/files", DRAFTER),
    ("desk-approvals", "/desk/approvals", APPROVER),
    ("desk-issued", "/desk/issued", APPROVER),
    ("desk-revocations", "/desk/revocations", APPROVER),
    ("desk-access-log", "/desk/access-log", AUDITOR),
)


def test_every_room_in_both_languages_on_a_phone_and_on_a_desk(visitor: Visitor) -> None:
    pages = {who: clerk(visitor, who) for who in (DRAFTER, APPROVER, AUDITOR)}
    draft_by_form(pages[DRAFTER], visitor.city.url)
    for language in LANGUAGES:
        for page in pages.values():
            choose(page, language)
        for width in WIDTHS:
            for name, path, who in ROOMS:
                look(pages[who], visitor.city.url + path, name, language, width)


def draft_by_form(page: Page, url: str) -> None:
    """A draft that waits, so that no room is empty."""
    page.goto(f"{url}/desk/new-draft?type=SeoulResidencyCredential")
    for field, text in (
        ("nameKo", "O'SPECIMEN <b>"),
        ("birthDate", "1980-01-01"),
        ("registeredSince", "2019-03-02"),
    ):
        page.locator(f"#field-{field}").fill(text)
    page.locator("#field-guCode").select_option("11620")
    page.locator("#field-residentType").select_option("foreigner")
    page.locator("button[value='submit']").click()


def choose(page: Page, language: str) -> None:
    """The language by its button, if it is not the page's own already."""
    if page.locator("html").get_attribute("lang") != language:
        page.locator(f"button[name='language'][value='{language}']").click()
        page.locator(f"html[lang='{language}']").wait_for()


def look(page: Page, where: str, name: str, language: str, width: int) -> None:
    """One page: in its language, no wider than the screen, and for everybody."""
    page.set_viewport_size({"width": width, "height": 800})
    page.goto(where)
    assert page.locator("html").get_attribute("lang") == language
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), (name, width)
    small = page.evaluate(
        """() => [...document.querySelectorAll('main button, main select, main a.button, .tick')]
             .filter(it => it.offsetParent && it.getBoundingClientRect().height < 44)
             .map(it => it.outerHTML)"""
    )
    assert small == [], name
    if (language == "ko") == (width == 1280):  # each language and each width once
        assert_accessible(page)
        picture(page, name)
