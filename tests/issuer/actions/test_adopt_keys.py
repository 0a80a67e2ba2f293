"""An agency that was given new keys signs with them, and never dates back what they sign."""

from datetime import timedelta
from pathlib import Path

import pytest

from credentials.jws import peek_header
from credentials.keys import KeyType
from credentials.securing import mechanisms
from issuer import store
from issuer.actions.adopt_keys import adopt_keys, hold_keys
from issuer.actions.agencies import get_agency, get_signing_agency
from issuer.agency import KEY_FRAGMENTS
from issuer.errors import KeysInUse, UnknownAgency
from storage.errors import KeyNotFound
from storage.key_file import KeyPurpose
from storage.transaction import Database
from tests.simulators.issuing_office import GU, IssuingOffice, holder, office_keystore


@pytest.fixture
def office(database: Database, tmp_path: Path) -> IssuingOffice:
    return IssuingOffice.open(database, office_keystore(tmp_path))


def _adopt(office: IssuingOffice, code: str = GU) -> None:
    with office.database.writing() as session:
        hold_keys(session, office.context, code)
        adopt_keys(session, office.context, code, 2, now=office.clock())


def _make_keys(office: IssuingOffice) -> None:
    for key_type, first in KEY_FRAGMENTS.items():
        name = f"{GU}/{first.removesuffix('1')}2"
        office.context.keystore.generate(name, KeyPurpose.ASSERTION, key_type)


def test_the_next_credential_is_signed_with_the_new_key(office: IssuingOffice) -> None:
    token = office.token(office.offer(office.approve("P01")))
    _make_keys(office)
    _adopt(office)
    (credential,) = office.issue(token, office.request(holder(1)))
    assert isinstance(credential, str)
    kid = peek_header(credential.partition("~")[0]).text("kid")
    assert kid == f"{office.agency().did}#es256-2"


def test_what_a_new_key_signs_is_never_dated_before_it(office: IssuingOffice) -> None:
    """A request that came a moment before the rotation, and was served after it."""
    token = office.token(office.offer(office.approve("P01")))
    request = office.request(holder(1))
    _make_keys(office)
    office.clock.advance(seconds=3)
    _adopt(office)
    since = office.clock()
    office.clock.set(since - timedelta(seconds=2))
    (credential,) = office.issue(token, request)
    assert isinstance(credential, str)
    issued_at = mechanisms()["sd-jwt-vc"].parse(credential).issued_at
    assert issued_at == since.replace(microsecond=0)


def test_keys_that_sign_in_this_very_second_are_retired_in_the_next(
    office: IssuingOffice,
) -> None:
    office.issued("P01")
    _make_keys(office)
    with pytest.raises(KeysInUse):
        _adopt(office)
    with office.database.reading() as session:
        assert get_agency(session, office.context.settings, GU).keys == 1
    office.clock.advance(seconds=1)
    _adopt(office)
    with office.database.reading() as session:
        assert get_agency(session, office.context.settings, GU).keys == 2


def test_the_list_is_signed_anew_with_the_new_key(office: IssuingOffice) -> None:
    _make_keys(office)
    _adopt(office)
    with office.database.reading() as session:
        agency = get_agency(session, office.context.settings, GU)
        published = store.find_published(session, agency.status_list, "")
    assert published is not None
    assert published.sequence == 2
    token = published.body.decode()
    assert peek_header(token).text("kid") == agency.key_id(KeyType.P256)
    assert agency.key_id(KeyType.P256).endswith("#es256-2")


def test_without_the_keys_nothing_changes(office: IssuingOffice) -> None:
    with pytest.raises(KeyNotFound):
        _adopt(office)
    with office.database.reading() as session:
        assert get_agency(session, office.context.settings, GU).keys == 1


def test_who_is_no_agency_has_nothing_to_adopt(office: IssuingOffice) -> None:
    _adopt(office, "VER-LIB")
    with office.database.writing() as session, pytest.raises(UnknownAgency):
        get_signing_agency(session, office.context.settings, "VER-LIB")
