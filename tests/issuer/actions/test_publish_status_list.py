"""Publication: three documents from one store of states, signed with the right keys."""

from datetime import timedelta

import pytest

from credentials.json_object import parse_object
from credentials.jws import peek_claims, peek_header
from credentials.model import StatusPurpose
from credentials.status.bits import State
from issuer.actions.change_status import StatusChange
from issuer.actions.publish_status_list import ListForm, is_half_over, publish_status_list
from issuer.agency import Agency
from issuer.errors import StatusListNotFound
from issuer.models import PublishedList, StatusEntryRow
from issuer.status_allocation import LIST_SIZE
from tests.simulators.issuing_office import GU, LABOR, URL, IssuingOffice, refused
from tests.simulators.status_reader import read_list, served


def publish(office: IssuingOffice, agency: Agency) -> int:
    with office.database.writing() as session:
        return publish_status_list(session, office.context, agency, now=office.clock())


def rows(office: IssuingOffice, agency: str = GU) -> dict[str, PublishedList]:
    with office.database.reading() as session:
        found = session.query(PublishedList).filter_by(list_id=office.agency(agency).status_list)
        return {row.form: row for row in found}


def test_each_publication_has_the_next_number_in_all_its_documents(office: IssuingOffice) -> None:
    first = publish(office, office.agency())
    assert publish(office, office.agency()) == first + 1
    assert {row.sequence for row in rows(office).values()} == {first + 1}
    assert set(rows(office)) == {form.value for form in ListForm}


def test_one_agencys_publication_leaves_the_others_alone(office: IssuingOffice) -> None:
    before = {form: row.sequence for form, row in rows(office, LABOR).items()}
    publish(office, office.agency())
    assert {form: row.sequence for form, row in rows(office, LABOR).items()} == before


def test_a_list_is_valid_for_a_day_and_cached_for_minutes(office: IssuingOffice) -> None:
    office.clock.advance(milliseconds=400)
    publish(office, office.agency())
    for purpose in StatusPurpose:
        found = read_list(office, purpose)
        assert found.issued_at == office.clock().replace(microsecond=0)
        assert {row.issued_at for row in rows(office).values()} == {found.issued_at}
        assert found.expires == found.issued_at + timedelta(hours=24)
        assert found.ttl == timedelta(seconds=300)


def test_the_token_list_is_signed_with_the_key_of_the_credentials(office: IssuingOffice) -> None:
    # Some wallets check a status list with the key that signed the credential.
    token = served(office, ListForm.TOKEN).decode("ascii")
    assert peek_header(token).text("kid") == f"{office.agency().did}#es256-1"
    assert peek_header(token).text("alg") == "ES256"
    assert peek_header(token).text("typ") == "statuslist+jwt"
    assert peek_claims(token).text("sub") == f"{URL}/status/GU-11620-1"


@pytest.mark.parametrize("form", [ListForm.REVOCATION, ListForm.SUSPENSION])
def test_the_bitstring_lists_are_credentials_of_the_agency(
    office: IssuingOffice, form: ListForm
) -> None:
    document = parse_object(served(office, form), max_bytes=1_000_000)
    assert document.text("issuer") == office.agency().did
    assert document.text("id") == f"{URL}/status/GU-11620-1{form.value}"
    assert document.object("proof").text("cryptosuite") == "eddsa-jcs-2022"
    assert document.object("proof").text("verificationMethod").endswith("#eddsa-1")


def test_the_lists_agree_about_everybody(office: IssuingOffice) -> None:
    suspended, revoked, valid = (office.issued("P01", copies=2) for _ in range(3))
    office.change(suspended.entitlement_id, StatusChange.SUSPEND, "S01")
    office.change(revoked.entitlement_id, StatusChange.REVOKE, "R01")
    assert valid.entitlement_id
    with office.database.reading() as session:
        entries = session.query(StatusEntryRow).filter_by(list_id=office.agency().status_list)
        expected = {entry.idx: State(entry.state) for entry in entries}
    token = read_list(office, StatusPurpose.ANY)
    revocation = read_list(office, StatusPurpose.REVOCATION)
    suspension = read_list(office, StatusPurpose.SUSPENSION)
    assert {index: token.state(index) for index in expected} == expected
    for index, state in expected.items():
        assert revocation.value(index) == (state is State.REVOKED)
        assert suspension.value(index) == (state is State.SUSPENDED)


def test_a_list_is_large_enough_to_hide_in(office: IssuingOffice) -> None:
    for purpose in StatusPurpose:
        found = read_list(office, purpose)
        assert len(found.packed) * 8 // found.bits == LIST_SIZE >= 131_072


def test_an_agency_that_is_not_open_has_no_list(office: IssuingOffice) -> None:
    with refused(office, StatusListNotFound):
        publish(office, office.agency("SEL-HR"))


def test_half_of_its_life_is_over_after_twelve_hours(office: IssuingOffice) -> None:
    publish(office, office.agency())
    row = rows(office)[ListForm.TOKEN]
    assert not is_half_over(row, office.clock() + timedelta(hours=12, microseconds=-1))
    assert is_half_over(row, office.clock() + timedelta(hours=12))
