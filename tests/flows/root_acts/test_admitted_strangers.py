"""Issuers and verifiers of other places: what the root lets them count for, by two people."""

import os

import pytest

from credentials.did_key import did_key_method, encode_did_key
from credentials.keys import P256Signer
from credentials.model import Content
from credentials.securing import mechanisms
from credentials.validity import Validity
from schemas.catalogue import get, type_url
from schemas.derived_claims import derive, validity_end
from schemas.disclosure_plan import disclosure_plan
from schemas.published_documents import integrity
from schemas.seoul_calendar import day_in_seoul
from tests.simulators.city import (
    URL,
    SimulatedCity,
)
from tests.simulators.forger import RESIDENCY
from tests.simulators.root_line import Root, residency_card, word_for
from verifier.decision import CheckName, Result
from verifier.pipeline import verify_presentation
from verifier.policy import ONLINE


def test_an_admitted_issuer_counts_for_what_it_was_admitted_for(city: SimulatedCity) -> None:
    root, signer = Root(city), P256Signer(b"\x77" * 32)
    did = encode_did_key(signer.public_key)
    foreign = _foreign(city, signer, did)
    assert _passed(city, foreign)["issuer_key"] == (Result.FAILED, "issuer-unknown")
    names = ("--name-ko", "부산광역시", "--name-en", "Busan")
    root.do("admit", "--did", did, *names, "--types", RESIDENCY)
    checks = _passed(city, _foreign(city, signer, did))
    for name in ("issuer_key", "signature", "accreditation", "time_of_signing", "schema"):
        assert checks[name] == (Result.PASSED, "passed"), name
    stolen = city.clock().isoformat(timespec="seconds").replace("+00:00", "Z")
    city.clock.advance(seconds=1)
    fragment = did_key_method(did).partition("#")[2]
    root.do("compromise", did, fragment, "--since", stolen)
    late = _passed(city, _foreign(city, signer, did))
    assert late["issuer_key"] == (Result.FAILED, "key-compromised")


def test_wallets_and_desks_live_with_an_admitted_stranger(city: SimulatedCity) -> None:
    root, wallet = Root(city), residency_card(city)
    did = encode_did_key(P256Signer(b"\x78" * 32).public_key)
    asking = (
        *("--attributes", f"{RESIDENCY}.residentOfSeoul", "--purpose-ko", "목적"),
        *("--purpose-en", "Purpose", "--legal-basis", "법", "--retention-days", "1"),
    )
    names = ("--name-ko", "부산", "--name-en", "Busan")
    root.do("admit", "--did", did, *names, "--types", RESIDENCY, *asking)
    found = root.view().find_registration(did, city.clock())
    assert found is not None
    assert found.retention_days == 1
    assert word_for(city, wallet) == ("accepted", "OK")
    assert word_for(city, residency_card(city)) == ("accepted", "OK")


@pytest.mark.parametrize(
    "arguments",
    [
        ("--did", "did:key:zNothing", "--types", RESIDENCY),
        ("--did", "https://busan.example", "--types", RESIDENCY),
        ("--did", "did:web:busan.example", "--types", "NoSuchType"),
        ("--did", "did:web:busan.example", "--types", f"{RESIDENCY},{RESIDENCY}"),
        ("--did", "did:web:busan.example"),
        ("--did", "OWN", "--types", RESIDENCY),
    ],
    ids=["no-key", "no-did", "no-type", "twice", "for-nothing", "our-own"],
)
def test_an_admission_that_nobody_could_use_is_refused(
    city: SimulatedCity, arguments: tuple[str, ...]
) -> None:
    root = Root(city)
    given = [root.did() if one == "OWN" else one for one in arguments]
    names = ("--name-ko", "부산", "--name-en", "Busan")
    assert root.refused("admit", *given, *names) == "act-refused"


def _foreign(city: SimulatedCity, signer: P256Signer, did: str) -> str:
    """A card of residency that somebody outside has signed, as our type says."""
    kind, now = get(RESIDENCY), city.clock().replace(microsecond=0)
    derived = derive(kind, city.claims("P01"), day_in_seoul(now))
    content = Content(
        type_url=type_url(kind, URL),
        type_name=kind.name,
        integrity=integrity(kind, URL),
        issuer=did,
        issued_at=now,
        validity=Validity(now, validity_end(kind, now, derived)),
        claims=derived.claims,
        disclosure=disclosure_plan(kind, derived.claims),
        holder=P256Signer(b"\x55" * 32).public_key,
        status_uri="https://busan.example/status/1",
        status_index=0,
    )
    mechanism = mechanisms()["sd-jwt-vc"]
    signed = mechanism.secure(
        content, signer=signer, key_id=did_key_method(did), entropy=os.urandom
    )
    assert isinstance(signed, str)
    return signed


def _passed(city: SimulatedCity, card: str) -> dict[str, tuple[Result, str]]:
    evidence = city.city.verifier.evidence
    page = verify_presentation(card, None, evidence, ONLINE, city.clock())
    assert {check.name for check in page.checks()} == set(CheckName)
    return {check.name.value: (check.result, check.code) for check in page.checks()}
