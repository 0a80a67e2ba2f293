"""A new tenant: found by its code from then on, with a status list that is signed already."""

from pathlib import Path

import pytest

from credentials.errors import Malformed
from credentials.keys import KeyType
from credentials.model import StatusPurpose
from issuer.actions.agencies import get_agency
from issuer.actions.open_agency import open_agency
from issuer.agency import Agency
from storage.errors import KeyNotFound
from storage.key_file import KeyPurpose
from storage.transaction import Database
from tests.simulators.issuing_office import GU, IssuingOffice, office_keystore, refused
from tests.simulators.status_reader import read_list


def opened(office: IssuingOffice, code: str) -> None:
    did = f"did:webvh:QmSimulated:gwanin.example:dids:{code}"
    with office.database.writing() as session:
        open_agency(session, office.context, code, did, now=office.clock())


def found(office: IssuingOffice, code: str) -> Agency:
    with office.database.reading() as session:
        return get_agency(session, office.context.settings, code)


def test_its_empty_list_is_published_from_the_first_moment(new_office: IssuingOffice) -> None:
    for purpose in StatusPurpose:
        assert not any(read_list(new_office, purpose).packed)


def test_opening_it_again_changes_nothing(office: IssuingOffice) -> None:
    before = office.rows()
    office.clock.advance(days=1)
    opened(office, GU)
    assert office.rows() == before


def test_an_agency_without_keys_is_not_opened(office: IssuingOffice) -> None:
    with refused(office, KeyNotFound):
        opened(office, "SEL-HR")


@pytest.mark.parametrize("code", ["", "gu-11620", "GU_1", "GU\0", "-GU", "GU-", "G" * 39, "구청"])
def test_a_code_under_which_nobody_could_find_it_is_refused(
    office: IssuingOffice, code: str
) -> None:
    with refused(office, Malformed):
        opened(office, code)


def test_the_longest_code_is_found_and_so_is_its_list(database: Database, tmp_path: Path) -> None:
    keystore = office_keystore(tmp_path)
    office = IssuingOffice.open(database, keystore)
    longest = office.agency("G" * 38)
    for key_type in KeyType:
        keystore.generate(longest.stored_key(key_type), KeyPurpose.ASSERTION, key_type)
    opened(office, longest.code)
    assert found(office, longest.code) == longest
    read_list(office, StatusPurpose.ANY, agency=longest.code)
