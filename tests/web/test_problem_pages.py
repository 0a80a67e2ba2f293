"""Where the `type` of a problem document leads."""

from html import unescape

from tests.simulators.city import SimulatedCity
from web.problem_rows import problems


def test_the_type_of_a_problem_leads_to_its_explanation(city: SimulatedCity) -> None:
    refused = city.http().get("/issuers/GU-11620/offers/unknown")
    assert refused.content_type == "application/problem+json"
    address = refused.get_json()["type"]
    assert address == f"{city.city.public_url}/problems/offer-not-found"
    page = city.http().get(address.removeprefix(city.city.public_url))
    assert (page.status_code, page.mimetype) == (200, "text/html")


def test_every_code_is_explained_in_both_languages(city: SimulatedCity) -> None:
    http = city.http()
    for row in problems().values():
        text = unescape(http.get(f"/problems/{row.code}").text)
        for sentence in (row.title_ko, row.title_en, row.advice_ko, row.advice_en, row.code):
            assert sentence in text, row.code


def test_there_is_no_page_for_another_code(city: SimulatedCity) -> None:
    for code in ("no-such-code", "../healthz", "OFFER-NOT-OPEN"):
        assert city.http().get(f"/problems/{code}").status_code == 404
