"""Agencies as the pages tell them: what each may do now, did once, and never could."""

from datetime import UTC, datetime, timedelta

import pytest

from credentials.validity import Validity
from did_registry.admission import Admission
from did_registry.errors import UnknownDid
from did_registry.web.pages_agencies import (
    Agency,
    Standing,
    Term,
    agencies,
    attribute_label,
    find_by_code,
    permission_label,
)
from tests.simulators.registry_log import RegistryLog

START = datetime(2026, 3, 13, 3, tzinfo=UTC)
HOUR = timedelta(hours=1)
TYPE = "SeoulResidencyCredential"
CERTIFICATE = "CityCertificateCredential"


def _by_code(log: RegistryLog, now: datetime) -> dict[str, Agency]:
    return {one.code: one for one in agencies(log.view(), now)}


def test_everybody_has_a_standing() -> None:
    log = RegistryLog(START)
    issuer, verifier, both = (log.member(code) for code in ("B-ISSUER", "C-VERIFIER", "D-BOTH"))
    log.member("E-NOBODY")
    gone = log.member("F-GONE")
    for member in (issuer, both, gone):
        log.accredit(member, TYPE)
    for member in (verifier, both):
        log.register(member, f"{TYPE}.nameKo")
    log.clock.advance(seconds=1)
    log.deactivate(gone)
    found = _by_code(log, START)
    assert {code: one.standings for code, one in found.items()} == {
        "SEL-DIG": (Standing.ROOT,),
        "B-ISSUER": (Standing.ISSUER,),
        "C-VERIFIER": (Standing.VERIFIER,),
        "D-BOTH": (Standing.ISSUER, Standing.VERIFIER),
        "E-NOBODY": (Standing.NONE,),
        "F-GONE": (Standing.DEACTIVATED,),
    }
    assert next(iter(found)) == "SEL-DIG"
    assert found["E-NOBODY"].name is None


def test_a_did_from_elsewhere_takes_nobodys_place() -> None:
    log = RegistryLog(START)
    own = log.member("GU-11620")
    log.accredit(own, TYPE)
    for did in ("did:web:aaa.example:GU-11620", "did:zzz:GU-11620"):
        log.give_notice(
            Admission(
                did=did, name_ko="가", name_en="A", until=START + HOUR, types=(TYPE,), asking=None
            )
        )
    everybody = agencies(log.view(), START)
    assert sum(one.code == "GU-11620" for one in everybody) == 3
    assert Standing.ADMITTED not in find_by_code(everybody, "GU-11620").standings
    with pytest.raises(UnknownDid):
        find_by_code(everybody, "GU-1")


def test_a_right_has_its_time() -> None:
    log = RegistryLog(START)
    agency = log.member("GU-11620")
    log.accredit(agency, TYPE, validity=Validity(START, START + HOUR))
    log.accredit(agency, TYPE, validity=Validity(START + 2 * HOUR, START + 3 * HOUR))
    terms = {
        hours: [one.term for one in _by_code(log, START + hours * HOUR)["GU-11620"].issues]
        for hours in (0, 1.5, 2.5, 4)
    }
    assert terms == {
        0: [Term.COMING, Term.CURRENT],
        1.5: [Term.COMING, Term.OVER],
        2.5: [Term.CURRENT, Term.OVER],
        4: [Term.OVER, Term.OVER],
    }
    ended = _by_code(log, START + 4 * HOUR)["GU-11620"]
    assert ended.standings == (Standing.ENDED,)


@pytest.mark.parametrize(
    ("words", "is_found"),
    [
        ("", True),
        ("gu-11620", True),
        ("11620 관악", True),
        ("GWANAK", True),
        ("관악 도서관", False),
        ("11621", False),
    ],
)
def test_is_found_by_every_word(words: str, *, is_found: bool) -> None:
    log = RegistryLog(START)
    log.accredit(log.member("GU-11620"), TYPE)
    assert _by_code(log, START)["GU-11620"].matches(words) is is_found


@pytest.mark.parametrize(
    ("permission", "korean"),
    [
        (TYPE, "서울시 거주확인증"),
        ("NoSuchCredential", "NoSuchCredential"),
        (f"{TYPE}/none", f"{TYPE}/none"),
    ],
)
def test_a_permission_is_said_in_words_where_there_are_any(permission: str, korean: str) -> None:
    assert permission_label(permission).ko == korean


def test_a_subtype_is_said_with_its_type() -> None:
    whole = permission_label(CERTIFICATE)
    label = permission_label(f"{CERTIFICATE}/appointment")
    assert (label.ko, label.en) == (f"{whole.ko}: 위촉장", f"{whole.en}: Letter of appointment")


@pytest.mark.parametrize("attribute", ["NoSuchCredential.x", f"{TYPE}.noSuchClaim", TYPE])
def test_an_item_that_nobody_knows_is_said_as_it_is(attribute: str) -> None:
    assert attribute_label(attribute).ko == attribute
