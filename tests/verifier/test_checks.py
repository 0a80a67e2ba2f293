"""Every check has cases that only it can fail: a valid presentation with one thing changed.

What is signed with the agency's own key after the change shows that the signature is not what
fails. The status, and the answer as a whole, have files of their own.
"""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from credentials.keys import KeyType
from credentials.validity import Validity
from did_registry.actions.follow import Freshness, RegistryFollower
from did_registry.actions.foreign_dids import ForeignDids
from tests.simulators.city import URL, SimulatedCity
from tests.simulators.forger import LDP, Forger, signed_as
from tests.simulators.judge import ASKED, failed, judge, troubles, unknown
from tests.simulators.network import SimulatedNetwork
from tests.simulators.one_change import changed
from tests.simulators.root import SimulatedRoot
from tests.simulators.status_host import LIST_URI, StatusHost, token_list
from verifier.actions.gather_evidence import OnlineEvidence
from verifier.actions.status_lists import StatusLists
from verifier.decision import CheckName, Decision
from verifier.policy import Policy
from web.outbound import Outbound, tls_context

LONG_AGO = timedelta(days=1)
HOUR = timedelta(hours=1)


# ---- format ----


def _typ_of_a_draft(forger: Forger, credential: str) -> str:
    return forger.rewritten(credential, header={"typ": "vc+sd-jwt"})


def _crit(forger: Forger, credential: str) -> str:
    return forger.rewritten(credential, header={"crit": ["exp"]})


def _other_suite(forger: Forger, credential: str) -> Any:
    return changed(forger.issue(LDP), "proof", "cryptosuite", to="eddsa-rdfc-2022")


def _vc_jwt(forger: Forger, credential: str) -> str:
    return forger.rewritten(credential, header={"typ": "vc+jwt"}).partition("~")[0]


@pytest.mark.parametrize(
    "change", [_typ_of_a_draft, _crit, _other_suite, _vc_jwt], ids=lambda change: change.__name__
)
def test_what_is_secured_in_another_way_is_not_called_forged(
    forger: Forger, change: Callable[[Forger, str], Any]
) -> None:
    unknown(judge(forger, change(forger, forger.issue())), CheckName.FORMAT, "unsupported")


def test_a_mechanism_that_the_policy_does_not_name_is_unsupported(forger: Forger) -> None:
    policy = Policy(mechanisms=frozenset({"eddsa-jcs-2022"}))
    verdict = judge(forger, forger.present(forger.issue(), ASKED), policy=policy)
    unknown(verdict, CheckName.FORMAT, "unsupported")


def _nonsense(forger: Forger, presented: str) -> Any:
    return "nonsense"


def _empty_object(forger: Forger, presented: str) -> Any:
    return {}


def _disclosure_twice(forger: Forger, presented: str) -> Any:
    jwt, first, *rest = presented.split("~")
    return "~".join((jwt, first, first, *rest))


def _no_signature(forger: Forger, presented: str) -> Any:
    jwt, tilde, rest = presented.partition("~")
    return jwt.rpartition(".")[0] + "." + tilde + rest


@pytest.mark.parametrize(
    "change",
    [_nonsense, _empty_object, _disclosure_twice, _no_signature],
    ids=lambda change: change.__name__,
)
def test_refuses_what_has_not_the_form_of_a_credential(
    forger: Forger, change: Callable[[Forger, str], Any]
) -> None:
    verdict = judge(forger, change(forger, forger.present(forger.issue(), ASKED)))
    failed(verdict, CheckName.FORMAT, "malformed", "TAMPERED")


def test_refuses_what_is_larger_than_any_credential(forger: Forger) -> None:
    verdict = judge(forger, forger.present(forger.issue(), ASKED) + "A" * 65536)
    failed(verdict, CheckName.FORMAT, "too-large", "TAMPERED")


# ---- registry ----


def _cut_off(city: SimulatedCity) -> RegistryFollower:
    outbound = Outbound(
        allowed=frozenset(), network=SimulatedNetwork().network, tls=tls_context(None)
    )
    return RegistryFollower(city.city.anchor, outbound, Freshness())


def test_without_the_registry_nothing_is_known(forger: Forger) -> None:
    outbound = forger.city.outbound
    evidence = OnlineEvidence(
        _cut_off(forger.city), StatusLists(outbound), ForeignDids(outbound), URL
    )
    verdict = judge(forger, forger.present(forger.issue(), ASKED), evidence=evidence)
    unknown(verdict, CheckName.REGISTRY, "registry-unavailable")
    assert verdict.issuer is None
    assert verdict.type_name is None


def test_a_registry_that_was_last_seen_too_long_ago_is_stale(
    forger: Forger, still_city: SimulatedCity
) -> None:
    freshness = Freshness(refresh_after=timedelta(hours=2), usable_for=timedelta(hours=2))
    follower = RegistryFollower(still_city.city.anchor, still_city.outbound, freshness)
    follower.view(still_city.clock())
    outbound = still_city.outbound
    evidence = OnlineEvidence(follower, StatusLists(outbound), ForeignDids(outbound), URL)
    presented = forger.present(forger.issue(), ASKED, seconds_ago=-3601)
    verdict = judge(forger, presented, evidence=evidence, later=timedelta(seconds=3601))
    unknown(verdict, CheckName.REGISTRY, "registry-stale")


# ---- issuer_key ----


def _scid_of_nobody(forger: Forger) -> str:
    return forger.did.replace(forger.did.split(":")[2], "Qm" + "1" * 44)


@pytest.mark.parametrize("did", ["did:web:gwanin.example", None], ids=["other-method", "unknown"])
def test_refuses_an_issuer_that_is_not_in_the_registry(forger: Forger, did: str | None) -> None:
    forged = signed_as(forger, did or _scid_of_nobody(forger), "es256-1", forger.signer())
    verdict = judge(forger, forger.present(forged, ASKED))
    failed(verdict, CheckName.ISSUER_KEY, "issuer-unknown", "UNKNOWN_ISSUER")


def test_refuses_the_key_of_another_agency(forger: Forger) -> None:
    other = Forger(forger.city, "SEL-HR")
    forged = forger.rewritten(forger.issue(), header={"kid": other.key_id()}, signer=other.signer())
    verdict = judge(forger, forger.present(forged, ASKED))
    failed(verdict, CheckName.ISSUER_KEY, "key-unknown", "UNKNOWN_ISSUER")


def test_refuses_a_key_that_the_issuer_does_not_list(forger: Forger) -> None:
    forged = forger.rewritten(forger.issue(), header={"kid": f"{forger.did}#es256-2"})
    verdict = judge(forger, forger.present(forged, ASKED))
    failed(verdict, CheckName.ISSUER_KEY, "key-unknown", "UNKNOWN_ISSUER")


def test_refuses_a_key_that_may_not_make_assertions(forger: Forger) -> None:
    did = forger.verifier_did
    signer = forger.city.city.verifier.signer("VER-LIB")
    verdict = judge(forger, forger.present(signed_as(forger, did, "request-1", signer), ASKED))
    failed(verdict, CheckName.ISSUER_KEY, "key-unknown", "UNKNOWN_ISSUER")


def test_refuses_a_credential_from_before_its_issuer_existed(forger: Forger) -> None:
    before = forger.city.clock() - LONG_AGO
    issued = forger.issue(issued_at=before, validity=Validity(before, None))
    verdict = judge(forger, forger.present(issued, ASKED))
    failed(verdict, CheckName.ISSUER_KEY, "key-unknown", "UNKNOWN_ISSUER")


def test_a_key_of_a_kind_that_we_do_not_verify_with_is_unsupported(city: SimulatedCity) -> None:
    forger, root = Forger(city), SimulatedRoot(city)
    document: Any = root.history("GU-11620").latest.document.members
    place = [m["id"] for m in document["verificationMethod"]].index(forger.key_id())
    other = changed(document, "verificationMethod", place, "type", to="X509Certificate")
    root.publish_document("GU-11620", other)
    unknown(
        judge(forger, forger.present(forger.issue(), ASKED)), CheckName.ISSUER_KEY, "unsupported"
    )


# ---- time_of_signing ----


def test_a_credential_of_a_key_that_was_retired_since_is_neither_valid_nor_invalid(
    city: SimulatedCity,
) -> None:
    forger = Forger(city)
    issued = forger.issue()
    SimulatedRoot(city).retire("GU-11620", "es256-1")
    verdict = judge(forger, forger.present(issued, ASKED))
    # The agency's list is still signed with the retired key, so it can't be believed either.
    assert troubles(verdict) == {
        "time_of_signing": ("unknown", "time-of-signing-unknown"),
        "status": ("unknown", "status-invalid"),
    }
    assert (verdict.decision, verdict.code) == (Decision.INDETERMINATE, "UNAVAILABLE")


def test_only_the_time_of_signing_is_unknown_where_the_list_has_another_key(
    city: SimulatedCity,
) -> None:
    forger, host = Forger(city), StatusHost(city)
    issued = forger.issue(status_uri=LIST_URI)
    SimulatedRoot(city).retire("GU-11620", "es256-1")
    signer, key_id = forger.signer(KeyType.ED25519), forger.key_id(KeyType.ED25519)
    host.serve("lists.example", token_list(forger, signer=signer, key_id=key_id))
    verdict = judge(forger, forger.present(issued, ASKED), evidence=host.evidence)
    unknown(verdict, CheckName.TIME_OF_SIGNING, "time-of-signing-unknown")


def test_a_key_that_did_not_sign_may_be_retired(city: SimulatedCity) -> None:
    forger = Forger(city)
    issued = forger.issue()
    SimulatedRoot(city).retire("GU-11620", "eddsa-1")
    assert judge(forger, forger.present(issued, ASKED)).code == "OK"


def test_a_retired_key_cannot_issue_any_more(city: SimulatedCity) -> None:
    forger = Forger(city)
    SimulatedRoot(city).retire("GU-11620", "es256-1")
    verdict = judge(forger, forger.present(forger.issue(), ASKED))
    failed(verdict, CheckName.ISSUER_KEY, "key-unknown", "UNKNOWN_ISSUER")
