"""Whom the root admits, trust anchors among them, and how that ends."""

import hashlib
from dataclasses import replace

import pytest

from credentials.strict_json import JsonValue
from credentials.validity import LEEWAY
from did_registry.admission import Admission, EndOfAdmission, anchor_name
from did_registry.tlog.base64_standard import encode_base64
from tests.simulators.notices import (
    DAY,
    JWK_DID,
    KEY_DID,
    admission,
    is_refused,
    refused,
    resigned,
)
from tests.simulators.pki import Pki
from tests.simulators.registry_log import Member, RegistryLog

PKI = Pki()
TOO_LARGE = bytes(4097)


@pytest.fixture
def log() -> RegistryLog:
    return RegistryLog()


@pytest.fixture
def agency(log: RegistryLog) -> Member:
    member = log.member("GU-11620")
    log.clock.advance(days=10)
    return member


def anchored(log: RegistryLog, certificate: bytes = PKI.root.certificate) -> Admission:
    name = anchor_name(certificate)
    return replace(admission(log, name), asking=None, anchor=certificate)


def test_an_anchor_is_admitted_for_types(log: RegistryLog) -> None:
    log.give_notice(anchored(log))
    view, now, name = log.view(), log.clock(), anchor_name(PKI.root.certificate)
    assert view.anchors == {name: PKI.root.certificate}
    for holder in (name, f"{name}#https://issuer.busan.example"):
        assert view.find_accreditation(holder, "SeoulResidencyCredential", now)
        assert not view.find_accreditation(holder, "SeoulResidencyCredential", now + 31 * DAY)
    assert view.code_of(name) == "x509-" + name.rpartition(":")[2][:16]
    assert view.code_of(f"{name}#https://issuer.busan.example") == "https://issuer.busan.example"
    assert not view.stands_elsewhere(name)


def test_refuses_an_anchor_that_is_not_what_its_fingerprint_says(log: RegistryLog) -> None:
    statement = log.statement(anchored(log))
    unsigned = {name: value for name, value in statement.items() if name != "proof"}
    subject, data = anchor_name(PKI.root.certificate), encode_base64(PKI.root.certificate)
    digest = subject.rpartition(":")[2]
    wrong: list[JsonValue] = [
        {"certificate": data, "sha256": "0" * 64}, {"certificate": data, "sha256": digest.upper()},
        {"certificate": data}, {"sha256": digest}, {"certificate": "", "sha256": digest},
        {"certificate": data + "\n", "sha256": digest}, {"certificate": 1, "sha256": digest},
        {"certificate": data, "sha256": digest, "more": 1}, data, [], None,
        {
            "certificate": encode_base64(TOO_LARGE),
            "sha256": hashlib.sha256(TOO_LARGE).hexdigest(),
        },
    ]  # fmt: skip
    assert not is_refused(log, resigned(log, unsigned), subject)
    for one in wrong:
        assert is_refused(log, resigned(log, {**unsigned, "anchor": one}), subject), one
    assert is_refused(log, resigned(log, {**unsigned, "did": KEY_DID}), subject)
    assert is_refused(log, resigned(log, unsigned), KEY_DID)
    asking = log.statement(admission(log))["verifier"]
    assert is_refused(log, resigned(log, {**unsigned, "verifier": asking}), subject)


def test_an_admission_ends_when_the_root_says(log: RegistryLog) -> None:
    log.give_notice(admission(log))
    began = log.clock()
    log.clock.advance(days=10)
    since = log.clock().replace(microsecond=0) - 2 * DAY
    log.give_notice(EndOfAdmission(did=KEY_DID, since=since))
    view = log.view()
    for time, count in ((began, 1), (since - 2 * LEEWAY, 1), (since + 2 * LEEWAY, 0)):
        assert len(view.accreditations_at(KEY_DID, time)) == count
        assert (view.find_registration(KEY_DID, time) is not None) is bool(count)
    assert KEY_DID in view.admitted  # so that its key is known, for what it signed before
    log.clock.advance(days=1)
    log.give_notice(admission(log))  # and once more
    assert log.view().accreditations_at(KEY_DID, log.clock())
    assert not log.view().accreditations_at(KEY_DID, since + DAY)


def test_an_admission_may_end_later_or_as_if_it_had_never_been(log: RegistryLog) -> None:
    log.give_notice(anchored(log))
    name, now = anchor_name(PKI.root.certificate), log.clock().replace(microsecond=0)
    log.give_notice(EndOfAdmission(did=name, since=now + 5 * DAY))
    assert log.view().accreditations_at(name, now + 4 * DAY)
    assert not log.view().accreditations_at(name, now + 6 * DAY)
    log.give_notice(EndOfAdmission(did=name, since=now - DAY))
    assert log.view().accreditations[name] == ()
    assert name in log.view().anchors


@pytest.mark.parametrize("kind", ["nobody", "our own", "over", "another subject"])
def test_refuses_the_end_of_what_is_not_there(log: RegistryLog, agency: Member, kind: str) -> None:
    log.give_notice(admission(log))
    now = log.clock().replace(microsecond=0)
    ends = {
        "nobody": (EndOfAdmission(did=JWK_DID, since=now), JWK_DID),
        "our own": (EndOfAdmission(did=str(agency.did), since=now), agency.did.scid),
        "over": (EndOfAdmission(did=KEY_DID, since=now + 31 * DAY), KEY_DID),
        "another subject": (EndOfAdmission(did=KEY_DID, since=now), JWK_DID),
    }
    notice, subject = ends[kind]
    refused(log, log.statement(notice), subject)
