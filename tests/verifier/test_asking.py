"""A registration as choices, and what is chosen as a query; never more than was registered."""

from datetime import UTC, datetime

import pytest

from credentials.validity import Validity
from did_registry.accreditation import VerifierRegistration
from did_registry.errors import OverAsking
from did_registry.scope import check_scope
from tests.simulators.city import URL
from verifier.asking import asked_items, build_question, choices
from verifier.errors import NothingAsked

SEOUL = "SeoulResidencyCredential.residentOfSeoul"
NAME = "SeoulResidencyCredential.nameKo"
GU = "SeoulResidencyCredential.residentOfGu.11620"
MEMBER = "SeoulCitizenCardCredential.member"
NOW = datetime(2026, 3, 13, tzinfo=UTC)


def registration(*attributes: str) -> VerifierRegistration:
    return VerifierRegistration(
        did="did:webvh:x:y",
        attributes=frozenset(attributes),
        purpose_ko="목적",
        purpose_en="purpose",
        legal_basis="근거",
        retention_days=0,
        name_ko="이름",
        name_en="name",
        validity=Validity(NOW, None),
    )


def test_groups_what_may_be_asked_by_type_in_the_order_of_the_catalogue() -> None:
    found = choices(registration(MEMBER, GU, SEOUL, NAME))
    assert [choice.type.name for choice in found] == [
        "SeoulResidencyCredential",
        "SeoulCitizenCardCredential",
    ]
    order = [item.type.claims.index(item.claim) for item in found[0].items]
    assert order == sorted(order)
    assert {item.attribute for item in found[0].items} == {SEOUL, NAME, GU}


def test_leaves_out_what_this_release_does_not_know() -> None:
    unknown = ("NoSuchCredential.a", "SeoulResidencyCredential.noSuchClaim", "nothing")
    assert choices(registration(*unknown)) == ()
    assert choices(registration()) == ()


def test_asks_for_yes_where_there_is_yes_or_no() -> None:
    query = build_question(registration(SEOUL, NAME, GU), (NAME, SEOUL, SEOUL), URL)
    [item] = query.credentials
    assert item.vct_values == (f"{URL}/types/SeoulResidencyCredential/v1",)
    assert [(claim.path, claim.values) for claim in item.claims] == [
        (("nameKo",), ()),
        (("residentOfSeoul",), (True,)),
    ]


def test_whatever_it_asks_is_within_the_registration() -> None:
    within = registration(SEOUL, NAME, GU, MEMBER)
    check_scope(build_question(within, (SEOUL, NAME, GU), URL), within, URL)


@pytest.mark.parametrize(
    ("asked", "refusal"),
    [
        ((), NothingAsked),
        ((SEOUL, MEMBER), NothingAsked),
        ((SEOUL, NAME), OverAsking),
        (("NoSuchCredential.a",), OverAsking),
    ],
    ids=["nothing", "two-types", "beyond", "unknown-type"],
)
def test_refuses(asked: tuple[str, ...], refusal: type[Exception]) -> None:
    with pytest.raises(refusal):
        build_question(registration(SEOUL, MEMBER, "NoSuchCredential.a"), asked, URL)


def test_names_the_items_that_are_asked_in_reading_order() -> None:
    items = asked_items(registration(SEOUL, NAME, MEMBER), (SEOUL, NAME))
    assert [item.attribute for item in items] == [NAME, SEOUL]
