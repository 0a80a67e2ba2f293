"""What is entered to admit somebody from elsewhere: read whole, or told what is wrong with it."""

from collections.abc import Mapping
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from did_registry.admission import Asking, anchor_name
from did_registry.admission_form import LINES, parse_admission
from did_registry.errors import ApplicationInvalid
from did_registry.root_act import Admit
from tests.simulators.pki import Pki

DAY = date(2026, 3, 13)
TYPE = "SeoulResidencyCredential"
ATTRIBUTE = f"{TYPE}.residentOfSeoul"
DID = "did:key:z6MkpTHR8VNsBxYAAWHut2Geadd9jSwuBV8xRoAnwWsdvktH"
NAMED = {"did": DID, "nameKo": "이웃 도시", "nameEn": "A neighbour city"}
ASKING = {"purpose": "목적", "purposeEn": "Why", "legalBasis": "법 제1조", "retentionDays": "3"}


def problems(
    texts: Mapping[str, str], types: tuple[str, ...] = (), attributes: tuple[str, ...] = ()
) -> set[str]:
    """What is told, as `where: code`."""
    with pytest.raises(ApplicationInvalid) as error:
        parse_admission(texts, types, attributes, on=DAY)
    return {f"{it.where}: {it.code}" for it in error.value.problems}


def test_somebody_is_admitted_to_issue() -> None:
    assert parse_admission(NAMED, [TYPE], [], on=DAY) == Admit(
        did=DID, name_ko="이웃 도시", name_en="A neighbour city", types=(TYPE,), asking=None
    )


def test_somebody_is_admitted_to_ask_or_to_do_both() -> None:
    for types in ((), (TYPE,)):
        read = parse_admission({**NAMED, **ASKING}, types, [ATTRIBUTE], on=DAY)
        assert read.types == types
        assert read.asking == Asking(
            attributes=(ATTRIBUTE,),
            purpose_ko="목적",
            purpose_en="Why",
            legal_basis="법 제1조",
            retention_days=3,
        )


@pytest.mark.parametrize("name", [*NAMED, *ASKING])
def test_every_line_of_who_asks_is_needed(name: str) -> None:
    texts = {**NAMED, **ASKING, name: ""}
    assert problems(texts, (TYPE,), (ATTRIBUTE,)) == {f"{name}: missing"}


def test_a_purpose_without_items_is_an_oversight() -> None:
    assert problems({**NAMED, "purpose": "목적"}, (TYPE,)) == {"attributes: missing"}


def test_an_admission_is_for_something() -> None:
    assert problems(NAMED) == {"allowedTypes: missing"}
    every = ("did", "nameKo", "nameEn", "allowedTypes")
    assert problems({}) == {f"{name}: missing" for name in every}


@pytest.mark.parametrize(
    "did",
    ["x", "did:key:zX", "did:", "did:key:" + "z" * 300, "did:webvh:x", "did:a b:c", "did:a:나"],
)
def test_what_is_no_did_is_told_once(did: str) -> None:
    assert problems({**NAMED, "did": did}, (TYPE,)) == {"did: wrong-form"}


def test_a_resident_number_is_refused() -> None:
    for name in ("nameKo", "nameEn", "purpose", "purposeEn", "legalBasis"):
        texts = {**NAMED, **ASKING, name: "000101-3000001"}
        assert problems(texts, (), (ATTRIBUTE,)) == {f"{name}: resident-number"}


def test_an_anchor_takes_the_place_of_the_did() -> None:
    root = Pki().root
    named = {"nameKo": "이웃 인증기관", "nameEn": "A CA", "anchor": root.pem.decode()}
    read = parse_admission(named, [TYPE], [], on=DAY)
    assert (read.did, read.anchor) == (anchor_name(root.certificate), root.certificate)
    assert problems({**named, "did": DID}, (TYPE,)) == {"anchor: repeated"}
    assert problems({**named, "anchor": "x\u200b"}, (TYPE,)) == {"anchor: wrong-form"}
    asked = problems({**named, **ASKING}, (TYPE,), (ATTRIBUTE,))
    assert asked == {"attributes: not-offered"}


def test_only_what_is_offered_is_admitted() -> None:
    assert "allowedTypes: not-offered" in problems(NAMED, ("IssuerAccreditationCredential",))
    texts = {**NAMED, **ASKING}
    assert "attributes: not-offered" in problems(texts, (), (f"{TYPE}.nothing",))


@given(
    texts=st.dictionaries(st.sampled_from([*LINES, "x"]), st.text(max_size=30)),
    types=st.lists(st.text(max_size=20), max_size=3),
    attributes=st.lists(st.text(max_size=20), max_size=3),
)
def test_whatever_is_sent_is_read_or_refused_by_our_own_error(
    texts: dict[str, str], types: list[str], attributes: list[str]
) -> None:
    with pytest.raises(ApplicationInvalid):
        parse_admission(texts, types, attributes, on=DAY)
