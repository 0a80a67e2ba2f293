"""An offline verifier: it knows what its bundle says, as of then, and nothing beyond."""

from dataclasses import replace
from datetime import timedelta

import pytest

from did_registry.actions.export_bundle import export_bundle
from did_registry.bundle import TrustBundle, parse_bundle_file
from issuer.actions.change_status import StatusChange
from tests.simulators.city import SimulatedCity
from tests.simulators.forger import Forger
from tests.simulators.judge import ASKED
from verifier.actions.bundle_evidence import BundleEvidence
from verifier.answer import verify_document
from verifier.decision import CheckName, Decision, Verdict
from verifier.policy import offline

DAY = timedelta(days=1)


def _bundle(city: SimulatedCity) -> TrustBundle:
    data, _ = export_bundle(city.city.anchor, city.outbound, city.clock())
    return parse_bundle_file(data)


def _verify(city: SimulatedCity, bundle: TrustBundle, presented: str, age: timedelta) -> Verdict:
    evidence = BundleEvidence(bundle, city.city.anchor, city.clock())
    return verify_document(presented, evidence, offline(age), city.clock())


def _code(verdict: Verdict, name: CheckName) -> str:
    return next(check.code for check in verdict.checks if check.name is name)


@pytest.fixture
def forger(city: SimulatedCity) -> Forger:
    return Forger(city)


def test_a_document_is_verified_with_the_network_away(city: SimulatedCity, forger: Forger) -> None:
    issued, bundle = forger.issue(), _bundle(city)
    city.close()  # nobody answers any more
    verdict = _verify(city, bundle, forger.present(issued, ASKED), DAY)
    assert verdict.decision is Decision.ACCEPTED, verdict
    assert verdict.as_of <= city.clock()


def test_what_is_too_old_is_unknown_and_not_invalid(city: SimulatedCity, forger: Forger) -> None:
    issued, bundle = forger.issue(), _bundle(city)
    city.clock.advance(hours=3)
    verdict = _verify(city, bundle, forger.present(issued, ASKED), timedelta(hours=2))
    assert verdict.decision is Decision.INDETERMINATE
    assert _code(verdict, CheckName.REGISTRY) == "registry-stale"


def test_a_list_that_the_log_does_not_name_last_decides_nothing(
    city: SimulatedCity, forger: Forger
) -> None:
    """The bundle of somebody who would like yesterday's list back."""
    issued, old = forger.issue(), _bundle(city)
    city.clock.advance(minutes=1)
    made = city.offer("GU-11620", "SeoulResidencyCredential", city.claims("P01"))
    city.change_status("GU-11620", made.entitlement_id, StatusChange.REVOKE, "R02")
    mixed = replace(_bundle(city), lists=old.lists)
    verdict = _verify(city, mixed, forger.present(issued, ASKED), DAY)
    assert _code(verdict, CheckName.STATUS) == "status-rolled-back"
    assert verdict.decision is Decision.INDETERMINATE
    none = replace(mixed, lists={})
    verdict = _verify(city, none, forger.present(issued, ASKED), DAY)
    assert _code(verdict, CheckName.STATUS) == "status-unavailable"
