"""The least that answers a question, from the newest card that can."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import pytest

from credentials.claims import Claims
from credentials.validity import Validity
from openid4vc.dcql import Query, parse_query
from tests.simulators.cards import make_card
from tests.simulators.city import URL, SimulatedCity
from tests.simulators.forger import APPOINTMENT_PATHS, CERTIFICATE, LDP, Forger
from tests.simulators.one_change import changed
from wallet.errors import NothingToShow
from wallet.matching import Card, Selection, select_cards

ASKED = "residentOfSeoul"


def item(forger: Forger, *claims: str, query_id: str = "asked", **more: Any) -> Claims:
    """One credential query for the forger's type, as JSON."""
    found = forger.question(*claims).query.credentials[0].to_json()
    return {**found, "id": query_id, **more}


def select(
    forger: Forger, cards: Sequence[Card], *items: Claims, sets: Any = None, seconds: int = 0
) -> tuple[Selection, ...]:
    document: Claims = {"credentials": list(items)}
    if sets is not None:
        document["credential_sets"] = sets
    return pick(forger, cards, parse_query(document), seconds)


def pick(
    forger: Forger, cards: Sequence[Card], query: Query, seconds: int = 0
) -> tuple[Selection, ...]:
    return select_cards(query, cards, URL, forger.city.clock() + timedelta(seconds=seconds))


@pytest.fixture(scope="module")
def residency(forger: Forger) -> Card:
    return make_card(forger, forger.issue())


def test_discloses_what_was_asked_and_nothing_else(forger: Forger, residency: Card) -> None:
    (selection,) = select(forger, [residency], item(forger, ASKED, "residentOfGu.11620"))
    assert selection.query_id == "asked"
    assert selection.card is residency
    assert selection.disclose == ((ASKED,), ("residentOfGu", "11620"))


def test_takes_the_first_claim_set_that_it_can_satisfy(forger: Forger, residency: Card) -> None:
    claims = [
        {"id": "hanja", "path": ["nameHanja"]},  # P01 has none
        {"id": "gu", "path": ["guCode"]},
        {"id": "seoul", "path": [ASKED]},
    ]
    sets = [["hanja"], ["seoul"], ["gu", "seoul"]]
    asked = item(forger, ASKED, claims=claims, claim_sets=sets)
    (selection,) = select(forger, [residency], asked)
    assert selection.disclose == ((ASKED,),)


def test_shows_the_newest_card_that_fits(forger: Forger, residency: Card) -> None:
    tenth = make_card(forger, forger.issue(), number=10)
    second = make_card(forger, forger.issue(), number=2)
    for cards in ([residency, tenth, second], [tenth, second, residency]):
        (selection,) = select(forger, cards, item(forger, ASKED))
        assert selection.card is tenth


def test_a_newer_card_that_does_not_fit_is_passed_over(forger: Forger, residency: Card) -> None:
    claims = {n: v for n, v in forger.content().claims.items() if n != "ageOver19"}
    newer = make_card(forger, forger.issue(claims=claims), number=2)
    (selection,) = select(forger, [residency, newer], item(forger, "ageOver19"))
    assert selection.card is residency


def test_an_expected_value_must_be_there(forger: Forger, residency: Card) -> None:
    asked = changed(item(forger, "guCode"), "claims", 0, "values", to=["11620", "11440"])
    assert len(select(forger, [residency], asked)) == 1
    with pytest.raises(NothingToShow):
        select(forger, [residency], changed(asked, "claims", 0, "values", to=["11440"]))


def test_a_credential_of_another_type_or_format_does_not_fit(
    forger: Forger, residency: Card
) -> None:
    meta = {"vct_values": [f"{URL}/types/{CERTIFICATE}/v1"]}
    with pytest.raises(NothingToShow, match="other-type"):
        select(forger, [residency], item(forger, "title", meta=meta))
    query = forger.question(ASKED, credential_format=LDP).query
    with pytest.raises(NothingToShow, match="other-format"):
        pick(forger, [residency], query)


# ---- several credentials ----


def test_every_credential_is_shown_where_there_are_no_sets(forger: Forger, residency: Card) -> None:
    one, two = item(forger, ASKED, query_id="one"), item(forger, "guCode", query_id="two")
    found = select(forger, [residency], one, two)
    assert [(s.query_id, s.disclose) for s in found] == [
        ("one", ((ASKED,),)),
        ("two", (("guCode",),)),
    ]


def test_takes_the_first_option_that_it_can_deliver(forger: Forger, residency: Card) -> None:
    items = [
        item(forger, "nameHanja", query_id="hanja"),
        item(forger, ASKED, query_id="seoul"),
        item(forger, "guCode", query_id="gu"),
    ]
    sets = [{"options": [["hanja", "seoul"], ["seoul"], ["gu"]]}]
    found = select(forger, [residency], *items, sets=sets)
    assert [selection.query_id for selection in found] == ["seoul"]


def test_leaves_out_what_is_only_a_wish(forger: Forger, residency: Card) -> None:
    items = [item(forger, ASKED, query_id="seoul"), item(forger, "guCode", query_id="gu")]
    sets = [{"options": [["seoul"]]}, {"options": [["gu"]], "required": False}]
    found = select(forger, [residency], *items, sets=sets)
    assert [selection.query_id for selection in found] == ["seoul"]


def test_shows_a_credential_once_although_two_sets_name_it(forger: Forger, residency: Card) -> None:
    sets = [{"options": [["asked"]]}, {"options": [["asked"]]}]
    assert len(select(forger, [residency], item(forger, ASKED), sets=sets)) == 1


def test_shows_nothing_unless_every_required_set_is_there(forger: Forger, residency: Card) -> None:
    items = [item(forger, ASKED, query_id="seoul"), item(forger, "nameHanja", query_id="hanja")]
    sets = [{"options": [["seoul"]]}, {"options": [["hanja"]]}]
    with pytest.raises(NothingToShow):
        select(forger, [residency], *items, sets=sets)


# ---- cards that have it and are not shown ----


def test_does_not_show_what_has_expired(forger: Forger) -> None:
    now = forger.city.clock()
    short = forger.issue(validity=Validity(now, now + timedelta(seconds=10)))
    card = make_card(forger, short, number=2)
    assert select(forger, [card], item(forger, ASKED), seconds=69)[0].card is card
    with pytest.raises(NothingToShow, match="asked: expired"):
        select(forger, [card], item(forger, ASKED), seconds=70)


def test_does_not_show_what_is_not_yet_valid(forger: Forger) -> None:
    later = forger.issue(validity=Validity(forger.city.clock() + timedelta(hours=1), None))
    with pytest.raises(NothingToShow, match="asked: not-yet-valid"):
        select(forger, [make_card(forger, later)], item(forger, ASKED))


def test_falls_back_to_an_older_card_that_is_still_valid(forger: Forger, residency: Card) -> None:
    now = forger.city.clock()
    short = forger.issue(validity=Validity(now, now + timedelta(seconds=10)))
    newer = make_card(forger, short, number=2)
    (selection,) = select(forger, [residency, newer], item(forger, ASKED), seconds=3600)
    assert selection.card is residency


def test_falls_back_to_an_option_whose_card_is_still_valid(
    forger: Forger, residency: Card, still_city: SimulatedCity
) -> None:
    hr = Forger(still_city, "SEL-HR", "P12", CERTIFICATE)
    now = forger.city.clock()
    short = make_card(hr, hr.issue(validity=Validity(now, now)), number=2)
    items = [item(hr, "title", query_id="title"), item(forger, ASKED, query_id="seoul")]
    sets = [{"options": [["title"], ["seoul"]]}]
    found = select(forger, [residency, short], *items, sets=sets, seconds=3600)
    assert [selection.query_id for selection in found] == ["seoul"]


def test_shows_a_card_that_can_not_withhold_anything_only_whole(
    still_city: SimulatedCity,
) -> None:
    hr = Forger(still_city, "SEL-HR", "P12", CERTIFICATE)
    card = make_card(hr, hr.issue(LDP))
    whole = hr.question(*APPOINTMENT_PATHS, credential_format=LDP).query
    (selection,) = pick(hr, [card], whole)
    assert set(selection.disclose) == {tuple(path.split(".")) for path in APPOINTMENT_PATHS}
    for left_out in APPOINTMENT_PATHS:
        paths = [path for path in APPOINTMENT_PATHS if path != left_out]
        query = hr.question(*paths, credential_format=LDP).query
        with pytest.raises(NothingToShow, match="asked: shows-more-than-asked"):
            pick(hr, [card], query)


# ---- why not ----


def test_says_what_is_missing_by_name(forger: Forger, residency: Card) -> None:
    with pytest.raises(NothingToShow) as refusal:
        select(forger, [residency], item(forger, "nameHanja", "residentOfGu.11440", ASKED))
    assert refusal.value.detail == (
        "asked: claim-missing: nameHanja; asked: claim-missing: residentOfGu.11440"
    )


def test_says_that_the_wallet_is_empty(forger: Forger) -> None:
    with pytest.raises(NothingToShow, match="holds no credential at all"):
        select(forger, [], item(forger, ASKED))


def test_never_says_what_a_card_holds_or_what_was_expected(forger: Forger, residency: Card) -> None:
    asked = item(forger, "nameKo", "birthDate", "guCode")
    for place, value in enumerate(("김모의", "2000-01-01", "11440")):
        asked = changed(asked, "claims", place, "values", to=[value])
    with pytest.raises(NothingToShow) as refusal:
        select(forger, [residency], asked)
    for value in ("김모의", "2000-01-01", "11440", "김시범", "1999-05-17", "11620"):
        assert value not in refusal.value.detail
    assert "claim-other-value: nameKo" in refusal.value.detail


def test_does_not_blame_a_query_that_could_be_answered(forger: Forger, residency: Card) -> None:
    items = [item(forger, ASKED, query_id="seoul"), item(forger, "nameHanja", query_id="hanja")]
    with pytest.raises(NothingToShow) as refusal:
        select(forger, [residency], *items)
    assert "seoul" not in refusal.value.detail
