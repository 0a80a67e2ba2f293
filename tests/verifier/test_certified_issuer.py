"""Issuers that name their key by certificates: below an admitted anchor, or pointing at a DID."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from credentials.keys import P256Signer
from did_registry.actions.export_bundle import export_bundle
from did_registry.actions.foreign_dids import ForeignDids
from did_registry.admission import anchor_name
from did_registry.bundle import parse_bundle_file
from tests.simulators.city import SimulatedCity
from tests.simulators.did_host import Abroad, DidHost
from tests.simulators.forger import RESIDENCY, Forger
from tests.simulators.judge import ASKED, failed, judge, unknown
from tests.simulators.one_change import REMOVED
from tests.simulators.pki import ISSUER_URI, Certified, Pki, certify, x5c
from tests.simulators.root_line import Root
from tests.simulators.status_host import LIST_URI, StatusHost, token_list
from verifier.actions.bundle_evidence import BundleEvidence
from verifier.actions.gather_evidence import OnlineEvidence
from verifier.decision import CheckName, Decision, Verdict

NAMES = ("--name-ko", "부산광역시", "--name-en", "Busan")


class Anchored:
    """A city in which an authority of Busan's is admitted for residency, and an issuer below it."""

    def __init__(self, city: SimulatedCity, tmp_path: Any) -> None:
        self.city, self.forger, self.pki = city, Forger(city), Pki()
        self.status, self.did_host = StatusHost(city), DidHost()
        self.root = Root(city)
        self.leaf = self.pki.leaf()
        self.pem = tmp_path / "anchor.pem"
        self.pem.write_bytes(self.pki.root.pem)
        self.evidence = OnlineEvidence(
            city.city.follower,
            self.status.lists,
            ForeignDids(self.did_host),
            city.city.registry_url,
        )

    def admit(self, types: str = RESIDENCY) -> Any:
        effect = self.root.do("admit", "--anchor", str(self.pem), *NAMES, "--types", types)
        self.publish_status()
        return effect

    def publish_status(self, leaf: Certified | None = None) -> None:
        """The issuer's status list, which names its key by certificates as well."""
        used = leaf or self.leaf
        signed = token_list(self.forger, signer=used.signer)
        header = {"kid": REMOVED, "x5c": x5c(self.pki.chain(used))}
        rewritten = self.forger.rewritten(signed + "~", header=header, signer=used.signer)
        self.status.serve("lists.example", rewritten.removesuffix("~"))

    def card(
        self,
        leaf: Certified | None = None,
        chain: list[bytes] | None = None,
        signer: P256Signer | None = None,
        **payload: Any,
    ) -> str:
        used = leaf or self.leaf
        header = {"kid": REMOVED, "x5c": x5c(self.pki.chain(used) if chain is None else chain)}
        reference = {"status_list": {"uri": LIST_URI, "idx": 7}}
        claims = {"iss": REMOVED, "status": reference, **payload}
        return self.forger.rewritten(
            self.forger.issue(), claims, header=header, signer=signer or used.signer
        )

    def verdict(self, card: str | None = None) -> Verdict:
        presented = self.forger.present(card or self.card(), ASKED)
        return judge(self.forger, presented, evidence=self.evidence)


@pytest.fixture
def anchored(city: SimulatedCity, tmp_path: Any) -> Anchored:
    return Anchored(city, tmp_path)


def test_who_has_a_certificate_below_an_admitted_anchor_may_issue(anchored: Anchored) -> None:
    failed(anchored.verdict(), CheckName.ISSUER_KEY, "certificate-untrusted", "UNKNOWN_ISSUER")
    name = anchored.admit()["did"]
    assert name == anchor_name(anchored.pki.root.certificate)
    for card in (anchored.card(), anchored.card(iss=ISSUER_URI)):
        verdict = anchored.verdict(card)
        assert (verdict.decision, verdict.code) == (Decision.ACCEPTED, "OK")
        assert verdict.issuer is not None
        assert verdict.issuer.did == f"{name}#{ISSUER_URI}"
        assert (verdict.issuer.code, verdict.issuer.name_en) == (ISSUER_URI, "Busan")
    other = anchored.verdict(anchored.card(vct="https://gwanin.example/types/Diploma/v1"))
    failed(other, CheckName.ACCREDITATION, "type-unknown", "NOT_ALLOWED")


def test_an_anchor_counts_for_its_types_and_from_its_admission_on(anchored: Anchored) -> None:
    early = anchored.card()
    anchored.city.clock.advance(hours=1)
    anchored.admit("YouthAllowanceEligibilityCredential")
    failed(anchored.verdict(), CheckName.ACCREDITATION, "not-accredited", "NOT_ALLOWED")
    anchored.admit()
    failed(anchored.verdict(early), CheckName.ACCREDITATION, "not-accredited", "NOT_ALLOWED")
    assert anchored.verdict().code == "OK"


def test_an_admission_that_was_ended_counts_no_more(anchored: Anchored) -> None:
    anchored.admit()
    before = anchored.card()
    anchored.city.clock.advance(hours=1)
    since = anchored.city.clock().isoformat(timespec="seconds").replace("+00:00", "Z")
    end = ("end-admission", "--anchor", str(anchored.pem), "--since", since)
    effect = anchored.root.do(*end)
    assert effect["since"] == since
    anchored.city.clock.advance(minutes=5)
    anchored.publish_status()
    failed(anchored.verdict(), CheckName.ACCREDITATION, "not-accredited", "NOT_ALLOWED")
    unknown(anchored.verdict(before), CheckName.TIME_OF_SIGNING, "time-of-signing-unknown")
    assert anchored.root.refused(*end) == "act-refused"


def test_offline_a_path_is_as_good_and_its_status_is_not_known(anchored: Anchored) -> None:
    anchored.admit()
    city = anchored.city
    data, _ = export_bundle(city.city.anchor, city.outbound, city.clock())
    bundled = BundleEvidence(parse_bundle_file(data), city.city.anchor, city.clock())
    presented = anchored.forger.present(anchored.card(), ASKED)
    verdict = judge(anchored.forger, presented, evidence=bundled)
    unknown(verdict, CheckName.STATUS, "status-unavailable")


Make = Callable[[Anchored], str]


def _by_itself(a: Anchored) -> str:
    mine = certify("Issuer", 0x62, None, uris=[ISSUER_URI])
    return a.card(mine, [mine.certificate])


def _of_another_authority(a: Anchored) -> str:
    other = Pki(0x70)
    leaf = other.leaf()
    return a.card(leaf, other.chain(leaf))


def _expired(a: Anchored) -> str:
    return a.card(a.pki.leaf(end=datetime(2026, 3, 1, tzinfo=UTC)))


REFUSALS: dict[str, tuple[Make, CheckName, str, str]] = {
    "another-authority": (
        _of_another_authority, CheckName.ISSUER_KEY, "certificate-untrusted", "UNKNOWN_ISSUER",
    ),
    "no-path": (
        lambda a: a.card(chain=[a.leaf.certificate]),
        CheckName.ISSUER_KEY, "certificate-untrusted", "UNKNOWN_ISSUER",
    ),
    "self-signed": (
        _by_itself, CheckName.ISSUER_KEY, "certificate-self-signed", "UNKNOWN_ISSUER",
    ),
    "with-its-anchor": (
        lambda a: a.card(chain=[*a.pki.chain(a.leaf), a.pki.root.certificate]),
        CheckName.ISSUER_KEY, "anchor-in-chain", "UNKNOWN_ISSUER",
    ),
    "expired-then": (
        _expired, CheckName.ISSUER_KEY, "certificate-not-valid-then", "UNKNOWN_ISSUER",
    ),
    "an-authority": (
        lambda a: a.card(a.pki.leaf(authority=True, signs=True)),
        CheckName.ISSUER_KEY, "certificate-not-for-signing", "UNKNOWN_ISSUER",
    ),
    "not-for-signing": (
        lambda a: a.card(a.pki.leaf(signs=False)),
        CheckName.ISSUER_KEY, "certificate-not-for-signing", "UNKNOWN_ISSUER",
    ),
    "iss-of-another": (
        lambda a: a.card(iss="https://other.example"),
        CheckName.ISSUER_KEY, "certificate-of-another", "UNKNOWN_ISSUER",
    ),
    "iss-a-did": (
        lambda a: a.card(iss="did:web:busan.example"),
        CheckName.ISSUER_KEY, "certificate-of-another", "UNKNOWN_ISSUER",
    ),
    "iss-named-and-not-https": (
        lambda a: a.card(a.pki.leaf(uris=("urn:x:y",)), iss="urn:x:y"),
        CheckName.ISSUER_KEY, "certificate-of-another", "UNKNOWN_ISSUER",
    ),
    "no-certificate": (
        lambda a: a.card(chain=[b"\x30\0"]),
        CheckName.ISSUER_KEY, "certificate-invalid", "UNKNOWN_ISSUER",
    ),
    "another-key": (
        lambda a: a.card(signer=P256Signer(b"\3" * 32)),
        CheckName.SIGNATURE, "signature-invalid", "TAMPERED",
    ),
}  # fmt: skip


def test_one_thing_wrong_with_the_certificates_is_found_and_named(anchored: Anchored) -> None:
    anchored.admit()
    for make, check, code, word in REFUSALS.values():
        failed(anchored.verdict(make(anchored)), check, code, word)
    assert anchored.verdict().code == "OK"


def test_a_leaf_that_expired_since_leaves_the_time_of_signing_unproven(
    anchored: Anchored,
) -> None:
    anchored.admit()
    end = anchored.city.clock().replace(microsecond=0) + timedelta(minutes=10)
    card = anchored.card(anchored.pki.leaf(end=end))
    assert anchored.verdict(card).code == "OK"
    anchored.city.clock.advance(minutes=11)
    anchored.publish_status()
    unknown(anchored.verdict(card), CheckName.TIME_OF_SIGNING, "time-of-signing-unknown")


def test_a_status_list_must_be_of_the_same_holder_below_the_same_anchor(
    anchored: Anchored,
) -> None:
    anchored.admit()
    renewed = anchored.pki.leaf(number=0x65)  # another key, the same name
    anchored.publish_status(renewed)
    assert anchored.verdict().code == "OK"
    anchored.city.clock.advance(minutes=6)
    anchored.publish_status(anchored.pki.leaf(uris=("https://neighbour.example",)))
    unknown(anchored.verdict(), CheckName.STATUS, "status-invalid")


# ---- A leaf that names a DID ----


def _pointer(anchored: Anchored, did: str, signer: Any, **changes: Any) -> str:
    """A card whose leaf names a DID; the leaf's key is the signer's."""
    key = changes.pop("key", None)
    leaf = anchored.pki.leaf(uris=(did, ISSUER_URI), key=key, **changes)
    return anchored.card(leaf, signer=signer)


def test_a_leaf_may_point_at_the_key_of_a_did(anchored: Anchored) -> None:
    """The same check by another pointer: no anchor is needed, and none would help."""
    abroad = Abroad(anchored.did_host, anchored.city.clock, "webvh")
    number = 0x41  # the first key of `Abroad`
    card = _pointer(anchored, abroad.did, abroad.signer, number=number)
    failed(anchored.verdict(card), CheckName.ISSUER_KEY, "issuer-unknown", "UNKNOWN_ISSUER")
    anchored.root.do("admit", "--did", abroad.did, *NAMES, "--types", RESIDENCY)
    signed = token_list(anchored.forger, signer=abroad.signer, key_id=abroad.key_id)
    anchored.status.serve("lists.example", signed)
    card = _pointer(anchored, abroad.did, abroad.signer, number=number)
    verdict = anchored.verdict(card)
    assert (verdict.decision, verdict.code) == (Decision.ACCEPTED, "OK")
    assert verdict.issuer is not None
    assert verdict.issuer.did == abroad.did
    foreign = _pointer(anchored, abroad.did, anchored.leaf.signer)  # a key that it does not list
    failed(anchored.verdict(foreign), CheckName.ISSUER_KEY, "key-unknown", "UNKNOWN_ISSUER")


def test_an_admitted_anchor_does_not_speak_for_a_did(anchored: Anchored) -> None:
    anchored.admit()
    card = _pointer(anchored, anchored.forger.did, anchored.leaf.signer)
    failed(anchored.verdict(card), CheckName.ISSUER_KEY, "key-unknown", "UNKNOWN_ISSUER")
    two = anchored.pki.leaf(uris=(anchored.forger.did, "did:web:a.example"))
    verdict = anchored.verdict(anchored.card(two))
    failed(verdict, CheckName.ISSUER_KEY, "certificate-of-another", "UNKNOWN_ISSUER")


def test_beside_a_kid_certificates_are_not_looked_at(anchored: Anchored) -> None:
    forger = anchored.forger
    card = forger.rewritten(forger.issue(), header={"x5c": ["nonsense"]})
    assert judge(forger, forger.present(card, ASKED)).code == "OK"


# ---- The command line ----


def test_only_what_can_be_an_anchor_is_admitted(anchored: Anchored, tmp_path: Any) -> None:
    wrong = tmp_path / "wrong.pem"
    options = ("--types", RESIDENCY)
    for data, code in ((anchored.leaf.pem, "act-refused"), (b"nothing", "certificate-invalid")):
        wrong.write_bytes(data)
        assert anchored.root.refused("admit", "--anchor", str(wrong), *NAMES, *options) == code
    asking = (
        *("--attributes", f"{RESIDENCY}.{ASKED}", "--purpose-ko", "목적", "--purpose-en", "P"),
        *("--legal-basis", "법", "--retention-days", "1"),
    )
    pem = str(anchored.pem)
    assert anchored.root.refused("admit", "--anchor", pem, *NAMES, *asking) == "act-refused"
    both = ("admit", "--anchor", pem, "--did", "did:web:a.example", *NAMES, *options)
    anchored.root.run(*both, "--by", "SEL-DIG-01", status=2)
    never = ("end-admission", "--did", "did:web:a.example", "--since", "2026-03-13T00:00:00Z")
    assert anchored.root.refused(*never) == "act-refused"


def test_the_public_page_shows_an_anchor(anchored: Anchored) -> None:
    name = anchored.admit()["did"]
    anchored.city.clock.advance(seconds=10)
    code = f"x509-{name.rpartition(':')[2][:16]}"
    for path in ("/registry", f"/registry/agencies/{code}"):
        answer = anchored.city.http().get(path)
        assert answer.status_code == 200
        assert "부산광역시" in answer.get_data(as_text=True)
    shown = anchored.city.http().get(f"/registry/agencies/{code}").get_data(as_text=True)
    assert name in shown
    assert anchored.pki.root.pem.decode().splitlines()[1] in shown
