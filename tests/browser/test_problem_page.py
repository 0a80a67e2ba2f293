"""The page where a problem document's `type` leads: both languages at once, whoever reads it."""

import pytest

from tests.simulators.browser import LANGUAGES, WIDTHS, Visitor, assert_accessible, picture


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("width", WIDTHS)
def test_a_problems_page_has_both_languages(visitor: Visitor, language: str, width: int) -> None:
    page = visitor.open("/problems/offer-not-open", language=language, width=width)
    assert (
        page.locator("h1[lang=ko]").inner_text()
        == "이미 쓰였거나 새로 바뀌었거나 잠긴 받기 링크입니다"
    )
    assert page.locator("h2[lang=en]").inner_text() == "The offer was used, withdrawn or locked"
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert_accessible(page)
    picture(page, "problem")
