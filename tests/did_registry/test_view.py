from datetime import UTC, datetime, timedelta

import pytest

from credentials.validity import LEEWAY, Validity
from did_registry.document import Purpose
from did_registry.errors import DidInvalid, UnknownDid, UnknownKey
from tests.simulators.clock import START
from tests.simulators.registry_log import YEAR, RegistryLog, signing_key

ASSERTION = Purpose.ASSERTION
DAY = timedelta(days=1)
SECOND = timedelta(seconds=1)
TYPE = "SeoulResidencyCredential"


# Keys


def test_a_key_is_valid_from_the_creation_of_its_did_on() -> None:
    log = RegistryLog()
    view, key_id = log.view(), log.root.key_id
    found = view.key_at(key_id, ASSERTION, START)
    assert found.key == log.root.signer.public_key
    assert (found.valid_from, found.retired_at) == (START, None)
    assert view.key_at(key_id, ASSERTION, START + 10 * YEAR) == found
    with pytest.raises(UnknownKey):
        view.key_at(key_id, ASSERTION, START - SECOND)


def test_after_a_rotation_each_time_has_its_key() -> None:
    log = RegistryLog()
    agency = log.member("GU-11620")
    log.clock.advance(days=1)
    log.rotate(agency)
    view = log.view()
    old = view.key_at(agency.key_id, ASSERTION, START + DAY - SECOND)
    new = view.key_at(agency.key_id, ASSERTION, START + DAY)
    assert (old.key, old.retired_at) == (signing_key(2).public_key, START + DAY)
    assert (new.key, new.valid_from, new.retired_at) == (
        signing_key(2, 2).public_key,
        START + DAY,
        None,
    )


def test_a_deactivated_did_has_its_keys_before_its_end_only() -> None:
    log = RegistryLog()
    agency = log.member("GU-11620")
    log.clock.advance(days=1)
    log.deactivate(agency)
    view, end = log.view(), START + DAY + SECOND
    assert view.key_at(agency.key_id, ASSERTION, end - SECOND).retired_at == end
    with pytest.raises(UnknownKey):
        view.key_at(agency.key_id, ASSERTION, end)


def test_a_key_is_asked_for_by_its_whole_name_and_purpose() -> None:
    log = RegistryLog()
    view, did = log.view(), str(log.root.did)
    for key_id in (did, "", f"{did}#", f"{did}#other"):
        with pytest.raises(UnknownKey):
            view.key_at(key_id, ASSERTION, START)
    for key_id in ("#eddsa-1", f"{did}?versionId=1#eddsa-1"):
        with pytest.raises(DidInvalid):
            view.key_at(key_id, ASSERTION, START)
    with pytest.raises(UnknownKey):
        view.key_at(log.root.key_id, Purpose.AUTHENTICATION, START)


# DIDs


def test_knows_the_dids_in_the_log_and_no_other() -> None:
    log = RegistryLog()
    stranger = RegistryLog(datetime(2026, 1, 1, tzinfo=UTC)).root
    view, did = log.view(), str(log.root.did)
    assert view.history(did).did == log.root.did
    with pytest.raises(UnknownDid):
        view.history(str(stranger.did))
    for moved in (did.replace("registry.", "elsewhere."), did.removesuffix("DIG") + "YOUTH"):
        with pytest.raises(UnknownDid):
            view.history(moved)
        with pytest.raises(UnknownDid):
            view.key_at(f"{moved}#eddsa-1", ASSERTION, START)
    for text in ("", "did:key:z6Mk", f"{did}#eddsa-1", f"{did}/path"):
        with pytest.raises(DidInvalid):
            view.history(text)


# Rights to issue


def test_a_right_holds_from_its_beginning_to_its_end_with_the_leeway_of_clocks() -> None:
    log = RegistryLog()
    agency = log.member("GU-11620")
    log.accredit(agency, TYPE, validity=Validity(START + DAY, START + 2 * DAY))
    view, did = log.view(), str(agency.did)
    begins, ends = START + DAY - LEEWAY, START + 2 * DAY + LEEWAY
    assert view.find_accreditation(did, TYPE, begins - SECOND) is None
    assert view.find_accreditation(did, TYPE, begins) is not None
    assert view.find_accreditation(did, TYPE, ends - SECOND) is not None
    assert view.find_accreditation(did, TYPE, ends) is None


@pytest.mark.parametrize("not_before", [START - YEAR, None], ids=["earlier", "open"])
def test_a_right_cannot_be_given_backwards_in_time(not_before: datetime | None) -> None:
    log = RegistryLog()
    agency = log.member("GU-11620")
    log.clock.advance(days=1)
    log.accredit(agency, TYPE, validity=Validity(not_before, START + YEAR))
    library = log.member("VER-LIB")
    log.register(library, f"{TYPE}.ageOver19", validity=Validity(not_before, START + YEAR))
    view, did, asker = log.view(), str(agency.did), str(library.did)
    logged = START + DAY
    assert view.find_accreditation(did, TYPE, logged) is not None
    assert view.find_accreditation(did, TYPE, logged - LEEWAY - SECOND) is None
    assert view.find_registration(asker, logged) is not None
    assert view.find_registration(asker, logged - LEEWAY - SECOND) is None


def test_a_right_to_issue_is_for_its_did_and_its_types() -> None:
    log = RegistryLog()
    agency, other = log.member("GU-11620"), log.member("SEL-YOUTH")
    log.accredit(agency, TYPE, "CityCertificateCredential/RESIDENCE")
    view, did = log.view(), str(agency.did)
    assert view.find_accreditation(did, "CityCertificateCredential/RESIDENCE", START) is not None
    assert view.find_accreditation(did, "CityCertificateCredential", START) is None
    assert view.find_accreditation(did, "YouthAllowanceEligibilityCredential", START) is None
    assert view.find_accreditation(str(other.did), TYPE, START) is None
    assert view.accreditations_at("did:webvh:unheard-of", START) == ()


def test_rights_add_up_and_the_oldest_that_fits_is_found() -> None:
    log = RegistryLog()
    agency = log.member("GU-11620")
    log.accredit(agency, TYPE)
    log.clock.advance(days=1)
    log.accredit(agency, TYPE, "CityCertificateCredential", claims={"nameEn": "Gwanak"})
    view, did = log.view(), str(agency.did)
    held = view.accreditations_at(did, START + DAY)
    assert [right.name_en for right in held] == ["Gwanak-gu", "Gwanak"]
    assert view.find_accreditation(did, TYPE, START + DAY) == held[0]
    assert view.find_accreditation(did, "CityCertificateCredential", START + DAY) == held[1]
    assert view.accreditations_at(did, START) == held[:1]


# Rights to ask


def test_the_latest_registration_that_holds_wins() -> None:
    log = RegistryLog()
    library = log.member("VER-LIB")
    log.register(library, f"{TYPE}.ageOver19", f"{TYPE}.nameKo")
    log.clock.advance(days=1)
    short = Validity(log.clock(), log.clock() + DAY)
    log.register(library, f"{TYPE}.ageOver19", validity=short)
    view, did = log.view(), str(library.did)
    first, second = view.registrations[did]
    assert view.find_registration(did, START) == first
    assert view.find_registration(did, START + DAY) == second
    # A narrower registration that has ended leaves the wider one, which the root has not ended.
    assert view.find_registration(did, START + 3 * DAY) == first
    assert view.find_registration(did, START + 2 * YEAR) is None
    assert view.find_registration(str(log.root.did), START + DAY) is None


def test_a_registration_says_what_the_consent_text_needs() -> None:
    log = RegistryLog()
    library = log.member("VER-LIB")
    log.register(library, f"{TYPE}.ageOver19")
    found = log.view().find_registration(str(library.did), START)
    assert found is not None
    assert found.attributes == {f"{TYPE}.ageOver19"}
    assert (found.name_ko, found.name_en) == ("서울도서관", "Seoul Metropolitan Library")
    assert (found.purpose_ko, found.purpose_en) == ("회원 가입 자격 확인", "Checking who may join")
    assert (found.legal_basis, found.retention_days) == ("도서관법", 0)
    assert found.validity == Validity(START, START + YEAR)
