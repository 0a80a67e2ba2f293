"""The front door and the sign-in page: in both languages, on a phone and on a desk."""

import pytest

from tests.simulators.browser import LANGUAGES, WIDTHS, Visitor, assert_accessible, picture


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("width", WIDTHS)
def test_the_front_door_says_what_this_is(visitor: Visitor, language: str, width: int) -> None:
    page = visitor.open("/", language=language, width=width)
    assert page.locator("html").get_attribute("lang") == language
    assert (
        page.locator("h1").inner_text()
        == {
            "ko": "종이 없이, 필요한 만큼만",
            "en": "No paper, and no more than is needed",
        }[language]
    )
    assert (
        page.locator(".notice-bar")
        .inner_text()
        .startswith(
            {"ko": "시연용, 서울시 공식 서비스가 아닙니다", "en": "A demonstration"}[language]
        )
    )
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert_accessible(page)
    picture(page, "home")


def test_language_and_type_size_are_remembered(visitor: Visitor) -> None:
    page = visitor.open("/")
    page.get_by_role("button", name="English").click()
    page.get_by_role("button", name="Large type").click()
    page.goto(f"{visitor.city.url}/sign-in")
    assert page.locator("html").get_attribute("lang") == "en"
    assert page.locator("html").get_attribute("data-type") == "large"


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_wrong_password_is_told_and_a_right_one_opens(visitor: Visitor, language: str) -> None:
    page = visitor.open("/sign-in", language=language, width=360)
    assert_accessible(page)
    picture(page, "sign-in")
    page.locator("#name").fill("GU-11620-01")
    page.locator("#password").fill("not the password at all")
    page.locator("main form button").click()
    page.get_by_role("alert").wait_for()
    assert "sign-in-refused" in page.get_by_role("alert").inner_text()
    assert_accessible(page)
