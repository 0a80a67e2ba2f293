"""Finding an agency: by its exact code, whatever a stranger writes into an address."""

import pytest

from issuer.actions.agencies import get_agency
from issuer.agency import Agency
from issuer.errors import UnknownAgency
from tests.simulators.issuing_office import GU, LABOR, IssuingOffice, refused


def found(office: IssuingOffice, code: str) -> Agency:
    with office.database.reading() as session:
        return get_agency(session, office.context.settings, code)


def test_an_open_agency_is_found(office: IssuingOffice) -> None:
    for code in (GU, LABOR):
        assert found(office, code) == office.agency(code)


@pytest.mark.parametrize(
    "code", ["SEL-HR", "", "gu-11620", "GU-11620 ", "GU-11620\0", "\udc80", "GU-%", "G" * 200]
)
def test_no_other_agency_is_found(office: IssuingOffice, code: str) -> None:
    with refused(office, UnknownAgency):
        found(office, code)
