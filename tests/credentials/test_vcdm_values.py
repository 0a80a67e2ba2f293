"""URLs and texts as the W3C data model has them."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from credentials.vcdm_values import is_url


@pytest.mark.parametrize(
    "url",
    [
        "https://a.example",
        "HTTPS://a.example/x?y#z",
        "http://localhost:8000/a%20b",
        "did:webvh:Qm1:a.example%3A8443:dids:GU-11620#key-1",
        "urn:uuid:58172aac-d8ba-11ed-83dd-0b3aef56cc33",
        "data:application/vc+jwt,eyJ",
        "https://예시.example/경로",
    ],
)
def test_is_a_url(url: str) -> None:
    assert is_url(url)


@pytest.mark.parametrize(
    "url",
    [
        "",
        "x",
        "/relative",
        "//a.example/x",
        "https ://a.example",
        "https://a.example/a b",
        "https://a.example/\n",
        "https://a.example/\u200e",
        "https://a.example/\u3000",
        "https://a.example/<x>",
        "https:a.example",
        "https://",
        "https:///x",
        "HTTP:/x",
        "did:",
        ":x",
        "1a:x",
        None,
        1,
        ["https://a.example"],
        {"id": "https://a.example"},
    ],
    ids=repr,
)
def test_is_no_url(url: object) -> None:
    assert not is_url(url)  # type: ignore[arg-type]


@settings(max_examples=200)
@given(st.text(max_size=30))
def test_a_url_has_a_scheme_and_no_white_space(text: str) -> None:
    if is_url(text):
        assert ":" in text
        assert not any(character.isspace() for character in text)
