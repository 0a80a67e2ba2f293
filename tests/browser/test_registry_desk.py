"""Applying, and the registry's desk: both languages, by the keyboard, by two people."""

import json
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from demo.city import Place, place, served
from tests.did_registry.test_application_form import AGENCY, VERIFIER
from tests.flows.test_demo import free_port
from tests.simulators.browser import Visitor, assert_accessible, picture
from tests.simulators.served_citizen import ServedCitizen

VIEWS = [("ko", 1280), ("en", 360)]
RESIDENCY = "SeoulResidencyCredential"
FIRST, SECOND = "SEL-DIG-01", "SEL-DIG-02"
LINES = {"agency": AGENCY, "verifier": VERIFIER}
TICKS = {"agency": f"pick.{RESIDENCY}", "verifier": f"pick.{RESIDENCY}.residentOfSeoul"}


@pytest.fixture(scope="module")
def own_city(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    """A city of this module's own, as what is done here can't be undone."""
    folder = tmp_path_factory.mktemp("registry-desk") / "var"
    city = place(port=free_port(), workers=1, data_dir=folder, database_url=None)
    city.run(["gwanin", "seed"])
    with served(city):
        yield city


@pytest.fixture
def visitor(browser: Browser, own_city: Place) -> Iterator[Visitor]:
    """Somebody with a browser; the test fails if a page of theirs complained."""
    somebody = Visitor(browser, own_city)
    yield somebody
    somebody.leave()


def _looked_at(page: Page, name: str) -> None:
    """Accessible and within the screen, in normal and in large type; and a picture."""
    assert_accessible(page)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    picture(page, name)
    page.evaluate("document.documentElement.dataset.type = 'large'")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.evaluate("document.documentElement.dataset.type = 'normal'")


def _officer(visitor: Visitor, reference: str, language: str, width: int) -> Page:
    page = visitor.profile(language=language, width=width).new_page()
    visitor.sign_in(page, reference)
    page.wait_for_url("**/registry/desk")
    return page


def _press(page: Page, selector: str) -> None:
    """By the keyboard: focus, then Enter; what is focused must be seen to be so."""
    found = page.locator(selector).first
    found.focus()
    assert found.evaluate("it => document.activeElement === it")
    page.keyboard.press("Enter")


def _fill(page: Page, lines: dict[str, str]) -> None:
    """Type every line, going on with the tabulator."""
    page.locator("#field-code").focus()
    for text in lines.values():
        page.keyboard.press("Control+a")
        page.keyboard.type(text)
        page.keyboard.press("Tab")


def _tick(page: Page, name: str) -> None:
    box = page.locator(f'input[name="{name}"]')
    summary = page.locator("details", has=box).locator("summary")
    if not box.is_visible():
        summary.focus()
        page.keyboard.press("Enter")
    box.focus()
    page.keyboard.press("Space")
    expect(box).to_be_checked()


def _apply(page: Page, who: str, code: str) -> str:
    """Hand in the form that is open; where its state is shown."""
    names = page.locator("main form .field > input").evaluate_all("all => all.map(it => it.name)")
    texts = {**LINES[who], "code": code}
    _fill(page, {name: texts[name] for name in names})
    if not page.locator(f'input[name="{TICKS[who]}"]').is_checked():
        _tick(page, TICKS[who])
    _press(page, "main form button.button")
    page.wait_for_url("**/registry/applications/*-*-*-*")
    return page.url


@pytest.mark.parametrize(
    ("language", "width", "who", "code"),
    [("ko", 1280, "agency", "GU-11215"), ("en", 360, "verifier", "VER-MART")],
)
def test_an_applicant_becomes_a_member(
    visitor: Visitor, language: str, width: int, who: str, code: str
) -> None:
    page = visitor.open("/registry", language=language, width=width)
    _press(page, "a[href='/registry/apply']")
    page.wait_for_url("**/registry/apply")
    _looked_at(page, "registry-apply")
    _press(page, f"a[href='/registry/apply/{who}']")
    page.wait_for_url(f"**/registry/apply/{who}")
    _looked_at(page, f"registry-apply-{who}")
    page.locator("#field-contact").fill("010-1234-5678")
    _press(page, "main form button.button")
    expect(page.locator("#problem-contact-1")).to_be_visible()
    assert page.evaluate("document.activeElement.getAttribute('role')") == "alert"
    _looked_at(page, f"registry-apply-{who}-wrong")
    where = _apply(page, who, code)
    _looked_at(page, "registry-applied")

    first = _officer(visitor, FIRST, language, width)
    _looked_at(first, "registry-desk-today")
    _press(first, ".message a")
    first.wait_for_url("**/applications")
    _looked_at(first, "registry-desk-applications")
    _press(first, ".cards h3 a")
    first.wait_for_url("**/applications/*")
    _looked_at(first, "registry-desk-application")
    _press(first, "form[action$='/propose'] button")
    first.wait_for_url("**/registry/desk/acts/act-*")
    expect(first.locator("form[action$='/approve']")).to_have_count(0)
    _looked_at(first, "registry-desk-act-own")
    page.reload()
    _looked_at(page, "registry-applied-proposed")

    second = _officer(visitor, SECOND, language, width)
    _press(second, ".cards h3 a")
    second.wait_for_url("**/acts/act-*")
    _looked_at(second, "registry-desk-act")
    _press(second, "form[action$='/approve'] button")
    expect(second.locator("pre")).to_contain_text(f"gwanin staff open {code}-01")
    _looked_at(second, "registry-desk-act-done")
    page.goto(where)
    expect(page.locator("dl.facts a[href$='.tlog-proof']")).to_have_count(1)
    _looked_at(page, "registry-applied-approved")
    if who == "verifier":
        _asks_at_once(visitor, code)


def _asks_at_once(visitor: Visitor, code: str) -> None:
    """The new verifier's own person asks, a citizen's wallet answers: nothing was restarted."""
    citizen = ServedCitizen(visitor.city, agency="GU-11620", type_name=RESIDENCY)
    opened = visitor.city.run_json(["gwanin", "staff", "open", f"{code}-01", "--role", "ask"])
    page = visitor.profile(language="en").new_page()
    page.goto(f"{visitor.city.url}/sign-in")
    page.locator("#name").fill(f"{code}-01")
    page.locator("#password").fill(opened["password"])
    page.locator("main form button").click()
    page.wait_for_url("**/verifier")
    for _ in range(20):  # a view of the registry is used for five seconds
        if page.locator(f'[name="{RESIDENCY}.residentOfSeoul"]').count():
            break
        page.wait_for_timeout(500)
        page.reload()
    tick = page.locator(f'[name="{RESIDENCY}.residentOfSeoul"]')
    if not tick.is_checked():
        tick.check()
    page.locator("main form button.button").click()
    page.wait_for_url("**/verifier/results/**")
    citizen.answer(page.locator("#link").input_value())
    expect(page.locator(".verdict .big")).to_have_text("Verified", timeout=10_000)


@pytest.mark.parametrize(("language", "width"), VIEWS)
def test_a_refused_applicant_reads_why(visitor: Visitor, language: str, width: int) -> None:
    page = visitor.open("/registry/apply/agency", language=language, width=width)
    where = _apply(page, "agency", f"GU-{width}")
    officer = _officer(visitor, FIRST, language, width)
    officer.goto(where.replace("/registry/", "/registry/desk/"))
    _press(officer, "form[action$='/refuse'] button")
    officer.locator(".message.danger").wait_for()
    _looked_at(officer, "registry-desk-refuse")
    officer.locator("#reason").focus()
    officer.keyboard.type("법적 근거가 없습니다.")
    officer.keyboard.press("Enter")
    expect(officer.locator("dl.facts").last).to_contain_text("법적 근거가 없습니다.")
    page.reload()
    expect(page.locator("main")).to_contain_text("법적 근거가 없습니다.")
    _looked_at(page, "registry-applied-refused")
    page.goto(f"{visitor.city.url}/registry/apply")
    page.locator("#receipt").fill(where.rpartition("/")[2].upper())
    page.keyboard.press("Enter")
    page.wait_for_url(where)


@pytest.mark.parametrize(
    ("language", "width", "code"), [("ko", 1280, "SEL-HR"), ("en", 360, "SEL-CIVIL")]
)
def test_every_other_act_begins_with_what_follows(
    visitor: Visitor, language: str, width: int, code: str
) -> None:
    page = _officer(visitor, FIRST, language, width)
    page.goto(f"{visitor.city.url}/registry/desk/members")
    _looked_at(page, "registry-desk-members")
    page.locator("#q").focus()
    page.keyboard.type(code)
    page.keyboard.press("Enter")
    page.wait_for_url("**/members?q=*")
    _press(page, ".cards h2 a")
    page.wait_for_url(f"**/members/{code}")
    _looked_at(page, "registry-desk-member")
    for act in ("deactivate", "accredit", "rotate"):
        page.goto(f"{visitor.city.url}/registry/desk/members/{code}/{act}")
        _looked_at(page, f"registry-desk-{act}")
    _press(page, "main form button")
    page.wait_for_url("**/acts/act-*")
    page.goto(f"{visitor.city.url}/registry/desk/admit")
    _looked_at(page, "registry-desk-admit")
    _press(page, "main form button.button")
    page.locator("main [role='alert']").wait_for()
    _looked_at(page, "registry-desk-admit-wrong")

    page.goto(f"{visitor.city.url}/registry/desk/members/{code}/compromise")
    _looked_at(page, "registry-desk-compromise")
    # A date that is typed and not picked; the order of its parts is the browser's language's.
    page.locator("#since").fill("2020-01-01T00:00")
    _press(page, "main form button")
    page.wait_for_url("**since=*")
    expect(page.locator("tbody tr")).to_have_count(3)
    _looked_at(page, "registry-desk-compromise-preview")
    page.locator("[name='confirmed']").focus()
    page.keyboard.press("Space")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_url("**/acts/act-*")
    _looked_at(page, "registry-desk-compromised")
    page.goto(f"{visitor.city.url}/registry/desk/acts")
    _looked_at(page, "registry-desk-acts")
    acts = json.loads(visitor.city.run(["gwanin", "registry", "acts", "--json"]))
    assert {row["kind"] for row in acts if row["subject"].startswith(code)} == {
        "rotate",
        "compromise",
    }
