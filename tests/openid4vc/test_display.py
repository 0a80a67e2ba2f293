"""Names by language."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from credentials.claims import Claims
from credentials.errors import Malformed
from credentials.json_object import JsonObject
from credentials.strict_json import JsonValue
from openid4vc.display import Display, parse_displays

KOREAN = Display(name="관악구", locale="ko", description="구청")
ENGLISH = Display(name="Gwanak-gu", locale="en")

texts = st.none() | st.text(st.characters(codec="utf-8"), min_size=1, max_size=20)
displays = st.lists(
    st.builds(Display, name=texts, locale=texts, description=texts),
    min_size=1,
    max_size=4,
    unique_by=lambda display: display.locale,
)


@settings(max_examples=50)
@given(displays)
def test_what_is_written_is_read_back(written: list[Display]) -> None:
    owner = JsonObject({"display": [display.to_json() for display in written]})
    assert parse_displays(owner) == tuple(written)


def test_an_object_without_display_has_no_words() -> None:
    assert parse_displays(JsonObject({})) == ()


def test_leaves_logos_alone() -> None:
    words: Claims = {**ENGLISH.to_json(), "logo": {"uri": "https://tracker.example/x.png"}}
    assert parse_displays(JsonObject({"display": [words]})) == (ENGLISH,)


@pytest.mark.parametrize(
    "value",
    [
        pytest.param([], id="empty"),
        pytest.param({}, id="not an array"),
        pytest.param(["x"], id="not objects"),
        pytest.param([{"name": "a", "locale": "ko"}, {"name": "b", "locale": "ko"}], id="twice"),
        pytest.param([{"name": "a"}, {"name": "b"}], id="two without a language"),
        pytest.param([{"name": 1}], id="a name that is no text"),
        pytest.param([{"name": "x" * 301}], id="a long name"),
        pytest.param([{"locale": "x" * 65}], id="a long locale"),
        pytest.param([{"description": "x" * 2001}], id="a long description"),
        pytest.param([{"locale": str(number)} for number in range(65)], id="too many"),
    ],
)
def test_refuses_any_other_display(value: JsonValue) -> None:
    with pytest.raises(Malformed):
        parse_displays(JsonObject({"display": value}))
