"""Claims are shown under their labels, in the type's order, and in words where there are some."""

from schemas.catalogue import get
from schemas.claim import Claim
from schemas.labels import Label
from verifier.shown_claims import shown_claims

RESIDENCY = get("SeoulResidencyCredential")
CARD = get("SeoulCitizenCardCredential")
PATHS = (("nameKo",), ("residentType",), ("residentOfSeoul",), ("residentOfGu", "11620"))


def test_says_each_kind_of_value() -> None:
    lines = shown_claims(
        RESIDENCY,
        {
            "residentOfGu": {"11620": True},
            "residentOfSeoul": False,
            "nameKo": "김시범",
            "residentType": "citizen",
        },
    )
    order = [RESIDENCY.claims.index(_claim(*path)) for path in PATHS]
    assert order == sorted(order)
    assert [(line.label, line.text, line.is_true) for line in lines] == [
        (_claim("nameKo").label, Label(ko="김시범", en="김시범"), False),
        (_claim("residentType").label, _citizen(), False),
        (_claim("residentOfSeoul").label, None, False),
        (_claim("residentOfGu", "11620").label, None, True),
    ]


def test_says_a_list_on_one_line_and_leaves_out_what_the_type_does_not_have() -> None:
    lines = shown_claims(CARD, {"facilityScopes": ["a", "b"], "noSuchClaim": "x"})
    assert [line.text for line in lines] == [Label(ko="a, b", en="a, b")]
    assert shown_claims(CARD, {}) == ()


def _claim(*path: str) -> Claim:
    claim = RESIDENCY.find_claim(path)
    assert claim is not None
    return claim


def _citizen() -> Label:
    return next(one.label for one in _claim("residentType").values if one.value == "citizen")
