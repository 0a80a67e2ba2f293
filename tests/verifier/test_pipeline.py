"""The page as a whole: what it accepts and tells, for both mechanisms, with a question and without.

What makes each check fail stands in `test_checks.py`.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from credentials.issuance_proof import IssuanceProof
from credentials.keys import KeyType
from credentials.model import StatusReference
from credentials.status.bits import State
from did_registry.actions.follow import Freshness, RegistryFollower
from did_registry.actions.foreign_dids import ForeignDids
from did_registry.agency_document import build_agency_document
from did_registry.document import Purpose
from did_registry.view import RegistryView
from did_registry.webvh.did import placeholder_did
from did_registry.webvh.entry import parse_entry
from did_registry.webvh.history import begin
from did_registry.webvh.writer import build_genesis, next_key_hash
from tests.simulators.city import URL, SimulatedCity
from tests.simulators.forger import APPOINTMENT_PATHS, CERTIFICATE, LDP, RESIDENCY, Forger
from tests.simulators.judge import ASKED, failed, judge, troubles
from tests.simulators.one_change import REMOVED, changed
from tests.simulators.sd_jwt import ED25519_HOLDER, ED25519_ISSUER, HOLDER, STRANGER
from verifier.actions.gather_evidence import OnlineEvidence
from verifier.actions.status_lists import StatusLists
from verifier.answer import verify_document
from verifier.decision import CheckName, Decision, Result, Verdict
from verifier.evidence import KnownState
from verifier.policy import ONLINE

# ---- What is right ----


def test_accepts_a_presentation_and_tells_what_was_asked_alone(forger: Forger) -> None:
    verdict = judge(forger, forger.present(forger.issue(), ASKED, "ageOver19"))
    assert (verdict.decision, verdict.code) == (Decision.ACCEPTED, "OK")
    assert {check.result for check in verdict.checks} == {Result.PASSED}
    assert [check.name for check in verdict.checks] == list(CheckName)
    assert verdict.claims == {ASKED: True}  # ageOver19 was shown, but nobody had asked for it


def test_names_the_issuer_as_the_registry_does(forger: Forger) -> None:
    verdict = judge(forger, forger.present(forger.issue(), ASKED))
    assert verdict.issuer is not None
    assert (verdict.issuer.did, verdict.issuer.code) == (forger.did, "GU-11620")
    assert (verdict.issuer.name_ko, verdict.issuer.name_en) == (
        "관악구청",
        "Gwanak District Office",
    )
    assert verdict.type_name == RESIDENCY


def test_a_verdict_is_as_old_as_the_registry_it_rests_on(
    forger: Forger, still_city: SimulatedCity
) -> None:
    freshness = Freshness(refresh_after=timedelta(hours=1), usable_for=timedelta(hours=1))
    follower = RegistryFollower(still_city.city.anchor, still_city.outbound, freshness)
    follower.view(still_city.clock())
    outbound = still_city.outbound
    evidence = OnlineEvidence(follower, StatusLists(outbound), ForeignDids(outbound), URL)
    presented = forger.present(forger.issue(), ASKED, seconds_ago=-1800)
    verdict = judge(forger, presented, evidence=evidence, later=timedelta(minutes=30))
    assert (verdict.code, verdict.as_of) == ("OK", still_city.clock())


@dataclass(frozen=True)
class Bundled:
    """Evidence that was brought along: one view of the registry, and every status valid."""

    view: RegistryView
    registry_url: str = URL
    issuance_proofs: tuple[IssuanceProof, ...] = ()

    def registry(self, now: datetime) -> RegistryView:
        return self.view

    def newer_registry(self, view: RegistryView, now: datetime) -> RegistryView | None:
        return None

    def with_keys_of(
        self, view: RegistryView, did: str, key_id: str, now: datetime
    ) -> RegistryView:
        return view

    def status(self, reference: StatusReference, issuer: str, now: datetime) -> KnownState:
        return KnownState(state=State.VALID, issued_at=now, as_of=now)


def test_refuses_a_type_whose_documents_are_not_those_in_the_log(forger: Forger) -> None:
    """The credential agrees with our definition, and both of them are not what was published."""
    view = forger.city.city.follower.view(forger.city.clock())
    presented = forger.present(forger.issue(), ASKED)
    assert judge(forger, presented, evidence=Bundled(view)).code == "OK"
    for path in [path for path in view.schemas if RESIDENCY in path]:
        other = replace(view, schemas={**view.schemas, path: bytes(32)})
        verdict = judge(forger, presented, evidence=Bundled(other))
        failed(verdict, CheckName.SCHEMA, "schema-differs", "TAMPERED")


def test_names_an_issuer_whose_did_has_no_path_by_its_host(forger: Forger) -> None:
    """Our registry gives every DID a path; one from elsewhere need not have any."""
    now = forger.city.clock()
    document = build_agency_document(
        placeholder_did("abroad.example", None, ()),
        {"es256-1": STRANGER.public_key},
        purposes=(Purpose.ASSERTION,),
        credential_issuer=None,
    )
    line = build_genesis(
        document=document,
        signer=ED25519_ISSUER,
        next_key_hashes=[next_key_hash(ED25519_HOLDER.public_key)],
        now=now,
    )
    history = begin(parse_entry(line.rstrip(b"\n"), number=1), now)
    did, ours = str(history.did), forger.city.city.follower.view(now)
    right = replace(ours.accreditations[forger.did][0], did=did, name_en="Abroad")
    view = replace(ours, histories={history.scid: history}, accreditations={did: (right,)})
    forged = forger.rewritten(
        forger.issue(), {"iss": did}, header={"kid": f"{did}#es256-1"}, signer=STRANGER
    )
    verdict = judge(forger, forger.present(forged, ASKED), evidence=Bundled(view))
    assert verdict.code == "OK"
    assert verdict.issuer is not None
    assert (verdict.issuer.code, verdict.issuer.name_en) == ("abroad.example", "Abroad")


def test_accepts_a_w3c_presentation(still_city: SimulatedCity) -> None:
    forger = Forger(still_city, "SEL-HR", "P12", CERTIFICATE)
    question = forger.question(*APPOINTMENT_PATHS, credential_format=LDP)
    verdict = judge(forger, forger.present(forger.issue(LDP)), question=question)
    assert (verdict.decision, verdict.code) == (Decision.ACCEPTED, "OK")
    assert verdict.claims == forger.content(LDP).claims


# ---- the same for W3C presentations ----


@pytest.fixture(scope="module")
def hr(still_city: SimulatedCity) -> Forger:
    return Forger(still_city, "SEL-HR", "P12", CERTIFICATE)


def _ldp(hr: Forger, presented: Any) -> Verdict:
    return judge(hr, presented, question=hr.question(*APPOINTMENT_PATHS, credential_format=LDP))


def _proof(hr: Forger, presented: Any, **options: Any) -> Any:
    """The presentation with its own proof made anew by its holder."""
    return hr.signed_document(presented, signer=ED25519_HOLDER, **options)


@pytest.mark.parametrize(
    "options",
    [
        {"domain": "decentralized_identifier:did:web:other.example"},
        {"challenge": "m" * 32},
        {"created": "2026-03-13T02:53:59Z"},
        {"created": "2026-03-13T03:01:01Z"},
    ],
    ids=["domain", "challenge", "too-old", "future"],
)
def test_refuses_a_w3c_presentation_for_another_request(hr: Forger, options: Any) -> None:
    presented = _proof(hr, hr.present(hr.issue(LDP)), **options)
    failed(_ldp(hr, presented), CheckName.REQUEST_BINDING, "binding-invalid", "REPLAYED")


def test_refuses_a_w3c_presentation_that_somebody_else_signed(hr: Forger) -> None:
    presented = hr.present(hr.issue(LDP))
    forged = hr.signed_document(presented, signer=hr.signer(KeyType.ED25519))
    failed(_ldp(hr, forged), CheckName.HOLDER_BINDING, "holder-mismatch", "HOLDER_MISMATCH")


def test_refuses_a_w3c_credential_without_its_presentation(hr: Forger) -> None:
    failed(_ldp(hr, hr.issue(LDP)), CheckName.HOLDER_BINDING, "holder-missing", "HOLDER_MISMATCH")


def test_refuses_an_altered_w3c_credential(hr: Forger) -> None:
    presented = hr.present(hr.issue(LDP))
    forged = changed(
        presented, "verifiableCredential", 0, "credentialSubject", "title", to="임명장"
    )
    verdict = _ldp(hr, _proof(hr, forged))
    failed(verdict, CheckName.SIGNATURE, "signature-invalid", "TAMPERED")


def test_refuses_another_schema_of_a_w3c_credential(hr: Forger) -> None:
    document = changed(
        hr.issue(LDP), "credentialSchema", "digestSRI", to="sha256-" + "A" * 43 + "="
    )
    verdict = _ldp(hr, hr.present(hr.signed_document(document)))
    failed(verdict, CheckName.SCHEMA, "schema-differs", "TAMPERED")


# ---- documents, which answer nothing ----


def _document(forger: Forger, presented: Any) -> Verdict:
    return verify_document(
        presented, forger.city.city.verifier.evidence, ONLINE, forger.city.clock()
    )


def test_a_bare_credential_is_genuine_and_its_bearer_is_to_be_checked(forger: Forger) -> None:
    verdict = _document(forger, forger.issue())
    assert (verdict.decision, verdict.code) == (Decision.ACCEPTED, "OK_BEARER")
    assert troubles(verdict) == {
        "holder_binding": ("not_applicable", "bearer"),
        "request_binding": ("not_applicable", "no-question"),
        "policy": ("not_applicable", "no-question"),
    }
    assert verdict.claims == forger.content().claims


def test_a_presentation_in_a_file_could_be_anybodys_by_now(forger: Forger) -> None:
    verdict = _document(forger, forger.present(forger.issue(), ASKED))
    assert (verdict.decision, verdict.code) == (Decision.ACCEPTED, "OK_BEARER")
    assert troubles(verdict) == {
        "request_binding": ("not_applicable", "no-question"),
        "policy": ("not_applicable", "no-question"),
    }


def test_a_w3c_credential_in_a_file_is_a_document(hr: Forger) -> None:
    assert _document(hr, hr.issue(LDP)).code == "OK_BEARER"
    assert _document(hr, hr.present(hr.issue(LDP))).code == "OK_BEARER"


def test_a_credential_that_is_bound_to_nobody_although_its_type_must_is_no_document(
    forger: Forger,
) -> None:
    verdict = _document(forger, forger.rewritten(forger.issue(), {"cnf": REMOVED}))
    assert troubles(verdict)["holder_binding"] == ("failed", "holder-missing")
    assert (verdict.decision, verdict.code) == (Decision.REJECTED, "HOLDER_MISMATCH")


def test_an_unreadable_document_says_nothing(forger: Forger) -> None:
    verdict = _document(forger, "nonsense")
    assert (verdict.decision, verdict.code) == (Decision.REJECTED, "TAMPERED")
    assert (verdict.issuer, verdict.type_name, verdict.claims) == (None, None, {})
    assert verdict.as_of == forger.city.clock()


def test_a_holder_of_another_key_type_presents_as_well(forger: Forger) -> None:
    assert HOLDER.public_key.type is KeyType.P256
    issued = forger.issue(holder=ED25519_HOLDER.public_key)
    jwt = issued.partition("~")[0] + "~"
    verdict = _document(forger, forger.bound(jwt, signer=ED25519_HOLDER))
    assert troubles(verdict).keys() == {"request_binding", "policy"}
