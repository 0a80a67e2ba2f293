"""Signing and reading the root's two credentials; what a replica refuses is in test_replica.py."""

from datetime import timedelta

import pytest

from credentials.errors import KeyMismatch, Malformed, SignatureInvalid, Unsupported
from credentials.strict_json import JsonValue
from credentials.validity import Validity
from did_registry.accreditation import (
    ISSUER_TYPE,
    read_accreditation,
    read_registration,
    sign_by_root,
    verify_by_root,
)
from did_registry.errors import UnknownKey
from tests.simulators.clock import START
from tests.simulators.registry_log import URL, YEAR, RegistryLog

DAY = timedelta(days=1)


def test_what_the_root_signs_is_read_back() -> None:
    log = RegistryLog()
    agency = log.member("GU-11620")
    verified, _ = verify_by_root(
        log.accreditation(agency, "A", "B/x"), log.root.history, logged_at=START
    )
    found = read_accreditation(verified, logged_at=START)
    assert found.did == str(agency.did)
    assert found.types == {"A", "B/x"}
    assert (found.name_ko, found.name_en) == ("관악구", "Gwanak-gu")
    assert found.validity == Validity(START, START + YEAR)


def test_validity_begins_when_it_says_if_that_is_after_it_was_logged() -> None:
    log = RegistryLog()
    agency = log.member("GU-11620")
    credential = log.accreditation(agency, "A", validity=Validity(START + DAY, START + YEAR))
    verified, _ = verify_by_root(credential, log.root.history, logged_at=START)
    assert read_accreditation(verified, logged_at=START).validity.not_before == START + DAY


def test_the_credential_names_the_documents_of_its_type() -> None:
    log = RegistryLog()
    digest = "sha256-" + "A" * 43 + "="
    url = f"{URL}/types/{ISSUER_TYPE}/v1"
    credential = log.accreditation(log.root, "A", integrity={f"{url}/schema.json": digest})
    verified, _ = verify_by_root(credential, log.root.history, logged_at=START)
    assert verified.integrity == {f"{url}/schema.json": digest}
    assert verified.type_names == (ISSUER_TYPE,)


@pytest.mark.parametrize("credential", ["text", 7, None, [], [{}]], ids=repr)
def test_what_is_no_object_is_no_credential(credential: JsonValue) -> None:
    with pytest.raises(Malformed):
        verify_by_root(credential, RegistryLog().root.history, logged_at=START)


def test_the_key_must_be_the_roots_at_the_time_of_the_leaf() -> None:
    log = RegistryLog()
    credential = log.accreditation(log.root, "A")
    log.clock.advance(days=1)
    log.rotate(log.root)
    history = log.root.history
    verify_by_root(credential, history, logged_at=START + DAY - timedelta(seconds=1))
    with pytest.raises(SignatureInvalid):
        verify_by_root(credential, history, logged_at=START + DAY)
    with pytest.raises(UnknownKey):
        verify_by_root(credential, history, logged_at=START - DAY)


def test_another_issuer_is_refused_before_its_key_is_looked_at() -> None:
    log = RegistryLog()
    agency = log.member("GU-11620")
    own = {"root": str(agency.did), "key_id": agency.key_id, "signer": agency.signer}
    with pytest.raises(KeyMismatch):
        verify_by_root(log.accreditation(agency, "A", **own), log.root.history, logged_at=START)


def test_a_key_that_is_not_the_issuers_signs_nothing() -> None:
    log = RegistryLog()
    agency = log.member("GU-11620")
    with pytest.raises(KeyMismatch):
        log.accreditation(agency, "A", key_id=agency.key_id)
    with pytest.raises(Unsupported):
        verify_by_root(
            log.accreditation(agency, "A", validity=Validity(None, None)),
            log.root.history,
            logged_at=START,
        )


def test_each_of_the_two_is_read_as_itself_only() -> None:
    log = RegistryLog()
    member, history = log.member("GU-11620"), log.root.history
    issuing, _ = verify_by_root(log.accreditation(member, "A"), history, logged_at=START)
    asking, _ = verify_by_root(log.registration(member, "A.b"), history, logged_at=START)
    assert read_registration(asking, logged_at=START).attributes == {"A.b"}
    with pytest.raises(Malformed):
        read_accreditation(asking, logged_at=START)
    with pytest.raises(Malformed):
        read_registration(issuing, logged_at=START)


def test_signing_is_deterministic() -> None:
    log = RegistryLog()
    assert log.accreditation(log.root, "A") == log.accreditation(log.root, "A")
    now = START + timedelta(microseconds=1)
    with pytest.raises(Malformed):
        sign_by_root(
            URL,
            ISSUER_TYPE,
            {},
            integrity={},
            root=str(log.root.did),
            key_id=log.root.key_id,
            signer=log.root.signer,
            validity=Validity(now, now + DAY),
            now=now,
        )
