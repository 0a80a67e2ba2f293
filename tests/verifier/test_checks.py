"""Every check has cases that only it can fail: a valid presentation with one thing changed.

What is signed with the agency's own key after the change shows that the signature is not what
fails. The status, and the answer as a whole, have files of their own.
"""

import dataclasses
import hmac
import json
from collections.abc import Callable
from datetime import timedelta
from hashlib import sha256
from typing import Any

import pytest

from credentials.encoding import encode_base64url
from credentials.jwk import encode_jwk
from credentials.keys import KeyType
from credentials.validity import Validity
from did_registry.actions.follow import Freshness, RegistryFollower
from tests.simulators.city import URL, SimulatedCity
from tests.simulators.forger import CERTIFICATE, LDP, RESIDENCY, SD_JWT, Forger
from tests.simulators.judge import ASKED, failed, judge, troubles, unknown
from tests.simulators.network import SimulatedNetwork
from tests.simulators.one_change import REMOVED, changed
from tests.simulators.root import SimulatedRoot
from tests.simulators.sd_jwt import STRANGER, disclosure
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
    evidence = OnlineEvidence(_cut_off(forger.city), StatusLists(forger.city.outbound), URL)
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
    evidence = OnlineEvidence(follower, StatusLists(still_city.outbound), URL)
    presented = forger.present(forger.issue(), ASKED, seconds_ago=-3601)
    verdict = judge(forger, presented, evidence=evidence, later=timedelta(seconds=3601))
    unknown(verdict, CheckName.REGISTRY, "registry-stale")


# ---- issuer_key ----


def _as(forger: Forger, did: str, fragment: str, signer: Any) -> str:
    """The credential as another DID's, signed with another key."""
    return forger.rewritten(
        forger.issue(), {"iss": did}, header={"kid": f"{did}#{fragment}"}, signer=signer
    )


def _scid_of_nobody(forger: Forger) -> str:
    return forger.did.replace(forger.did.split(":")[2], "Qm" + "1" * 44)


@pytest.mark.parametrize("did", ["did:web:gwanin.example", None], ids=["other-method", "unknown"])
def test_refuses_an_issuer_that_is_not_in_the_registry(forger: Forger, did: str | None) -> None:
    forged = _as(forger, did or _scid_of_nobody(forger), "es256-1", forger.signer())
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
    verdict = judge(forger, forger.present(_as(forger, did, "request-1", signer), ASKED))
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


# ---- signature ----


def test_refuses_content_that_was_not_signed(forger: Forger) -> None:
    presented = forger.present(forger.issue(), ASKED)
    _, payload, _ = presented.partition("~")[0].split(".")
    other = forger.rewritten(presented, {"exp": 4102444800}).partition("~")[0].split(".")[1]
    verdict = judge(forger, presented.replace(payload, other))
    failed(verdict, CheckName.SIGNATURE, "signature-invalid", "TAMPERED")


def test_refuses_another_signature(forger: Forger) -> None:
    forged = forger.rewritten(forger.issue(), signer=STRANGER)
    verdict = judge(forger, forger.present(forged, ASKED))
    failed(verdict, CheckName.SIGNATURE, "signature-invalid", "TAMPERED")


def _unsigned(header: dict[str, Any], credential: str) -> str:
    """The credential under a header of ours, with a signature that is the key's own bytes."""
    jwt, tilde, rest = credential.partition("~")
    parts = jwt.split(".")
    parts[0] = encode_base64url(json.dumps(header).encode())
    return ".".join(parts) + tilde + rest


def test_refuses_the_algorithm_none(forger: Forger) -> None:
    header = {"typ": SD_JWT, "kid": forger.key_id(), "alg": "none"}
    verdict = judge(forger, forger.bound(_unsigned(header, forger.issue())))
    failed(verdict, CheckName.SIGNATURE, "key-mismatch", "TAMPERED")


def test_refuses_a_mac_made_with_the_public_key(forger: Forger) -> None:
    header = {"typ": SD_JWT, "kid": forger.key_id(), "alg": "HS256"}
    jwt, tilde, rest = _unsigned(header, forger.issue()).partition("~")
    signed = jwt.rpartition(".")[0]
    mac = hmac.digest(forger.signer().public_key.raw, signed.encode(), sha256)
    verdict = judge(forger, forger.bound(f"{signed}.{encode_base64url(mac)}{tilde}{rest}"))
    failed(verdict, CheckName.SIGNATURE, "key-mismatch", "TAMPERED")


def test_refuses_the_algorithm_of_another_key_of_the_issuer(forger: Forger) -> None:
    forged = forger.rewritten(forger.issue(), header={"kid": forger.key_id(KeyType.ED25519)})
    verdict = judge(forger, forger.present(forged, ASKED))
    failed(verdict, CheckName.SIGNATURE, "key-mismatch", "TAMPERED")


def test_never_uses_a_key_that_the_header_carries(forger: Forger) -> None:
    jwk = encode_jwk(STRANGER.public_key)
    forged = forger.rewritten(forger.issue(), header={"jwk": jwk}, signer=STRANGER)
    verdict = judge(forger, forger.present(forged, ASKED))
    failed(verdict, CheckName.SIGNATURE, "signature-invalid", "TAMPERED")


def test_refuses_a_disclosure_that_the_issuer_did_not_sign(forger: Forger) -> None:
    jwt, *_ = forger.issue().split("~")
    forged = f"{jwt}~{disclosure('c2FsdA', ASKED, True)}~"
    verdict = judge(forger, forger.bound(forged))
    failed(verdict, CheckName.SIGNATURE, "malformed", "TAMPERED")


@pytest.mark.parametrize(
    "payload", [{"_sd_alg": "sha-512"}, {"aud": "https://x"}, {"cnf": {"kid": "did:key:z6Mk"}}]
)
def test_a_signed_feature_that_is_not_understood_is_not_called_forged(
    forger: Forger, payload: dict[str, Any]
) -> None:
    forged = forger.rewritten(forger.issue(), payload)
    unknown(judge(forger, forger.bound(forged)), CheckName.SIGNATURE, "unsupported")


# ---- accreditation ----


def test_refuses_a_type_that_the_agency_may_not_issue(still_city: SimulatedCity) -> None:
    forger = Forger(still_city, "SEL-HR")
    verdict = judge(forger, forger.present(forger.issue(), ASKED))
    failed(verdict, CheckName.ACCREDITATION, "not-accredited", "NOT_ALLOWED")
    assert verdict.issuer is None


def test_refuses_a_subtype_that_the_agency_may_not_issue(still_city: SimulatedCity) -> None:
    forger = Forger(still_city, "SEL-HR", "P12", CERTIFICATE)
    claims = {**forger.content().claims, "subtype": "waterPayment"}
    forged = forger.issue(claims=claims)
    verdict = judge(forger, forger.present(forged, "title"), question=forger.question("title"))
    failed(verdict, CheckName.ACCREDITATION, "not-accredited", "NOT_ALLOWED")


def test_refuses_a_subtype_that_nobody_has(still_city: SimulatedCity) -> None:
    forger = Forger(still_city, "SEL-HR", "P12", CERTIFICATE)
    forged = forger.issue(claims={**forger.content().claims, "subtype": ""})
    verdict = judge(forger, forger.present(forged, "title"), question=forger.question("title"))
    failed(verdict, CheckName.ACCREDITATION, "not-accredited", "NOT_ALLOWED")


def test_refuses_an_agency_that_is_in_the_registry_but_was_never_accredited(
    city: SimulatedCity,
) -> None:
    did = SimulatedRoot(city).create_agency("GU-11440", {"es256-1": STRANGER.public_key})
    forger = Forger(city)
    forged = _as(forger, str(did), "es256-1", STRANGER)
    verdict = judge(forger, forger.present(forged, ASKED))
    failed(verdict, CheckName.ACCREDITATION, "not-accredited", "NOT_ALLOWED")


def test_a_right_counts_from_the_moment_when_it_was_logged(city: SimulatedCity) -> None:
    forger = Forger(city, "SEL-HR")
    before = forger.issue()
    city.clock.advance(minutes=2)  # beyond the leeway for clocks
    SimulatedRoot(city).accredit("SEL-HR", RESIDENCY)
    verdict = judge(forger, forger.present(before, ASKED))
    failed(verdict, CheckName.ACCREDITATION, "not-accredited", "NOT_ALLOWED")
    assert judge(forger, forger.present(forger.issue(), ASKED)).code == "OK"


def test_a_credential_outlives_the_accreditation_that_it_was_issued_under(
    city: SimulatedCity,
) -> None:
    forger = Forger(city, "SEL-HR", "P12", CERTIFICATE)
    issued, question = forger.issue(), forger.question("title")
    city.clock.advance(days=731)
    assert judge(forger, forger.present(issued, "title"), question=question).code == "OK"
    late = judge(forger, forger.present(forger.issue(), "title"), question=question)
    failed(late, CheckName.ACCREDITATION, "not-accredited", "NOT_ALLOWED")


def test_refuses_a_type_that_nobody_has_defined(forger: Forger) -> None:
    forged = forger.rewritten(
        forger.issue(), {"vct": f"{URL}/types/Diploma/v1", "vct#integrity": REMOVED}
    )
    verdict = judge(forger, forger.present(forged, ASKED))
    failed(verdict, CheckName.ACCREDITATION, "type-unknown", "NOT_ALLOWED")


# ---- schema ----


def test_refuses_another_definition_of_the_type_than_the_logged_one(forger: Forger) -> None:
    forged = forger.rewritten(forger.issue(), {"vct#integrity": "sha256-" + "A" * 43 + "="})
    verdict = judge(forger, forger.present(forged, ASKED))
    failed(verdict, CheckName.SCHEMA, "schema-differs", "TAMPERED")
    assert verdict.type_name == RESIDENCY


def test_refuses_an_always_visible_claim_that_the_type_does_not_have(forger: Forger) -> None:
    forged = forger.rewritten(forger.issue(), {"vip": True})
    verdict = judge(forger, forger.present(forged, ASKED))
    failed(verdict, CheckName.SCHEMA, "claims-invalid", "TAMPERED")


def test_refuses_a_claim_of_another_kind_than_the_type_says(forger: Forger) -> None:
    forged = forger.issue(claims={**forger.content().claims, ASKED: "yes"})
    verdict = judge(forger, forger.present(forged, ASKED))
    failed(verdict, CheckName.SCHEMA, "claims-invalid", "TAMPERED")


def test_refuses_a_credential_without_what_its_type_never_hides(forger: Forger) -> None:
    content = forger.content()
    claims = {name: value for name, value in content.claims.items() if name != "residentOfGu"}
    plan = dataclasses.replace(content.disclosure, digests={(): content.disclosure.digests[()]})
    forged = forger.issue(claims=claims, disclosure=plan)
    verdict = judge(forger, forger.present(forged, ASKED))
    failed(verdict, CheckName.SCHEMA, "claims-invalid", "TAMPERED")


# ---- validity ----


def test_refuses_what_has_expired(forger: Forger) -> None:
    now = forger.city.clock()
    issued = forger.issue(validity=Validity(now, now + HOUR))
    presented = forger.present(issued, ASKED, seconds_ago=-3661)
    verdict = judge(forger, presented, later=timedelta(seconds=3661))
    failed(verdict, CheckName.VALIDITY, "expired", "EXPIRED")
    in_time = forger.present(issued, ASKED, seconds_ago=-3600)
    assert judge(forger, in_time, later=HOUR).code == "OK"


def test_refuses_what_is_not_yet_valid(forger: Forger) -> None:
    issued = forger.issue(validity=Validity(forger.city.clock() + HOUR, None))
    verdict = judge(forger, forger.present(issued, ASKED))
    failed(verdict, CheckName.VALIDITY, "not-yet-valid", "NOT_YET")


def test_refuses_what_was_issued_in_the_future(forger: Forger) -> None:
    issued = forger.issue(
        issued_at=forger.city.clock() + HOUR, validity=Validity(forger.city.clock(), None)
    )
    verdict = judge(forger, forger.present(issued, ASKED))
    failed(verdict, CheckName.VALIDITY, "not-yet-valid", "NOT_YET")


# ---- holder_binding ----


def _kb_missing(forger: Forger, presented: str) -> str:
    return presented.rpartition("~")[0] + "~"


def _cnf_missing(forger: Forger, presented: str) -> str:
    return forger.bound(forger.rewritten(_kb_missing(forger, presented), {"cnf": REMOVED}))


@pytest.mark.parametrize(
    ("change", "code"),
    [(_kb_missing, "holder-missing"), (_cnf_missing, "holder-missing")],
    ids=["no-signature", "no-key"],
)
def test_refuses_a_presentation_without_its_holder(
    forger: Forger, change: Callable[[Forger, str], str], code: str
) -> None:
    verdict = judge(forger, change(forger, forger.present(forger.issue(), ASKED)))
    failed(verdict, CheckName.HOLDER_BINDING, code, "HOLDER_MISMATCH")
    assert verdict.checks[-2].code == "not-run"  # what the holder did not sign is bound to nothing


KB_CHANGES: dict[str, dict[str, Any]] = {
    "another-key": {"signer": STRANGER},
    "another-presentation": {"sd_hash": "A" * 43},
    "another-typ": {"header": {"typ": "JWT"}},
    "audience-list": {"aud": ["decentralized_identifier:x"]},
    "audience-empty": {"aud": ""},
    "nonce-number": {"nonce": 7},
    "time-text": {"iat": "now"},
}


@pytest.mark.parametrize("changes", KB_CHANGES.values(), ids=KB_CHANGES)
def test_refuses_another_holders_signature(forger: Forger, changes: dict[str, Any]) -> None:
    presented = _kb_missing(forger, forger.present(forger.issue(), ASKED))
    verdict = judge(forger, forger.bound(presented, **changes))
    failed(verdict, CheckName.HOLDER_BINDING, "holder-mismatch", "HOLDER_MISMATCH")


def test_refuses_a_signature_over_fewer_claims(forger: Forger) -> None:
    """A binding is made for exactly what was shown; nobody may add a disclosure afterwards."""
    credential = forger.issue()
    less, more = (forger.present(credential, *claims) for claims in ((), (ASKED,)))
    verdict = judge(forger, _kb_missing(forger, more) + less.rpartition("~")[2])
    failed(verdict, CheckName.HOLDER_BINDING, "holder-mismatch", "HOLDER_MISMATCH")


@pytest.mark.parametrize("name", ["exp", "nbf"])
def test_a_binding_with_times_of_its_own_is_unsupported(forger: Forger, name: str) -> None:
    presented = _kb_missing(forger, forger.present(forger.issue(), ASKED))
    verdict = judge(forger, forger.bound(presented, **{name: 1}))
    unknown(verdict, CheckName.HOLDER_BINDING, "unsupported")


# ---- request_binding ----

REQUEST_CHANGES: dict[str, dict[str, Any]] = {
    "another-audience": {"audience": "decentralized_identifier:did:web:other.example"},
    "audience-without-its-prefix": {"audience": "did:webvh:x"},
    "another-nonce": {"nonce": "m" * 32},
    "too-old": {"seconds_ago": 361},
    "from-the-future": {"seconds_ago": -61},
}


@pytest.mark.parametrize("changes", REQUEST_CHANGES.values(), ids=REQUEST_CHANGES)
def test_refuses_a_presentation_for_another_request(
    forger: Forger, changes: dict[str, Any]
) -> None:
    verdict = judge(forger, forger.present(forger.issue(), ASKED, **changes))
    failed(verdict, CheckName.REQUEST_BINDING, "binding-invalid", "REPLAYED")


@pytest.mark.parametrize("seconds", [360, -60])
def test_takes_a_presentation_at_the_edge_of_its_time(forger: Forger, seconds: int) -> None:
    verdict = judge(forger, forger.present(forger.issue(), ASKED, seconds_ago=seconds))
    assert verdict.code == "OK"


def test_the_audience_is_the_client_id_with_its_prefix(forger: Forger) -> None:
    verdict = judge(forger, forger.present(forger.issue(), ASKED, audience=forger.verifier_did))
    failed(verdict, CheckName.REQUEST_BINDING, "binding-invalid", "REPLAYED")
