"""A verdict document as a page shows it, in the reader's language."""

from collections.abc import Iterator

import pytest

from credentials.claims import Claims
from tests.simulators.city import SimulatedCity
from tests.simulators.forger import Forger
from tests.simulators.judge import ASKED, judge
from verifier.decision import CheckName, Result
from verifier.verdict_document import verdict_document
from verifier.web.verdict_view import VerdictView, verdict_view


@pytest.fixture(scope="module")
def accepted(forger: Forger) -> Claims:
    return verdict_document(judge(forger, forger.present(forger.issue(), ASKED)))


@pytest.fixture(scope="module")
def rejected(forger: Forger) -> Claims:
    shown = forger.present(forger.rewritten(forger.issue(), {"exp": 1}), ASKED)
    return verdict_document(judge(forger, shown))


@pytest.fixture(params=["ko", "en"])
def language(request: pytest.FixtureRequest, still_city: SimulatedCity) -> Iterator[str]:
    headers = {"Accept-Language": request.param}
    with still_city.app.test_request_context("/", headers=headers):
        yield request.param


def test_an_accepted_one_has_its_claims_and_no_excuse(accepted: Claims, language: str) -> None:
    view = verdict_view(accepted)
    word, label, yes = {
        "ko": ("확인됨", "서울 거주", "예"),
        "en": ("Verified", "Resident of Seoul", "Yes"),
    }[language]
    assert (view.word, view.colour, view.icon, view.meaning) == (word, "success", "check", None)
    assert [line.value for line in view.claims] == [yes]
    assert view.claims[0].label.startswith(label[:2])
    assert [check.result for check in view.checks] == [Result.PASSED] * len(CheckName)


def test_a_rejected_one_says_why_and_shows_nothing_else(rejected: Claims, language: str) -> None:
    view = verdict_view(rejected)
    assert (view.code, view.colour, view.claims) == ("EXPIRED", "warning", ())
    assert (
        view.meaning
        == {
            "ko": "유효기간이 지났습니다.",
            "en": "The time until which it was valid has passed.",
        }[language]
    )
    assert "{" not in view.word


def test_what_the_scan_page_gets_holds_no_more_than_it_shows(
    accepted: Claims, language: str
) -> None:
    view: VerdictView = verdict_view(accepted)
    assert set(view.to_json()) == {
        "code", "word", "colour", "icon", "meaning", "issuer", "type", "claims",
    }  # fmt: skip
