"""What the registry lets an agency issue, as of a moment."""

from dataclasses import replace
from datetime import timedelta

from issuer.actions.accreditation import permissions_at
from issuer.actions.agencies import get_agency
from issuer.agency import Agency
from tests.simulators.city import SimulatedCity


def agency(city: SimulatedCity, code: str) -> Agency:
    issuer = city.city.issuer
    with issuer.database.reading() as session:
        return get_agency(session, issuer.context.settings, code)


def test_an_agency_may_issue_what_it_is_accredited_for(city: SimulatedCity) -> None:
    view, now = city.city.issuer.registry.view(city.clock()), city.clock()
    assert permissions_at(view, agency(city, "GU-11620"), now) == {"SeoulResidencyCredential"}
    assert permissions_at(view, agency(city, "SEL-HR"), now) == {
        "CityCertificateCredential/appointment",
        "CityCertificateCredential/career",
        "CityCertificateCredential/commendation",
    }


def test_an_accreditation_ends(city: SimulatedCity) -> None:
    view, found = city.city.issuer.registry.view(city.clock()), agency(city, "GU-11620")
    assert permissions_at(view, found, city.clock() + timedelta(days=729))
    assert permissions_at(view, found, city.clock() + timedelta(days=731)) == frozenset()


def test_a_did_that_the_registry_does_not_know_may_issue_nothing(city: SimulatedCity) -> None:
    view = city.city.issuer.registry.view(city.clock())
    stranger = replace(agency(city, "GU-11620"), did="did:webvh:Qm:other.example:dids:GU-11620")
    assert permissions_at(view, stranger, city.clock()) == frozenset()
