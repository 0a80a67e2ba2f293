"""Serving a status list: as it was signed; after half a day, whoever asks has it signed anew."""

import pytest

from credentials.model import StatusPurpose
from issuer.actions.change_status import StatusChange
from issuer.actions.publish_status_list import ListForm
from issuer.actions.serve_status_list import serve_status_list
from issuer.errors import StatusListNotFound
from issuer.models import StatusListRow
from tests.simulators.issuing_office import IssuingOffice, refused
from tests.simulators.status_reader import read_list, served


def sequence(office: IssuingOffice) -> int:
    with office.database.reading() as session:
        return session.get_one(StatusListRow, office.agency().status_list).sequence


@pytest.mark.parametrize("form", ListForm)
def test_serves_the_same_bytes_to_everybody(new_office: IssuingOffice, form: ListForm) -> None:
    first = served(new_office, form)
    new_office.clock.advance(hours=11, minutes=59, seconds=59)
    assert served(new_office, form) == first
    assert sequence(new_office) == 1


def test_signs_it_anew_once_when_half_its_life_is_over(new_office: IssuingOffice) -> None:
    first = served(new_office, ListForm.TOKEN)
    new_office.clock.advance(hours=12)
    second = served(new_office, ListForm.REVOCATION)
    assert sequence(new_office) == 2
    assert served(new_office, ListForm.REVOCATION) == second
    assert served(new_office, ListForm.TOKEN) != first
    assert sequence(new_office) == 2
    assert read_list(new_office, StatusPurpose.ANY).issued_at == new_office.clock()


def test_what_is_signed_anew_says_the_same(new_office: IssuingOffice) -> None:
    made = new_office.issued("P01")
    new_office.change(made.entitlement_id, StatusChange.REVOKE, "R02")
    before = read_list(new_office, StatusPurpose.ANY).packed
    new_office.clock.advance(hours=12)
    assert read_list(new_office, StatusPurpose.ANY).packed == before


def test_after_an_outage_of_days_nobody_gets_a_list_that_expired(
    new_office: IssuingOffice,
) -> None:
    new_office.clock.advance(days=3)
    for purpose in StatusPurpose:
        assert read_list(new_office, purpose).issued_at == new_office.clock()


@pytest.mark.parametrize(
    "list_id",
    [
        "GU-11620-2",
        "GU-11620",
        "",
        "gu-11620-1",
        "GU-11620-1\0",
        "\udc80",
        "G" * 200,
        "GU-11620-1/revocation",
    ],
)
def test_there_is_no_other_list(office: IssuingOffice, list_id: str) -> None:
    with refused(office, StatusListNotFound):
        serve_status_list(
            office.database, office.context, list_id, ListForm.TOKEN, now=office.clock()
        )
