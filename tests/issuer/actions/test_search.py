"""Search: whole values, one agency, and a table that answers no question without the key."""

import unicodedata

import pytest

from issuer import desk_store
from issuer.actions.search import search_digest
from issuer.errors import SearchRefused
from issuer.search_terms import MAX_TERM_CHARS
from tests.simulators.issuing_office import GU, LABOR, IssuingOffice, persona
from tests.simulators.one_change import changed

NAME = "길시험찾기"


def found(office: IssuingOffice, text: str, agency: str = GU) -> list[str]:
    digest = search_digest(office.context, agency, text)
    assert digest is not None
    with office.database.reading() as session:
        rows = desk_store.entitlements(session, agency, digest=digest, offset=0, limit=10)
        assert desk_store.count_entitlements(session, agency, digest=digest) == len(rows)
        return [row.id for row in rows]


def test_found_by_name_in_any_spelling_by_birth_date_and_by_id(office: IssuingOffice) -> None:
    made = office.approve(changed(persona("P01"), "nameKo", to=NAME))
    for text in (NAME, unicodedata.normalize("NFD", NAME), f" {NAME} ", made.id, made.person_ref):
        assert found(office, text) == [made.id]
    assert made.id in found(office, "1999-05-17")


def test_a_part_of_a_value_finds_nothing(office: IssuingOffice) -> None:
    office.approve(changed(persona("P01"), "nameKo", to=NAME))
    assert found(office, NAME[:-1]) == []
    assert found(office, "%") == []


def test_another_agency_finds_nothing(office: IssuingOffice) -> None:
    made = office.approve(changed(persona("P01"), "nameKo", to="타기관찾기"))
    assert found(office, "타기관찾기") == [made.id]
    assert found(office, "타기관찾기", LABOR) == []
    digest = search_digest(office.context, GU, "타기관찾기")
    with office.database.reading() as session:
        # Not even with the other agency's digest.
        assert not desk_store.entitlements(session, LABOR, digest=digest, offset=0, limit=10)


def test_digests_of_two_agencies_can_not_be_compared(office: IssuingOffice) -> None:
    assert search_digest(office.context, GU, NAME) != search_digest(office.context, LABOR, NAME)


def test_no_value_stands_in_the_table(office: IssuingOffice) -> None:
    office.approve(changed(persona("P01"), "nameKo", to=NAME))
    stored = repr(office.rows()["search_term"])
    assert NAME not in stored
    assert "1999-05-17" not in stored


@pytest.mark.parametrize(
    "text",
    ["000101-0000001", "０００１０１－００００００１", "가" * (MAX_TERM_CHARS + 1)],
    ids=["resident-number", "full-width", "long"],
)
def test_what_is_not_searched_for(office: IssuingOffice, text: str) -> None:
    with pytest.raises(SearchRefused) as caught:
        search_digest(office.context, GU, text)
    assert text not in str(caught.value)


def test_nothing_is_looked_for_where_nothing_is_entered(office: IssuingOffice) -> None:
    assert search_digest(office.context, GU, "  ") is None
