import pytest

from credentials.claims import ClaimPath
from credentials.strict_json import JsonValue
from schemas.catalogue import get
from wallet.words import Language, claim_label, in_language, value_text

RESIDENCY = get("SeoulResidencyCredential")
CARD = get("SeoulCitizenCardCredential")


def test_speaks_the_language_that_is_asked_for() -> None:
    assert in_language(RESIDENCY.title, Language.KOREAN) == "서울시 거주확인증"
    assert in_language(RESIDENCY.title, Language.ENGLISH) == "Seoul Residency"
    assert list(Language) == [Language.KOREAN, Language.ENGLISH]


@pytest.mark.parametrize(
    ("path", "label"),
    [
        (("nameKo",), "Name"),
        (("residentOfGu", "11620"), "Resident of Gwanak-gu"),
        (("unknown", 3, None), "unknown.3.None"),
    ],
)
def test_calls_a_claim_by_its_name_and_else_by_its_path(path: ClaimPath, label: str) -> None:
    found = claim_label(RESIDENCY, path, Language.ENGLISH)
    assert found.startswith(label.partition("-")[0])


@pytest.mark.parametrize(
    ("path", "value", "text"),
    [
        (("nameKo",), "김시범", "김시범"),
        (("residentType",), "citizen", "Citizen"),
        (("residentType",), "unheard-of", "unheard-of"),
        (("unknown",), 1, "1"),
        (("unknown",), True, "true"),
        (("unknown",), None, "null"),
        (("unknown",), {"a": "가"}, '{"a": "가"}'),
        (("unknown",), [1, [2, "x"]], "1, 2, x"),
        (("unknown",), [], ""),
        (("nameKo",), "a\nb", '"a\\nb"'),
        (("nameKo",), "a\u202eb", '"a\\u202eb"'),
        (("nameKo",), "", ""),
    ],
    ids=str,
)
def test_writes_a_value_on_one_line(path: ClaimPath, value: JsonValue, text: str) -> None:
    found = value_text(RESIDENCY, path, value, Language.ENGLISH)
    assert found == text
    assert found.isprintable()


def test_names_every_element_of_a_list() -> None:
    claim = CARD.find_claim(("facilityScopes",))
    assert claim is not None
    assert value_text(CARD, claim.path, ["pool", "library"], Language.KOREAN) == "pool, library"
