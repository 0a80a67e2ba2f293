"""Notices: signed by the root, strict, and what a replica and its view make of them."""

from dataclasses import replace
from datetime import timedelta

import pytest

from credentials.claims import Claims
from credentials.data_integrity import sign_document
from credentials.did_key import did_key_method
from credentials.errors import Error, KeyMismatch
from credentials.keys import P256Signer
from did_registry.admission import EndOfAdmission
from did_registry.document import Purpose
from did_registry.errors import DidUnavailable, KeyCompromised, LeafRejected, UnknownKey
from did_registry.leaf import LeafKind
from did_registry.notice import Compromise, Notice, read_notice, sign_notice
from tests.simulators.every_change import every_change
from tests.simulators.notices import (
    FOREIGN,
    JWK_DID,
    KEY_DID,
    admission,
    is_refused,
    refused,
    resigned,
)
from tests.simulators.registry_log import Member, RegistryLog, signing_key

DAY = timedelta(days=1)


@pytest.fixture
def log() -> RegistryLog:
    return RegistryLog()


@pytest.fixture
def agency(log: RegistryLog) -> Member:
    member = log.member("GU-11620")
    log.clock.advance(days=10)
    return member


# Compromise


def test_a_compromised_key_does_not_count_from_then_on(log: RegistryLog, agency: Member) -> None:
    since = log.clock() - 3 * DAY
    log.compromise(agency, since)
    view, did = log.view(), str(agency.did)
    for late in (since, since + DAY, log.clock() + DAY):
        with pytest.raises(KeyCompromised):
            view.key_of(did, agency.key_id, Purpose.ASSERTION, late)
    before = view.key_at(agency.key_id, Purpose.ASSERTION, since - timedelta(seconds=1))
    assert before.retired_at == since  # so that nobody takes the signer's word for the time
    assert view.notices == 1


def test_the_earliest_declaration_counts(log: RegistryLog, agency: Member) -> None:
    early, late = log.clock() - 5 * DAY, log.clock() - 2 * DAY
    for since in (late, early, late):
        log.compromise(agency, since)
    with pytest.raises(KeyCompromised):
        log.view().key_at(agency.key_id, Purpose.ASSERTION, early)


def test_other_keys_are_not_touched(log: RegistryLog, agency: Member) -> None:
    other = log.member("SEL-HR")
    log.compromise(agency, log.clock() - DAY)
    view = log.view()
    assert view.key_at(other.key_id, Purpose.ASSERTION, log.clock()).retired_at is None
    es256 = f"{agency.did}#es256-1"
    assert view.key_at(es256, Purpose.ASSERTION, log.clock()).retired_at is None


def test_a_new_key_under_the_same_name_is_clean(log: RegistryLog, agency: Member) -> None:
    log.compromise(agency, log.clock() - DAY)
    log.clock.advance(hours=1)
    log.rotate(agency)
    found = log.view().key_at(agency.key_id, Purpose.ASSERTION, log.clock())
    assert (found.key, found.retired_at) == (agency.signer.public_key, None)


def test_a_key_that_was_retired_before_can_be_declared(log: RegistryLog, agency: Member) -> None:
    log.rotate(agency)
    retired = log.clock()
    log.clock.advance(days=1)
    log.compromise(agency, log.clock() - 5 * DAY)
    with pytest.raises(KeyCompromised):
        log.view().key_at(agency.key_id, Purpose.ASSERTION, retired - DAY)


def test_the_root_signs_nothing_more_with_a_compromised_key(
    log: RegistryLog, agency: Member
) -> None:
    log.compromise(log.root, log.clock() - DAY)
    for leaf in (
        log.build(
            LeafKind.ACCREDITATION,
            agency.did.scid,
            {"credential": log.accreditation(agency, "T")},
        ),
        log.build(LeafKind.NOTICE, KEY_DID, {"statement": log.statement(admission(log))}),
    ):
        with pytest.raises(LeafRejected, match="key-compromised"):
            log.replica().append(leaf, log.clock())
    log.rotate(log.root)
    log.accredit(agency, "T")
    assert log.view().find_accreditation(str(agency.did), "T", log.clock())


@pytest.mark.parametrize(
    ("fragment", "subject"),
    [("eddsa-9", None), ("", None), ("eddsa-1", "Qm" + "1" * 44), ("eddsa-1", "SEL-DIG")],
)
def test_refuses_a_key_that_the_did_never_had(
    log: RegistryLog, agency: Member, fragment: str, subject: str | None
) -> None:
    notice = Compromise(
        did=str(agency.did),
        key=f"{agency.did}#{fragment}",
        since=log.clock().replace(microsecond=0),
    )
    statement = log.statement(notice)
    leaf = log.build(LeafKind.NOTICE, subject or agency.did.scid, {"statement": statement})
    with pytest.raises(LeafRejected):
        log.replica().append(leaf, log.clock())


def test_refuses_a_compromise_to_come(log: RegistryLog, agency: Member) -> None:
    later = log.clock().replace(microsecond=0) + timedelta(seconds=1)
    notice = Compromise(did=str(agency.did), key=agency.key_id, since=later)
    refused(log, log.statement(notice), agency.did.scid)


# Admission


@pytest.mark.parametrize(("did", "key_id"), [
    (KEY_DID, did_key_method(KEY_DID)), (JWK_DID, f"{JWK_DID}#0"),
], ids=["did:key", "did:jwk"])  # fmt: skip
def test_who_is_admitted_counts_until_the_end(log: RegistryLog, did: str, key_id: str) -> None:
    log.give_notice(admission(log, did))
    view, now = log.view(), log.clock()
    held = view.find_accreditation(did, "SeoulResidencyCredential", now)
    assert held is not None
    assert (held.name_ko, view.code_of(did)) == ("부산광역시", did.rpartition(":")[2])
    asked = view.find_registration(did, now)
    assert asked is not None
    assert asked.attributes == {"SeoulResidencyCredential.residentOfSeoul"}
    assert view.key_of(did, key_id, Purpose.ASSERTION, now).key == FOREIGN
    for time in (now - DAY, now + 31 * DAY):
        assert view.accreditations_at(did, time) == ()
        assert view.find_registration(did, time) is None
    assert view.find_accreditation(did, "YouthAllowanceEligibilityCredential", now) is None
    with pytest.raises(Error):
        view.key_of(did, key_id + "x", Purpose.ASSERTION, now)


def test_a_stranger_counts_for_nothing(log: RegistryLog) -> None:
    view = log.view()
    with pytest.raises(Error, match="did-invalid"):
        view.key_at(did_key_method(KEY_DID), Purpose.ASSERTION, log.clock())
    assert view.accreditations_at(KEY_DID, log.clock()) == ()


@pytest.mark.parametrize(
    "did", ["did:web:busan.example", "did:webvh:Qm" + "2" * 44 + ":busan.example:dids:B"]
)
def test_the_keys_of_other_methods_are_for_their_hosts_to_tell(log: RegistryLog, did: str) -> None:
    log.give_notice(admission(log, did))
    view = log.view()
    assert view.find_accreditation(did, "SeoulResidencyCredential", log.clock())
    with pytest.raises(DidUnavailable):
        view.key_at(f"{did}#k", Purpose.ASSERTION, log.clock())
    assert view.credential_issuers(did) == ()


def test_an_admitted_key_can_be_declared_compromised(log: RegistryLog) -> None:
    log.give_notice(admission(log))
    log.clock.advance(days=1)
    key, since = did_key_method(KEY_DID), log.clock().replace(microsecond=0)
    log.give_notice(Compromise(did=KEY_DID, key=key, since=since))
    with pytest.raises(KeyCompromised):
        log.view().key_at(key, Purpose.ASSERTION, since)


def test_only_one_right_is_given_where_only_one_is_asked_for(log: RegistryLog) -> None:
    log.give_notice(replace(admission(log), asking=None))
    log.give_notice(replace(admission(log, JWK_DID), types=()))
    view, now = log.view(), log.clock()
    assert view.find_registration(KEY_DID, now) is None
    assert view.accreditations_at(JWK_DID, now) == ()
    refused(log, log.statement(replace(admission(log), asking=None, types=())), KEY_DID)


def test_a_did_of_the_log_is_accredited_and_not_admitted(log: RegistryLog, agency: Member) -> None:
    refused(log, log.statement(admission(log, str(agency.did))), str(agency.did))


def test_an_admission_that_has_endedis_refused(log: RegistryLog) -> None:
    ended = replace(admission(log), until=log.clock().replace(microsecond=0))
    refused(log, log.statement(ended), KEY_DID)


@pytest.mark.parametrize(
    "did",
    ["did:key:z6MkNoKey", "did:jwk:e30", "did:webvh:x:y", "web:a", "did:web:" + "a" * 249, ""],
)
def test_refuses_names_that_are_none(log: RegistryLog, did: str) -> None:
    with pytest.raises(Error):
        read_notice(
            log.statement(admission(log, did)),
            log.root.signer.public_key,
            logged_at=log.clock(),
        )


# The statement itself


def test_only_the_root_gives_notice(log: RegistryLog, agency: Member) -> None:
    notice = admission(log)
    refused(log, log.statement(notice, root=str(agency.did)), KEY_DID)
    refused(log, log.statement(notice, key_id=agency.key_id, signer=agency.signer), KEY_DID)
    refused(log, log.statement(notice, signer=signing_key(9)), KEY_DID)
    with pytest.raises(KeyMismatch):
        sign_notice(
            notice,
            root=str(log.root.did),
            key_id=log.root.key_id,
            signer=P256Signer(b"\1" * 32),
            now=log.clock(),
        )


@pytest.mark.parametrize("kind", ["compromise", "admission", "end"])
def test_refuses_every_change_though_the_root_signed_it(
    log: RegistryLog, agency: Member, kind: str
) -> None:
    """Every member that is left out, doubled or of another kind, signed again by the root."""
    now = log.clock().replace(microsecond=0)
    notices: dict[str, Notice] = {
        "compromise": Compromise(did=str(agency.did), key=agency.key_id, since=now),
        "admission": admission(log),
        "end": EndOfAdmission(did=KEY_DID, since=now),
    }
    if kind == "end":
        log.give_notice(admission(log))
    statement = log.statement(notices[kind])
    subject = agency.did.scid if kind == "compromise" else KEY_DID
    log.replica().append(log.build(LeafKind.NOTICE, subject, {"statement": statement}), log.clock())
    count = 0
    for _, changed in every_change(statement):
        count += is_refused(log, changed, subject)  # the signature is not of this
    unsigned = {name: value for name, value in statement.items() if name != "proof"}
    for name in unsigned:
        without = {key: value for key, value in unsigned.items() if key != name}
        stops = is_refused(log, resigned(log, without), subject)
        # One of the two rights may be missing; nothing else may.
        assert stops is (name not in {"issuer", "verifier"}), name
    assert is_refused(log, resigned(log, {**unsigned, "more": 1}), subject)
    assert is_refused(log, resigned(log, {**unsigned, "kind": "pardon"}), subject)
    assert is_refused(log, resigned(log, unsigned, proofPurpose="authentication"), subject)
    assert is_refused(log, resigned(log, unsigned, expires="2030-01-01T00:00:00Z"), subject)
    assert count > (10 if kind == "end" else 50)


def test_an_undated_statementis_refused(log: RegistryLog) -> None:
    statement = log.statement(admission(log))
    unsigned = {name: value for name, value in statement.items() if name != "proof"}
    options: Claims = {
        "verificationMethod": log.root.key_id,
        "proofPurpose": Purpose.ASSERTION.value,
    }
    refused(log, sign_document(unsigned, options, log.root.signer), KEY_DID)


def test_a_root_key_that_was_retired_gives_no_notice(log: RegistryLog) -> None:
    statement = log.statement(admission(log))
    log.clock.advance(hours=1)
    log.rotate(log.root)
    refused(log, statement, KEY_DID)
    with pytest.raises(UnknownKey):
        log.view().key_at(f"{log.root.did}#none", Purpose.ASSERTION, log.clock())
