"""The checks of what was signed, each failing alone: signature, right, schema, validity."""

import dataclasses
import hmac
import json
from datetime import timedelta
from hashlib import sha256
from typing import Any

import pytest

from credentials.encoding import encode_base64url
from credentials.jwk import encode_jwk
from credentials.keys import KeyType
from credentials.validity import Validity
from tests.simulators.city import URL, SimulatedCity
from tests.simulators.forger import CERTIFICATE, RESIDENCY, SD_JWT, Forger, signed_as
from tests.simulators.judge import ASKED, failed, judge, unknown
from tests.simulators.one_change import REMOVED
from tests.simulators.root import SimulatedRoot
from tests.simulators.sd_jwt import STRANGER, disclosure
from verifier.decision import CheckName

LONG_AGO = timedelta(days=1)
HOUR = timedelta(hours=1)


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
    forged = signed_as(forger, str(did), "es256-1", STRANGER)
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


def test_a_date_from_before_the_right_ended_is_only_the_signers_word(
    city: SimulatedCity,
) -> None:
    forger = Forger(city, "SEL-HR", "P12", CERTIFICATE)
    issued, question = forger.issue(), forger.question("title")
    assert judge(forger, forger.present(issued, "title"), question=question).code == "OK"
    city.clock.advance(days=731)
    verdict = judge(forger, forger.present(issued, "title"), question=question)
    unknown(verdict, CheckName.TIME_OF_SIGNING, "time-of-signing-unknown")
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
