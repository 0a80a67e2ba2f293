"""Issuers whose DIDs stand elsewhere: admitted by the root, and asked for their keys."""

from typing import Literal

import pytest

from did_registry.actions.export_bundle import export_bundle
from did_registry.actions.foreign_dids import ForeignDids
from did_registry.bundle import parse_bundle_file
from tests.simulators.city import SimulatedCity
from tests.simulators.did_host import Abroad, DidHost
from tests.simulators.forger import LDP, RESIDENCY, Forger, signed_as
from tests.simulators.judge import ASKED, failed, judge, troubles, unknown
from tests.simulators.root_line import Root
from tests.simulators.status_host import LIST_URI, StatusHost, token_list
from verifier.actions.bundle_evidence import BundleEvidence
from verifier.actions.gather_evidence import OnlineEvidence
from verifier.decision import CheckName, Decision, Verdict

METHODS: list[Literal["web", "webvh"]] = ["web", "webvh"]


class Busan:
    """Another city, admitted for residency, and its status list; what our verifiers make of it."""

    def __init__(self, city: SimulatedCity, method: Literal["web", "webvh"]) -> None:
        self.city, self.host = city, DidHost()
        self.status = StatusHost(city)
        self.abroad = Abroad(self.host, city.clock, method)
        self.forger = Forger(city)
        self.elsewhere = ForeignDids(self.host)
        self.evidence = OnlineEvidence(
            city.city.follower, self.status.lists, self.elsewhere, city.city.registry_url
        )

    def admit(self, types: str = RESIDENCY) -> None:
        names = ("--name-ko", "부산광역시", "--name-en", "Busan")
        Root(self.city).do("admit", "--did", self.abroad.did, *names, "--types", types)
        self.publish_status()

    def publish_status(self) -> None:
        signer, key_id = self.abroad.signer, self.abroad.key_id
        self.status.serve("lists.example", token_list(self.forger, signer=signer, key_id=key_id))

    def card(self) -> str:
        """A residency that Busan has issued now, presented to VER-LIB by `judge`."""
        abroad, forger = self.abroad, self.forger
        reference = {"status_list": {"uri": LIST_URI, "idx": 7}}
        fragment = abroad.key_id.partition("#")[2]
        card = signed_as(forger, abroad.did, fragment, abroad.signer)
        return forger.rewritten(card, {"status": reference}, signer=abroad.signer)

    def verdict(self, card: str | None = None) -> Verdict:
        presented = self.forger.present(card or self.card(), ASKED)
        return judge(self.forger, presented, evidence=self.evidence)


@pytest.fixture(params=METHODS)
def busan(request: pytest.FixtureRequest, city: SimulatedCity) -> Busan:
    return Busan(city, request.param)


def test_counts_once_it_is_admitted_and_while_its_host_answers(busan: Busan) -> None:
    before = busan.verdict()
    assert (before.decision, before.code) == (Decision.REJECTED, "UNKNOWN_ISSUER")
    assert busan.host.asked == []  # nobody is asked whom the root has not admitted
    busan.admit()
    found = busan.verdict()
    assert (found.decision, found.code) == (Decision.ACCEPTED, "OK")
    assert found.issuer is not None
    assert (found.issuer.did, found.issuer.name_en) == (busan.abroad.did, "Busan")
    assert found.claims == {ASKED: True}
    busan.city.clock.advance(minutes=6)
    busan.host.served[busan.abroad.url] = 503
    unknown(busan.verdict(), CheckName.ISSUER_KEY, "issuer-unavailable")
    busan.city.clock.advance(minutes=1)
    busan.host.served[busan.abroad.url] = b"{}"
    unknown(busan.verdict(), CheckName.ISSUER_KEY, "issuer-not-proven")


def test_counts_for_its_types_and_in_its_period_only(busan: Busan) -> None:
    early = busan.card()
    busan.city.clock.advance(hours=1)
    busan.admit("YouthAllowanceEligibilityCredential")
    failed(busan.verdict(), CheckName.ACCREDITATION, "not-accredited", "NOT_ALLOWED")
    busan.admit()
    failed(busan.verdict(early), CheckName.ACCREDITATION, "not-accredited", "NOT_ALLOWED")
    assert busan.verdict().code == "OK"


def test_another_key_than_those_of_its_did_is_refused(busan: Busan) -> None:
    busan.admit()
    card = signed_as(busan.forger, busan.abroad.did, "key-1", busan.forger.signer())
    failed(busan.verdict(card), CheckName.SIGNATURE, "signature-invalid", "TAMPERED")


def test_offline_its_keys_are_unknown(busan: Busan) -> None:
    busan.admit()
    card, city = busan.card(), busan.city
    data, _ = export_bundle(city.city.anchor, city.outbound, city.clock())
    bundled = BundleEvidence(parse_bundle_file(data), city.city.anchor, city.clock())
    verdict = judge(busan.forger, busan.forger.present(card, ASKED), evidence=bundled)
    unknown(verdict, CheckName.ISSUER_KEY, "issuer-unavailable")


def test_what_a_rotation_does_to_older_cards(busan: Busan) -> None:
    """A log tells that the key was good then, not that it was used then; a did:web neither."""
    busan.admit()
    card = busan.card()
    busan.city.clock.advance(minutes=10)
    busan.abroad.rotate()
    busan.publish_status()
    if busan.abroad.did.startswith("did:web:"):
        unknown(busan.verdict(card), CheckName.ISSUER_KEY, "key-history-unknown")
    else:
        unknown(busan.verdict(card), CheckName.TIME_OF_SIGNING, "time-of-signing-unknown")
    assert busan.verdict().code == "OK"


def test_a_did_web_says_how_far_its_word_goes(city: SimulatedCity) -> None:
    busan = Busan(city, "web")
    busan.admit()
    verdict = busan.verdict()
    assert troubles(verdict) == {"time_of_signing": ("passed", "listed-today")}
    assert verdict.decision is Decision.ACCEPTED


def test_a_status_list_must_be_signed_with_a_key_of_its_did(busan: Busan) -> None:
    busan.admit()
    busan.status.serve("lists.example", token_list(busan.forger))  # by GU-11620
    verdict = busan.verdict()
    assert troubles(verdict)["status"] == ("unknown", "status-invalid")
    assert verdict.decision is Decision.INDETERMINATE


def test_a_verdict_is_as_old_as_the_issuers_keys(busan: Busan) -> None:
    busan.admit()
    busan.verdict()
    asked_at = busan.city.clock()
    busan.city.clock.advance(minutes=4)
    verdict = busan.verdict()
    assert (verdict.code, verdict.as_of) == ("OK", asked_at)
    assert busan.host.asked == [busan.abroad.url]


def test_a_key_of_another_did_is_none_of_its_keys(busan: Busan) -> None:
    """Whichever the envelope is: the key that a credential names is one of its issuer's."""
    busan.admit()
    document = busan.forger.issue(LDP)
    document["issuer"] = busan.abroad.did
    verdict = judge(busan.forger, document, evidence=busan.evidence)
    failed(verdict, CheckName.ISSUER_KEY, "key-unknown", "UNKNOWN_ISSUER")
